/* processes - started with what the crash needs, killed without a word. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static pid_t running[2];
static int status_of_death;
enum { GATEWAY_RUNS, ADAPTER_RUNS };

static void end_all(void)
{
	for (size_t i = 0; i < sizeof running / sizeof *running; i++)
		if (running[i] > 0)
			kill(running[i], SIGKILL);
}

void end_all_at_exit(void)
{
	atexit(end_all);
}

/* posix_spawn() writes to neither list, it only says so badly. */
static pid_t start(const char *const argv[], const char *const environment[], const char *log)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log,
					 O_WRONLY | O_CREAT | O_APPEND, 0600);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			(char *const *)(uintptr_t)environment) != 0)
		give_up("cannot start", argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < sizeof running / sizeof *running; i++)
		running[i] = running[i] == pid ? 0 : running[i];
}

void start_adapter(struct harness *harness)
{
	char seed[24], log[600];
	const char *argv[] = { harness->adapter,
			       "--profile",
			       "tests/crash/parties/mof.xml",
			       "--profile",
			       "tests/crash/parties/mard.xml",
			       "--connect",
			       harness->endpoint,
			       "--keys",
			       harness->keys,
			       "--kinds",
			       "schemas",
			       "--calendar",
			       "none",
			       "--seed",
			       seed,
			       NULL };
	const char *none[] = { NULL };

	snprintf(seed, sizeof seed, "%llu", (unsigned long long)harness->seed);
	snprintf(log, sizeof log, "%s/adapter.log", harness->state);
	harness->adapter_pid = running[ADAPTER_RUNS] = start(argv, none, log);
}

static void gateway_arguments(const struct harness *harness, const char *argv[10])
{
	const char *const words[10] = { harness->gateway, "--settings",	  harness->settings,
					"--state",	  harness->state, "--keys",
					harness->keys,	  "--endpoint",	  harness->endpoint };

	memcpy(argv, words, sizeof words);
}

pid_t start_gateway(struct harness *harness, const struct fate *fate)
{
	char crash_at[96], hits[600], tear[64], fail[64], jump[64], log[600];
	const char *argv[10], *environment[6] = { hits, tear, jump };
	size_t count = 3;

	gateway_arguments(harness, argv);
	if (fate->at[0] != '\0')
		environment[count++] = crash_at;
	if (fate->disk[0] != '\0')
		environment[count++] = fail;
	environment[count] = NULL;
	snprintf(crash_at, sizeof crash_at, "NSW_CRASH_AT=%s", fate->at);
	snprintf(fail, sizeof fail, "NSW_VFS_FAIL=%s", fate->disk);
	snprintf(jump, sizeof jump, "NSW_CLOCK_JUMP=%d:%d", fate->jump, fate->jump_at);
	snprintf(hits, sizeof hits, "NSW_CRASH_LOG=%s/hits", harness->state);
	snprintf(tear, sizeof tear, "NSW_VFS_TEAR=%zu", draw_below(harness, 1000000));
	snprintf(log, sizeof log, "%s/nswd.log", harness->state);
	return running[GATEWAY_RUNS] = start(argv, environment, log);
}

static bool says(const char *path, const char *words)
{
	struct text text = TEXT_EMPTY;
	bool found;

	found = text_read_file(&text, path, 1 << 20, NULL) && strstr(text.bytes, words) != NULL;
	text_free(&text);
	return found;
}

bool second_is_kept_out(struct harness *harness)
{
	const char *argv[10], *none[] = { NULL };
	char log[600];
	int status = 0;
	pid_t pid;

	gateway_arguments(harness, argv);
	snprintf(log, sizeof log, "%s/second.log", harness->state);
	unlink(log);
	pid = start(argv, none, log);
	for (uint64_t until = monotonic_ms() + END_MS; waitpid(pid, &status, WNOHANG) == 0;)
		if (monotonic_ms() > until) {
			end(pid);
			return false;
		} else {
			poll(NULL, 0, 2);
		}
	return WIFEXITED(status) && WEXITSTATUS(status) != 0 && says(log, "JRN-902");
}

bool lives(pid_t *pid)
{
	if (*pid > 0 && waitpid(*pid, &status_of_death, WNOHANG) == *pid)
		*pid = running[GATEWAY_RUNS] = 0;
	return *pid > 0;
}

int last_status(void)
{
	return status_of_death;
}
