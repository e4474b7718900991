/* The operator's orders as commands: what `nsw date` and `nsw paper` ask, and what they make of
 * the answer. */
#include "cli/command.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/counterpart.h"
#include "core/text.h"

#define ASKED_MOST 8

/* ---- the gateway's side: questions noted, answers as the test laid them out --------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char asked[ASKED_MOST][512]; /* members but the tag, as JSON */
	size_t count;
	const char *const *answers; /* of the first question, the second ...; NULL at the end */
} desk;

/* The answers are rows without a tag; it goes in behind the version. */
static void answer(struct counterpart *counterpart, const struct parcel *parcel, const char *rows,
		   const char *tag)
{
	struct text tagged = TEXT_EMPTY;

	for (const char *at = rows; *at != '\0';) {
		const char *end = strchr(at, '\n');

		text_printf(&tagged, "{\"v\":1,\"tag\":\"%s\",%.*s}\n", tag, (int)(end - at), at);
		at = end + 1;
	}
	counterpart_say(counterpart, parcel, VERB_ROWS, tagged.bytes);
	text_free(&tagged);
}

static void note_and_answer(struct counterpart *counterpart, const struct parcel *parcel)
{
	struct failure why;
	const char *tag;
	struct row *ask;

	if (parcel->verb != VERB_ASK ||
	    !row_read(&ask, (const char *)parcel->payload, parcel->payload_length, &why))
		abort();
	tag = row_get(ask, "tag");
	pthread_mutex_lock(&lock);
	if (desk.count == ASKED_MOST || desk.answers[desk.count] == NULL)
		abort();
	snprintf(desk.asked[desk.count], sizeof desk.asked[0], "%.*s", (int)parcel->payload_length,
		 (const char *)parcel->payload);
	answer(counterpart, parcel, desk.answers[desk.count++], tag);
	pthread_mutex_unlock(&lock);
	row_free(ask);
}

/* ---- a command in this process, its streams caught ------------------------------------------------- */

static char said[4096];

static void start_session(struct session *session)
{
	struct client_settings settings = counterpart_settings();

	session_start(session);
	session->gateway = settings.endpoint;
	session->instance = COUNTERPART;
	session->operator_id = TRADER; /* it has keys */
	session->keys = arena_printf(session->arena, "%s/keys", counterpart_folder());
	session->state = arena_printf(session->arena, "%s/state", counterpart_folder());
	session->timeout = 2000;
}

static void catch (int streams[2], FILE *into)
{
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		streams[i] = dup(i + 1);
		dup2(fileno(into), i + 1);
	}
}

static void release(const int streams[2], FILE *from)
{
	size_t length;

	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(streams[i], i + 1);
		close(streams[i]);
	}
	rewind(from);
	length = fread(said, 1, sizeof said - 1, from);
	said[length] = '\0';
}

static enum exit_code run(const struct command *command, const char *const words[],
			  const char *const answers[])
{
	char *argv[16] = { NULL };
	FILE *both = tmpfile();
	struct session session;
	enum exit_code code;
	int argc = 0, streams[2];

	assert_non_null(both);
	memset(&desk, 0, sizeof desk);
	desk.answers = answers;
	counterpart_start(note_and_answer);
	start_session(&session);
	argv[argc++] = arena_printf(session.arena, "nsw %s", command->name);
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = arena_string(session.arena, words[argc - 1]);
	catch (streams, both);
	code = command->run(&session, argc, argv);
	if (session.output != NULL)
		(void)output_flush(session.output);
	release(streams, both);
	session_end(&session);
	counterpart_stop();
	fclose(both);
	return code;
}

static void asked(size_t index, const char *const members[])
{
	assert_true(index < desk.count);
	for (; *members != NULL; members++)
		if (strstr(desk.asked[index], *members) == NULL)
			fail_msg("%s is not in: %s", *members, desk.asked[index]);
}
#define ASKED(index, ...) asked(index, (const char *const[]){ __VA_ARGS__, NULL })
#define WORDS(...)	  ((const char *const[]){ __VA_ARGS__, NULL })

static void told(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("'%s' is not in: %s", text, said);
}

/* ---- date -------------------------------------------------------------------------------------------- */

#define DAY                                                                                        \
	"\"type\":\"date\",\"time\":\"2015-11-30T17:00:00.000Z\",\"date\":\"2015-12-01\","         \
	"\"next\":\"2016-04-28\",\"next_title\":\"The target is renewed\"\n"
#define LAST_DAY "\"type\":\"date\",\"time\":\"2099-12-30T17:00:00.000Z\",\"date\":\"2099-12-31\"\n"
#define DONE	 "\"type\":\"done\",\"count\":1\n"
#define BEFORE                                                                                     \
	"\"type\":\"error\",\"code\":\"CTL-007\",\"verdict\":\"REJECT\",\"text\":\"it is "         \
	"later\"\n"

static void test_the_date_is_asked_and_shown(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_show, WORDS(NULL), WORDS(DAY)), EXIT_DONE);
	assert_int_equal(desk.count, 1);
	assert_null(strstr(desk.asked[0], "\"to\""));
	told("2015-12-01");
	told("2016-04-28  The target is renewed");
}

static void test_an_end_of_the_calendar_is_shown_as_such(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_show, WORDS("show"), WORDS(LAST_DAY)), EXIT_DONE);
	told("nothing more in the calendar");
}

