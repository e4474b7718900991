/*
 * What every program of MODE=tsan tells the thread sanitizer, whoever starts it.
 *
 * The libraries of the system are not built with it, so it does not see the locks and
 * hand-overs inside them; what they do to memory is left out. Our own code is watched, and the
 * first race ends the program.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_options(void);

const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libzmq.so\n"
	       "called_from_lib:libsodium.so\n"
	       "called_from_lib:libsqlite3.so\n"
	       "called_from_lib:libcrypto.so\n"
	       "mutex:libsqlite3.so\n"; /* it unlocks by a jump, as if from our vfs.c */
}

const char *__tsan_default_options(void)
{
	return "halt_on_error=1:history_size=4";
}
