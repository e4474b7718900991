/* What `nsw export` writes and `nsw verify` reads. */
#include "cli/bundle.h"

#include "people.h"

/* ---- names ------------------------------------------------------------------------------------ */

static void test_a_message_is_written_under_a_plain_name_only(void **state)
{
	static const char *const names[] = { "",	".",	"..",	     "../outside",
					     "a/b",	"/etc", ".hidden",   "a\nb",
					     "a b",	"a\\b", "$(reboot)", "t\xE1\xBB\x9D",
					     "a\x1B[2J" };
	struct scratch *scratch = scratch_new();
	struct failure why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (bundle_add(scratch_folder(scratch), names[i], "<e/>", 4, "<p/>", 4, &why))
			fail_msg("'%s' was written", names[i]);
		assert_failure(&why, REJECT, "CLI-006", NULL, "the name of a folder");
	}
	must(bundle_add(scratch_folder(scratch), "delivery-MoF", "<e/>", 4, "<p/>", 4, &why), &why);
	scratch_free(scratch);
}

/* ---- years later ------------------------------------------------------------------------------ */

static bool holds(gateway_time created, struct failure *why)
{
	struct arena *arena = arena_new();
	struct letter *letter = letter_new(arena, CUSTOMS, "DEC-IMP", "<p/>");
	const struct signing_key *key;
	struct text cover = TEXT_EMPTY;
	struct signature signature;
	struct envelope envelope;
	bool good;

	must(keyring_expired_key(people_house.keyring, CUSTOMS, &key, why), why);
	letter->envelope.created = created;
	letter->envelope.expires = created + DAY;
	must(envelope_seal(&cover, &letter->envelope, letter->payload, letter->payload_length, key,
			   why),
	     why);
	good = bundle_verify_bytes("it", cover.bytes, cover.length, letter->payload,
				   letter->payload_length, people_house.keyring, arena, &envelope,
				   &signature, why);
	text_free(&cover);
	arena_free(arena);
	return good;
}

static void test_what_was_signed_in_time_holds_when_its_certificate_has_expired(void **state)
{
	const struct signing_key *key;
	char command[1024];
	struct failure why;

	(void)state;
	/* as it lies on file since it was the party's own */
	snprintf(command, sizeof command,
		 "cd '%s/parties/" CUSTOMS "' && cp expired.crt sign-2.crt", people_path("pki"));
	assert_int_equal(system(command), 0);
	must(keyring_reload(people_house.keyring, &why), &why);
	must(keyring_expired_key(people_house.keyring, CUSTOMS, &key, &why), &why);
	assert_true(key->not_after < MORNING);
	must(holds(key->not_before, &why), &why);
	must(holds(key->not_after - DAY, &why), &why);
	assert_false(holds(key->not_after + DAY, &why));
	assert_failure(&why, REJECT, "CLI-012", "it", "SIG-011");
	assert_false(holds(key->not_before - DAY, &why));
	assert_failure(&why, REJECT, "CLI-012", "it", "SIG-012");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_is_written_under_a_plain_name_only),
		cmocka_unit_test(
			test_what_was_signed_in_time_holds_when_its_certificate_has_expired),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