static void test_the_date_is_set_as_it_was_said_and_shown_as_it_became(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_set, WORDS("2015-12-01"), WORDS(DONE, DAY)), EXIT_DONE);
	assert_int_equal(desk.count, 2);
	ASKED(0, "\"ask\":\"date\"", "\"to\":\"2015-12-01\"");
	told("2016-04-28");
}

static void test_an_earlier_date_is_a_refusal_with_its_own_exit_code(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_set, WORDS("2014-01-01"), WORDS(BEFORE)), EXIT_REFUSED);
	told("CTL-007");
}

static void test_next_moves_to_the_day_that_the_calendar_has(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_next, WORDS(NULL), WORDS(DAY, DONE, DAY)), EXIT_DONE);
	assert_int_equal(desk.count, 3);
	ASKED(1, "\"ask\":\"date\"", "\"to\":\"20");
	assert_null(strstr(desk.asked[1], "\"to\":\"2015-12-01\""));
}

static void test_next_after_the_last_day_moves_nothing(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_next, WORDS(NULL), WORDS(LAST_DAY)), EXIT_UNMET);
	assert_int_equal(desk.count, 1);
}

static void test_the_calendar_is_listed_without_a_gateway(void **state)
{
	(void)state;
	assert_int_equal(run(&command_date_ls, WORDS(NULL), WORDS(NULL)), EXIT_DONE);
	assert_int_equal(desk.count, 0);
	told("2015-12-01\t");
	told("LIVE");
}

/* ---- paper -------------------------------------------------------------------------------------------- */

#define PAPERS                                                                                     \
	"\"type\":\"paper\",\"case\":\"c1\",\"number\":\"300000000010\",\"party\":\"MARD\","       \
	"\"procedure\":\"MARD-AQ-IMP\",\"due\":\"2014-03-01T00:00:00.000Z\",\"counter\":"          \
	"\"First\"\n"                                                                              \
	"\"type\":\"paper\",\"case\":\"c2\",\"number\":\"300000000020\",\"party\":\"MoH\","        \
	"\"procedure\":\"MOH-FS-IMP\",\"due\":\"2014-03-01T00:00:00.000Z\",\"counter\":"           \
	"\"Second\"\n"
#define MESSAGE "\"type\":\"message\",\"id\":\"m\",\"case\":\"c2\"\n"
#define NO_SUCH                                                                                    \
	"\"type\":\"error\",\"code\":\"PPR-001\",\"verdict\":\"REJECT\",\"text\":\"none waits\"\n"

static void test_papers_are_listed(void **state)
{
	(void)state;
	assert_int_equal(run(&command_paper_ls, WORDS(NULL), WORDS(PAPERS)), EXIT_DONE);
	ASKED(0, "\"ask\":\"papers\"");
	told("First");
	told("Second");
}

static void test_papers_of_one_case_are_found_by_any_of_its_names(void **state)
{
	(void)state;
	assert_int_equal(run(&command_paper_ls, WORDS("VN14"), WORDS(MESSAGE, PAPERS)), EXIT_DONE);
	ASKED(0, "\"ask\":\"message\"", "\"id\":\"VN14\"");
	told("Second");
	assert_null(strstr(said, "First"));
}

static void test_a_decision_on_paper_says_all_that_was_said(void **state)
{
	(void)state;
	assert_int_equal(run(&command_paper_decide,
			     WORDS("300000000010", "--agency", "MARD", "--procedure", "MARD-AQ-IMP",
				   "--permit", "TY-7"),
			     WORDS(DONE)),
			 EXIT_DONE);
	ASKED(0, "\"ask\":\"paper\"", "\"id\":\"300000000010\"", "\"agency\":\"MARD\"",
	      "\"procedure\":\"MARD-AQ-IMP\"", "\"permit\":\"TY-7\"", "\"status\":\"APPROVED\"");
	told("1 decision of MARD entered");
}

static void test_a_refusal_on_paper_says_why(void **state)
{
	(void)state;
	assert_int_equal(run(&command_paper_decide,
			     WORDS("--refuse", "--text", "expired", "X1", "--agency", "MARD"),
			     WORDS(DONE)),
			 EXIT_DONE);
	ASKED(0, "\"status\":\"REFUSED\"", "\"text\":\"expired\"");
	assert_null(strstr(desk.asked[0], "permit"));
}

static void test_what_does_not_wait_on_paper_cannot_be_decided(void **state)
{
	(void)state;
	assert_int_equal(run(&command_paper_decide,
			     WORDS("X1", "--agency", "MARD", "--permit", "1"), WORDS(NO_SUCH)),
			 EXIT_INVALID);
	told("PPR-001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_date_is_asked_and_shown),
		cmocka_unit_test(test_an_end_of_the_calendar_is_shown_as_such),
		cmocka_unit_test(test_the_date_is_set_as_it_was_said_and_shown_as_it_became),
		cmocka_unit_test(test_an_earlier_date_is_a_refusal_with_its_own_exit_code),
		cmocka_unit_test(test_next_moves_to_the_day_that_the_calendar_has),
		cmocka_unit_test(test_next_after_the_last_day_moves_nothing),
		cmocka_unit_test(test_the_calendar_is_listed_without_a_gateway),
		cmocka_unit_test(test_papers_are_listed),
		cmocka_unit_test(test_papers_of_one_case_are_found_by_any_of_its_names),
		cmocka_unit_test(test_a_decision_on_paper_says_all_that_was_said),
		cmocka_unit_test(test_a_refusal_on_paper_says_why),
		cmocka_unit_test(test_what_does_not_wait_on_paper_cannot_be_decided),
	};

	return cmocka_run_group_tests(tests, counterpart_keys, counterpart_forget);
}
