/* A scenario is read as it was meant, or refused with the line and in the words of whoever wrote it. */
#include "cli/scenario/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"
#include "core/text.h"

struct desk {
	struct session session;
	struct scratch *scratch;
	struct parties *parties;
};

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);
	const char *folder = "adapters";
	struct failure why;

	document_setup();
	desk->scratch = scratch_new();
	session_start(&desk->session);
	desk->session.state = scratch_path(desk->scratch, "state");
	desk->session.quiet = true;
	if (!session_ready(&desk->session, &why) || !parties_load(&desk->parties, &folder, 1, &why))
		fail_msg("%s: %s", why.code, why.text);
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;

	parties_free(desk->parties);
	session_end(&desk->session);
	scratch_free(desk->scratch);
	free(desk);
	return 0;
}

static bool read_text(struct desk *desk, struct scenario **out, const char *text,
		      struct failure *why)
{
	return scenario_read(out, &desk->session, desk->session.arena, desk->parties,
			     scratch_write(desk->scratch, "story.xml", text), why);
}

/* The lines between are numbered from 4. */
#define STORY(given, steps)                                                                        \
	"<scenario xmlns='urn:nsw:scenario:1' name='story'>\n"                                     \
	"<given date='2014-02-26'>\n" given "</given>\n"                                           \
	"<step name='one'>\n" steps "</step></scenario>\n"
#define SUBMIT "<submit file='samples/lpa/motorcycles-moit.xml' as='d1'/>\n"

/* ---- what it says ------------------------------------------------------------------------------ */

static const char story[] =
	"<scenario xmlns='urn:nsw:scenario:1' name='moit-flaky' title='A story'>\n"
	"  <given date='2014-02-26' seed='42' calendar='none'>\n"
	"    <set name='retry-first' value='2s'/>\n"
	"    <fault at='MOIT' kind='drop' on='request' first='2'/>\n"
	"    <agency off='mard'/>\n"
	"  </given>\n"
	"  <step name='granted'>\n"
	"    <submit file='samples/lpa/motorcycles-moit.xml' as='d1' clock='shift'>\n"
	"      <set xpath='FunctionalReferenceID' value='VN14-${run}-1'/>\n"
	"      <alter xpath='//ID' value='x'/>\n"
	"    </submit>\n"
	"    <expect of='d1' from='MOIT' state='APPROVED' code='X-1' within='10s'>\n"
	"      <xpath test='count(//attempt)=3'/>\n"
	"    </expect>\n"
	"    <never of='d1' during='1h'/>\n"
	"  </step>\n"
	"  <step name='steered'>\n"
	"    <date set='2015-09-08'/><advance by='3d'/><agency on='MoIT'/>\n"
	"    <paper decide='moh' of='d1' status='REFUSED' permit='P-${d1.number}' text='no'/>\n"
	"    <fault-reset/><retry of='d1'/>\n"
	"    <calendar party='MoH' state='LIVE'/>\n"
	"    <submit file='samples/lpa/medicine-moh.xml' as='d2' ref='d1' id-of='d1' by='MoH'\n"
	"            sign-at='2014-01-01' unsigned='yes'/><refused of='d2' code='SIG-001'/>\n"
	"    <follow as='d3' of='d1' kind='COO-ISS' within='2d'/>\n"
	"    <remember name='paid' of='d3' xpath='//ID'/>\n"
	"    <submit file='samples/lpa/medicine-moh.xml' as='d4'><set xpath='ID' "
	"value='${paid}'/></submit>\n"
	"    <expect of='d4' state='REFUSED'/>\n"
	"  </step>\n"
	"</scenario>\n";

