/* Permit applications and vessel notices: samples, the corpus of broken ones, rules over the past. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "papers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DECEMBER_2015	INT64_C(1448935200000) /* 2015-12-01T09:00+07:00 */

static void test_every_sample_is_accepted_without_a_remark(void **state)
{
	(void)state;
	papers_samples("lpa", 11);
	papers_samples("lpr", 5);
	papers_samples("ves", 4);
}

static void test_what_is_broken_meets_the_code_of_its_folder(void **state)
{
	(void)state;
	papers_corpus("lpa");
	papers_corpus("ves");
}

/* ---- rules over the past ---------------------------------------------------------------------- */

#define MESSAGE(function, rest)                                                                    \
	"<message><function>" function "</function><reference>R1</reference>" rest "</message>"
#define NAMES_2	   "<document>300</document><version>2</version>"
#define OLD	   "<case id='1' number='300' version='2' state='RECEIVED'>"
#define KNOWN	   "<known what='document' number='300' version='2'/>"
#define FOR_MARD   "<applicant>1</applicant><agency>MARD</agency><procedure>MARD-AQ-IMP</procedure>"
#define FOR_PLANTS "<applicant>1</applicant><agency>MARD</agency><procedure>MARD-PQ-IMP</procedure>"
#define FOR_MOH	   "<applicant>1</applicant><agency>MoH</agency><procedure>MOH-FOOD</procedure>"
#define SHIP	   "<imo>9990014</imo><type>524</type><port>VNHPH</port>"
#define ANOTHER	   "<imo>9990040</imo><type>524</type><port>VNHPH</port>"
#define LEAVING	   "<imo>9990014</imo><type>525</type><port>VNHPH</port><entry>E1</entry>"

static void test_the_past_of_an_application_is_minded(void **state)
{
	static const struct papers_past rows[] = {
		{ "<case state=''>" MESSAGE("9", FOR_MARD) "</case>", "OK" },
		{ "<case state=''>" MESSAGE("9", FOR_MARD) "<known what='reference'/></case>",
		  "IDM-03" },
		{ "<case state=''>" MESSAGE("4", NAMES_2 FOR_MARD) "</case>", "IDM-04" },
		{ OLD MESSAGE("4", NAMES_2 FOR_MARD) "<document>" FOR_MARD "</document>" KNOWN
						     "</case>",
		  "OK" },
		{ OLD MESSAGE("4", NAMES_2 FOR_MOH) "<document>" FOR_MARD "</document>" KNOWN
						    "</case>",
		  "AMC-02" },
		{ OLD MESSAGE("4", NAMES_2 FOR_PLANTS) "<document>" FOR_MARD "</document>" KNOWN
						       "</case>",
		  "AMC-02" },
		{ OLD MESSAGE("1", "<document>300</document><version>1</version>") KNOWN "</case>",
		  "IDM-04" },
	};

	(void)state;
	papers_pasts("LPA", DECEMBER_2015, rows, COUNT_OF(rows));
}

static void test_the_past_of_a_notice_is_minded(void **state)
{
	static const struct papers_past rows[] = {
		{ "<case state=''>" MESSAGE("9", SHIP) "</case>", "OK" },
		{ "<case state=''>" MESSAGE("6", NAMES_2 SHIP) "</case>", "IDM-04" },
		{ "<case state=''>" MESSAGE("9", SHIP) "<known what='reference'/></case>",
		  "IDM-03" },
		{ OLD MESSAGE("6", NAMES_2 SHIP) "<document>" SHIP "</document>" KNOWN "</case>",
		  "OK" },
		{ OLD MESSAGE("6", NAMES_2 ANOTHER) "<document>" SHIP "</document>" KNOWN "</case>",
		  "AMC-02" },
		{ "<case state=''>" MESSAGE("9", SHIP "<manifest>M1</manifest>") "</case>",
		  "VES-09" },
		{ "<case state=''>" MESSAGE(
			  "9", SHIP "<manifest>M1</manifest>") "<known what='manifest'><facts>"
							       "<ship-id>9990014</ship-id></facts>"
							       "</known></case>",
		  "OK" },
		{ "<case state=''>" MESSAGE("9", LEAVING) "</case>", "VES-10" },
		{ "<case state=''>" MESSAGE("9", LEAVING) "<known what='entry' state='PERMITTED'>"
							  "<facts>" SHIP "</facts></known></case>",
		  "VES-10" },
		{ "<case state=''>" MESSAGE("9", LEAVING) "<known what='entry' state='ARRIVED'>"
							  "<facts>" SHIP "</facts></known></case>",
		  "OK" },
	};

	(void)state;
	papers_pasts("VES", DECEMBER_2015, rows, COUNT_OF(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sample_is_accepted_without_a_remark),
		cmocka_unit_test(test_what_is_broken_meets_the_code_of_its_folder),
		cmocka_unit_test(test_the_past_of_an_application_is_minded),
		cmocka_unit_test(test_the_past_of_a_notice_is_minded),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
