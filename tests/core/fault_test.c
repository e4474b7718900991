/* How a fault is written, what cannot be, and what a simulation is told. */
#include "core/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct parties *parties;
static struct arena *arena;

static int open_parties(void **state)
{
	static const char *const folders[] = { "adapters" };

	(void)state;
	arena = arena_new();
	return parties_load(&parties, folders, 1, NULL) ? 0 : -1;
}

static int close_parties(void **state)
{
	(void)state;
	parties_free(parties);
	arena_free(arena);
	return 0;
}

static const char *written(const struct fault *fault)
{
	struct text text = TEXT_EMPTY;
	const char *line;

	fault_write(&text, fault);
	line = arena_string(arena, text.bytes);
	text_free(&text);
	return line;
}

static struct fault parsed(const char *line)
{
	struct failure why;
	struct fault fault;

	if (!fault_parse(&fault, arena, line, parties, &why))
		fail_msg("%s: %s: %s", line, why.code, why.text);
	return fault;
}

static void test_a_line_is_written_in_one_way(void **state)
{
	static const struct {
		const char *line, *written;
	} rows[] = {
		{ "MoIT drop", "MoIT drop on=request" },
		{ "  moit   drop\tfirst=2 on=request ", "MoIT drop on=request first=2" },
		{ "MOF delay by=800ms jitter=200ms", "MoF delay on=request by=800ms jitter=200ms" },
		{ "MoF delay by=60s on=reply", "MoF delay on=reply by=1m" },
		{ "MoF duplicate", "MoF duplicate on=reply" },
		{ "MoF reorder on=request", "MoF reorder on=request" },
		{ "MARD corrupt every=3", "MARD corrupt on=reply every=3" },
		{ "MARD truncate probability=0.25", "MARD truncate on=reply probability=0.25" },
		{ "MARD truncate probability=0", "MARD truncate on=reply probability=0" },
		{ "MARD bad-signature probability=1.0", "MARD bad-signature on=reply" },
		{ "MARD expired-certificate for=48h", "MARD expired-certificate on=reply for=2d" },
		{ "MARD wrong-version id=odd", "MARD wrong-version on=reply" },
		{ "kind=reject at=mard code=X-1 text='not \"now\"'",
		  "MARD reject on=reply code=X-1 text='not \"now\"'" },
		{ "MARD reject code=X-1 text=\"it's late\"",
		  "MARD reject on=reply code=X-1 text=\"it's late\"" },
		{ "MARD hang document=DEC-IMP", "MARD hang on=request document=DEC-IMP" },
		{ "asw-th down run=\"a b\"", "ASW-TH down on=request run=\"a b\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fault fault = parsed(rows[i].line), again;

		assert_string_equal(written(&fault), rows[i].written);
		again = parsed(written(&fault));
		assert_string_equal(written(&again), rows[i].written);
	}
}

static void test_what_cannot_be_is_refused_and_what_was_meant_is_said(void **state)
{
	static const struct {
		const char *line, *code, *says;
	} rows[] = {
		{ "MoIT dorp", "FLT-001", "did you mean 'drop'?" },
		{ "MoIT dorp", "FLT-001", "'dorp' is not one of delay, drop, duplicate" },
		{ "MoIT drop frist=2", "FLT-002", "did you mean 'first'?" },
		{ "MoIT drop on=request until=2d", "FLT-002", "no 'until'" },
		{ "MoIT drop on=reqest", "FLT-003", "did you mean 'request'?" },
		{ "MoIT drop first=0", "FLT-003", "first is '0'" },
		{ "MoIT drop first=2x", "FLT-003", "first is '2x'" },
		{ "MoIT drop every=-1", "FLT-003", "every" },
		{ "MoIT drop probability=1.5", "FLT-003", "from 0 to 1" },
		{ "MoIT drop probability=0,5", "FLT-003", "from 0 to 1" },
		{ "MoIT drop probability=.5", "FLT-003", "from 0 to 1" },
		{ "MoIT drop for=2", "FLT-003", "a duration" },
		{ "MoIT drop for=0s", "FLT-003", "a duration" },
		{ "MoIT drop id=a/b", "FLT-003", "letters" },
		{ "MoIT drop run=", "FLT-003", "run is ''" },
		{ "MoIT delay", "FLT-004", "needs by=TIME" },
		{ "MoIT drop by=2s", "FLT-004", "delay does" },
		{ "MoIT reject", "FLT-004", "needs code" },
		{ "MoIT drop code=X", "FLT-004", "reject does" },
		{ "MoIT bad-signature on=request", "FLT-004", "on=reply alone" },
		{ "MoIT expired-certificate on=request", "FLT-004", "on=reply alone" },
		{ "MoIT wrong-version on=request", "FLT-004", "on=reply alone" },
		{ "MoIT reject on=request code=X", "FLT-004", "on=reply alone" },
		{ "MoIT", "FLT-004", "needs a kind" },
		{ "", "FLT-004", "at which party?" },
		{ "OPERATOR drop", "FLT-005", "OPERATOR" },
		{ "MoIT drop first", "FLT-006", "'first' is not name=value" },
		{ "MoIT drop =2", "FLT-006", "name=value" },
		{ "MoIT reject code=X text='open", "FLT-006", "not closed" },
		{ "MIT drop", "PTY-004", "did you mean 'MoIT'?" },
		{ "Nobody drop", "PTY-004", "no party 'Nobody'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct failure why;
		struct fault fault;

		if (fault_parse(&fault, arena, rows[i].line, parties, &why))
			fail_msg("'%s' was taken", rows[i].line);
		assert_int_equal(why.verdict, REJECT);
		assert_string_equal(why.code, rows[i].code);
		if (strstr(why.text, rows[i].says) == NULL)
			fail_msg("'%s' says: %s", rows[i].line, why.text);
	}
}

static void test_attributes_say_the_same_as_a_line(void **state)
{
	struct fault fault = FAULT_NEW, line = parsed("MoIT drop on=request first=2");
	struct failure why;

	(void)state;
	assert_true(fault_set(&fault, arena, "first", "2", &why));
	assert_true(fault_set(&fault, arena, "kind", "drop", &why));
	assert_true(fault_set(&fault, arena, "at", "MOIT", &why));
	assert_true(fault_finish(&fault, parties, &why));
	assert_string_equal(written(&fault), written(&line));
	assert_ptr_equal(fault.party, parties_find(parties, "MoIT")->id);
}

static void test_without_parties_a_party_is_taken_as_it_is_written(void **state)
{
	struct fault fault;

	(void)state;
	assert_true(fault_parse(&fault, arena, "whoever down", NULL, NULL));
	assert_string_equal(fault.party, "whoever");
}

static void test_what_happens_is_told_in_words(void **state)
{
	static const struct {
		const char *line;
		int64_t later;
		const char *told;
	} rows[] = {
		{ "MoIT drop", 0, "drop of the request" },
		{ "MoIT delay by=1s on=reply", 1500, "delay of the reply by 1500ms" },
		{ "MoIT reject code=X-1", 0, "rejection of the reply with X-1" },
		{ "MoIT down", 0, "down, as though not connected" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fault fault = parsed(rows[i].line);
		struct text text = TEXT_EMPTY;

		fault_tell(&text, &fault, rows[i].later);
		assert_string_equal(text.bytes, rows[i].told);
		text_free(&text);
	}
}

/* ---- what a simulation is told ------------------------------------------------------------- */

#define MESSAGE "0a3b1f0e-5c7d-4e1b-8a2f-3b4c5d6e7f80"

static void test_a_simulation_reads_what_the_gateway_wrote(void **state)
{
	struct fault faults[] = { parsed("MoIT drop"),
				  parsed("MoIT reject code=X-1 text='no, a=b'") };
	struct simulation told = { .message = MESSAGE, .attempt = 3, .faults = faults, .count = 2 };
	struct simulation read;
	struct text text = TEXT_EMPTY;

	(void)state;
	simulation_write(&text, &told);
	assert_true(simulation_read(&read, arena, text.bytes, text.length, NULL));
	assert_string_equal(read.message, MESSAGE);
	assert_int_equal(read.attempt, 3);
	assert_int_equal(read.count, 2);
	assert_int_equal(read.faults[0].kind, FAULT_DROP);
	assert_int_equal(read.faults[0].on, ON_REQUEST);
	assert_int_equal(read.faults[1].kind, FAULT_REJECT);
	assert_int_equal(read.faults[1].on, ON_REPLY);
	assert_string_equal(read.faults[1].code, "X-1");
	assert_string_equal(read.faults[1].text, "no, a=b");
	text_free(&text);
}

static void test_what_is_no_simulation_is_refused(void **state)
{
	static const struct {
		const char *lines, *code; /* NULL: good */
	} rows[] = {
		{ "message=" MESSAGE "\nattempt=1\nfault=drop\n", NULL },
		{ "message=" MESSAGE "\nattempt=1\nfault=drop\nweather=fine\n", NULL },
		{ "message=" MESSAGE "\nattempt=1\n", NULL },
		{ "", "FLT-006" },
		{ "attempt=1\nfault=drop\n", "FLT-006" },
		{ "message=me\nattempt=1\nfault=drop\n", "FLT-006" },
		{ "message=" MESSAGE "\non=reply\n", "FLT-006" },
		{ "message=" MESSAGE "\nnonsense\n", "FLT-006" },
		{ "message=" MESSAGE "\nattempt=x\n", "FLT-006" },
		{ "message=" MESSAGE "\nfault=dorp\n", "FLT-001" },
		{ "message=" MESSAGE "\nfault=reject\n", "FLT-004" },
		{ "message=" MESSAGE "\nfault=wrong-version\non=request\n", "FLT-004" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct simulation read;
		struct failure why = { .code = "" };
		bool good =
			simulation_read(&read, arena, rows[i].lines, strlen(rows[i].lines), &why);

		assert_int_equal(good, rows[i].code == NULL);
		assert_string_equal(why.code, rows[i].code != NULL ? rows[i].code : "");
	}
}

static void test_the_gateway_carries_out_what_only_it_can(void **state)
{
	static const struct {
		const char *line;
		bool simulated;
	} rows[] = {
		{ "MoIT delay by=1s", false },
		{ "MoIT delay by=1s on=reply", false },
		{ "MoIT down", false },
		{ "MoIT reorder on=request", false },
		{ "MoIT reorder on=reply", true },
		{ "MoIT drop", true },
		{ "MoIT duplicate on=request", true },
		{ "MoIT hang", true },
		{ "MoIT reject code=X", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fault fault = parsed(rows[i].line);

		assert_int_equal(fault_is_simulated(&fault), rows[i].simulated);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_is_written_in_one_way),
		cmocka_unit_test(test_what_cannot_be_is_refused_and_what_was_meant_is_said),
		cmocka_unit_test(test_attributes_say_the_same_as_a_line),
		cmocka_unit_test(test_without_parties_a_party_is_taken_as_it_is_written),
		cmocka_unit_test(test_what_happens_is_told_in_words),
		cmocka_unit_test(test_a_simulation_reads_what_the_gateway_wrote),
		cmocka_unit_test(test_what_is_no_simulation_is_refused),
		cmocka_unit_test(test_the_gateway_carries_out_what_only_it_can),
	};

	return cmocka_run_group_tests(tests, open_parties, close_parties);
}