static void test_every_word_goes_where_it_belongs(void **state)
{
	struct desk *desk = *state;
	struct scenario *read;
	const struct deed *deed;
	struct failure why;

	if (!read_text(desk, &read, story, &why))
		fail_msg("%s: %s: %s", why.place, why.code, why.text);
	assert_string_equal(read->name, "moit-flaky");
	assert_string_equal(read->title, "A story");
	assert_string_equal(read->seed, "42");
	assert_string_equal(read->calendar, "none");
	assert_int_equal(read->setting_count, 1);
	assert_string_equal(read->settings[0].value, "2s");
	assert_int_equal(read->given_count, 2);
	assert_string_equal(read->given[0].fault.party, "MoIT");
	assert_int_equal(read->given[0].fault.first, 2);
	assert_string_equal(read->given[1].party, "MARD");
	assert_false(read->given[1].on);

	assert_int_equal(read->count, 2);
	assert_int_equal(read->steps[0].line, 7);
	assert_int_equal(read->steps[0].count, 3);
	deed = &read->steps[0].deeds[0];
	assert_int_equal(deed->kind, DEED_SUBMIT);
	assert_true(deed->shift);
	assert_false(deed->may_be_refused);
	assert_int_equal(deed->value_count, 1);
	assert_int_equal(deed->alter_count, 1);
	assert_non_null(strstr(deed->path, "lpa/samples/motorcycles-moit.xml"));
	deed = &read->steps[0].deeds[1];
	assert_string_equal(deed->party, "MoIT");
	assert_string_equal(deed->state, "APPROVED");
	assert_string_equal(deed->code, "X-1");
	assert_int_equal(deed->lasts, 10000);
	assert_string_equal(deed->values[0].name, "count(//attempt)=3");
	assert_int_equal(deed->values[0].line, 13);
	deed = &read->steps[0].deeds[2];
	assert_null(deed->party);
	assert_null(deed->state);

	deed = read->steps[1].deeds;
	assert_int_equal(deed[0].at - read->at, (int64_t)559 * 86400 * 1000);
	assert_int_equal(deed[1].lasts, (int64_t)3 * 86400 * 1000);
	assert_true(deed[2].on);
	assert_string_equal(deed[3].permit, "P-${d1.number}");
	assert_int_equal(deed[6].link, LINK_LIVE);
	assert_string_equal(deed[7].ref, "d1");
	assert_true(deed[7].unsigned_);
	assert_true(deed[7].may_be_refused);
	assert_string_equal(deed[9].document, "COO-ISS");
	assert_string_equal(deed[10].text, "//ID");
	assert_true(deed[11].may_be_refused);
}

/* ---- what is not valid ---------------------------------------------------------------------------- */

static const struct {
	const char *text, *code, *place, *words;
} unfit[] = {
	{ "<scenario", "SCN-001", "story.xml:1", "not well-formed" },
	{ "<scenario xmlns='urn:x' name='s'/>", "SCN-001", "story.xml:1", "urn:nsw:scenario:1" },
	{ STORY("", "<submti file='x' as='d1'/>"), "SCN-001", ":5", "did you mean 'submit'?" },
	{ STORY("", "<submit file='lpa/motorcycles-moit' as='d1' reff='d0'/>"), "SCN-001", ":5",
	  "did you mean 'ref'?" },
	{ STORY("", "<submit file='lpa/motorbikes' as='d1'/>"), "SCN-001", ":5",
	  "neither a file nor a sample" },
	{ STORY("", SUBMIT SUBMIT), "SCN-001", ":6", "'d1' names an earlier submit already" },
	{ STORY("<fault at='MoIT' kind='dorp'/>\n", ""), "FLT-001", ":3", "did you mean 'drop'?" },
	{ STORY("<fault at='MoIT' kind='drop' frist='2'/>\n", ""), "SCN-001", ":3",
	  "did you mean 'first'?" },
	{ STORY("<fault at='MoTI' kind='drop'/>\n", ""), "PTY-004", ":3", "did you mean" },
	{ STORY("<set name='retry-frist' value='2s'/>\n", ""), "CFG-003", ":3", "retry-first" },
	{ STORY("<set name='attempts' value='many'/>\n", ""), "CFG-002", ":3", "attempts" },
	{ STORY("<set name='clock' value='ticking'/>\n", ""), "SCN-001", ":3",
	  "not for a scenario" },
	{ STORY("<agency/>\n", ""), "SCN-001", ":3", "either on or off" },
	{ STORY("<agency on='MoH' off='MoH'/>\n", ""), "SCN-001", ":3", "either on or off" },
	{ STORY("", SUBMIT "<expect of='d2' state='APPROVED'/>"), "SCN-001", ":6",
	  "nothing has been submitted as 'd2' before this (did you mean 'd1'?)" },
	{ STORY("", SUBMIT "<expect of='d1' from='MOI' state='X'/>"), "PTY-004", ":6",
	  "did you mean" },
	{ STORY("", SUBMIT "<expect of='d1' state='X' within='2 s'/>"), "TIM-002", ":6", "" },
	{ STORY("", SUBMIT "<expect of='d1' state='X' wihtin='2s'/>"), "SCN-001", ":6",
	  "did you mean 'within'?" },
	{ STORY("", SUBMIT "<expect of='d1' state=''/>"), "SCN-001", ":6", "state is empty" },
	{ STORY("", SUBMIT "<expect of='d1'><xpath test='count('/></expect>"), "SCN-001", ":6",
	  "no XPath" },
	{ STORY("", SUBMIT "<never of='d1'/>"), "SCN-001", ":6", "'during'" },
	{ STORY("", "<date set='2013-01-01'/>"), "SCN-001", ":5", "time goes forward" },
	{ STORY("", "<date set='tomorrow'/>"), "TIM-001", ":5", "" },
	{ STORY("", SUBMIT "<paper decide='MoH' of='d1' status='REFUSD'/>"), "SCN-001", ":6",
	  "'REFUSD' is not one of APPROVED, REFUSED (did you mean 'REFUSED'?)" },
	{ STORY("", "<calendar party='MoH' state='life'/>"), "SCN-001", ":5",
	  "NONE, TEST, PARALLEL, LIVE, ENDED (did you mean 'LIVE'?)" },
	{ STORY("", "<submit file='lpa/motorcycles-moit' as='d1'><set xpath='ID' "
		    "value='${rum}'/></submit>"),
	  "SCN-001", ":5", "${rum} is not known (did you mean 'run'?)" },
	{ STORY("", "<submit file='lpa/motorcycles-moit' as='d1'><set xpath='ID' "
		    "value='${d1.id}'/></submit>"),
	  "SCN-001", ":5", "nothing has been submitted as 'd1'" },
	{ STORY("", "<submit file='lpa/motorcycles-moit' as='d1'><set xpath='ID' "
		    "value='${run'/></submit>"),
	  "SCN-001", ":5", "no closing brace" },
	{ STORY("", "<submit file='lpa/motorcycles-moit' as='d1'><set xpath='ID[]' "
		    "value='1'/></submit>"),
	  "SCN-001", ":5", "no XPath" },
	{ "<scenario xmlns='urn:nsw:scenario:1' name='two words'><given date='2014-02-26'/><step "
	  "name='s'/>"
	  "</scenario>",
	  "SCN-001", ":1", "letters, digits" },
	{ "<scenario xmlns='urn:nsw:scenario:1' name='s'><given date='2014-02-31'/><step name='s'/>"
	  "</scenario>",
	  "SCN-001", ":1", "no date" },
	{ "<scenario xmlns='urn:nsw:scenario:1' name='s'><given date='2014-02-26' "
	  "calendar='x.xml'/>"
	  "<step name='s'/></scenario>",
	  "SCN-001", ":1", "no such file" },
};

static void test_what_is_not_valid_is_refused_at_its_line(void **state)
{
	struct scenario *read;
	struct failure why;

	for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
		if (read_text(*state, &read, unfit[i].text, &why))
			fail_msg("row %zu was read: %s", i, unfit[i].text);
		assert_failure(&why, REJECT, unfit[i].code, unfit[i].place, unfit[i].words);
	}
}

static void test_nobody_reads_of_schemas_and_namespaces_in_a_refusal(void **state)
{
	static const char *const jargon[] = { "{urn:", "xs:", "facet", "element information" };
	struct scenario *read;
	struct failure why;

	for (size_t i = 2; i < sizeof unfit / sizeof *unfit; i++) {
		if (read_text(*state, &read, unfit[i].text, &why))
			fail_msg("row %zu was read: %s", i, unfit[i].text);
		for (size_t j = 0; j < sizeof jargon / sizeof *jargon; j++)
			if (strstr(why.text, jargon[j]) != NULL)
				fail_msg("row %zu: %s", i, why.text);
	}
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static void test_of_a_folder_all_scenarios_are_meant_and_nothing_else(void **state)
{
	struct desk *desk = *state;
	struct arena *arena = desk->session.arena;
	const char *const *files;
	const char *folder = scratch_path(desk->scratch, "stories");
	struct failure why;

	scratch_write(desk->scratch, "stories/b.xml", STORY("", ""));
	scratch_write(desk->scratch, "stories/a/c.xml", "<scenario xmlns='urn:nsw:scenario:1'");
	scratch_write(desk->scratch, "stories/a/document.xml", "<Declaration/>");
	scratch_write(desk->scratch, "stories/notes.txt", STORY("", ""));
	scratch_write(desk->scratch, "stories/.hidden.xml", STORY("", ""));
	assert_true(scenario_files(&files, arena, folder, &why));
	assert_string_equal(files[0], scratch_path(desk->scratch, "stories/a/c.xml"));
	assert_string_equal(files[1], scratch_path(desk->scratch, "stories/b.xml"));
	assert_null(files[2]);

	/* What is named is meant, whatever it is. */
	assert_true(scenario_files(&files, arena, scratch_path(desk->scratch, "stories/notes.txt"),
				   &why));
	assert_null(files[1]);
	assert_false(scenario_files(&files, arena, scratch_path(desk->scratch, "nowhere"), &why));
	assert_failure(&why, REJECT, "IO-001", "nowhere", "");
	scratch_write(desk->scratch, "empty/notes.txt", "");
	assert_false(scenario_files(&files, arena, scratch_path(desk->scratch, "empty"), &why));
	assert_failure(&why, REJECT, "SCN-002", "empty", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_word_goes_where_it_belongs),
		cmocka_unit_test(test_what_is_not_valid_is_refused_at_its_line),
		cmocka_unit_test(test_nobody_reads_of_schemas_and_namespaces_in_a_refusal),
		cmocka_unit_test(test_of_a_folder_all_scenarios_are_meant_and_nothing_else),
	};

	return cmocka_run_group_tests_name("scenario files", tests, set_up, tear_down);
}
