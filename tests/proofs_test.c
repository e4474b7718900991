/* Permits and certificates of origin that declarations cite: which proof counts on which day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judgement.h"
#include "papers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DAY		"2015-12-08" /* all ministries are connected, the partners in parallel */

#define IMPORT(rest)                                                                               \
	"<message><function>9</function><importer>9900000016</importer>"                           \
	"<importer-name>Example Importer Ltd</importer-name><exporter>Example Farms</exporter>"    \
	"<mode>4</mode><type>A11</type><office>03CC</office>" rest "</message>"

/* ---- permits ---------------------------------------------------------------------------- */

#define PROOF(type, class, id, from, country, quantity)                                            \
	"<proof><type>" type "</type><id>" id                                                      \
	"</id><class>" class "</class>" from country "<quantity unit='H87'>" quantity              \
			     "</quantity></proof>"
#define CITED(from, country) PROOF("911", "permit", "GP-1", from, country, "12")
#define MOTORCYCLES(proof)                                                                         \
	IMPORT("<item><sequence>1</sequence><hs>87114090</hs><origin>JP</origin>" proof "</item>")
#define MOTORCYCLE MOTORCYCLES(CITED("", ""))
#define GRANTED	   PERMIT("APPROVED", "0", "9900000016", "2016-06-01", "87114020", "12")
#define PERMIT(state, used, holder, until, hs, quantity)                                           \
	"<known what='permit' value='GP-1' kind='LPA' state='" state "' used='" used "'><facts>"   \
	"<applicant>" holder "</applicant><item><hs>" hs "</hs><origin>JP</origin>"                \
	"<quantity unit='H87'>" quantity "</quantity></item></facts>"                              \
	"<issued type='911' id='GP-1' from='2015-12-01' until='" until "'/></known>"

static void test_a_permit_must_be_the_importers_and_cover_what_comes(void **state)
{
	static const struct judgement rows[] = {
		{ DAY, MOTORCYCLE GRANTED, "" },
		{ DAY, MOTORCYCLE PERMIT("PART_USED", "5", "9900000016", "", "87114090", "17"),
		  "" },
		{ DAY, MOTORCYCLE PERMIT("PART_USED", "6", "9900000016", "", "87114090", "17"),
		  "LPC-03" },
		{ DAY, MOTORCYCLE PERMIT("EXHAUSTED", "0", "9900000016", "", "87114090", "17"),
		  "LPC-03" },
		{ DAY, MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", "", "87112090", "12"),
		  "LPC-05" },
		{ DAY,
		  MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", "2015-12-07", "87114090", "12"),
		  "LPC-06" },
		{ DAY, MOTORCYCLE PERMIT("APPROVED", "0", "9900000016", DAY, "87114090", "12"),
		  "" },
		{ "2015-11-30", MOTORCYCLE GRANTED, "LPC-06" },
		{ DAY, MOTORCYCLE PERMIT("REVOKED", "0", "9900000016", "", "87114090", "12"),
		  "LPC-09" },
		{ DAY, MOTORCYCLE PERMIT("SUSPENDED", "0", "9900000016", "", "87114090", "12"),
		  "LPC-09" },
		{ DAY, MOTORCYCLES(PROOF("856", "permit", "GP-1", "", "", "12")) GRANTED,
		  "LPC-02" },
		{ DAY,
		  IMPORT("<item><sequence>1</sequence><hs>87114090</hs><origin>TH</origin>" CITED(
			  "", "") "</item>") GRANTED,
		  "LPC-05" },
		/* Two items write the same permit off. */
		{ DAY,
		  IMPORT("<item><hs>87114090</hs><origin>JP</origin>" CITED(
			  "", "") "</item><item><hs>87114090</hs><origin>JP</"
				  "origin>" CITED("", "") "</item>")
			  PERMIT("APPROVED", "0", "9900000016", "", "87114090", "20"),
		  "LPC-03" },
	};

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_somebody_elses_permit_reads_like_one_that_does_not_exist(void **state)
{
	static const struct judgement rows[] = {
		{ DAY, MOTORCYCLE, "LPC-04" },
		{ DAY, MOTORCYCLE PERMIT("APPROVED", "0", "9900000023", "", "87114090", "12"),
		  "LPC-04" },
	};
	struct arena *arena = arena_new();

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
	assert_string_equal(judged_text(arena, "DEC-IMP", &rows[0]),
			    judged_text(arena, "DEC-IMP", &rows[1]));
	arena_free(arena);
}

#define FROM(day)   "<from>" day "</from>"
#define OF(country) "<country>" country "</country>"
#define CHICKEN(from, country)                                                                     \
	IMPORT("<item><hs>02071499</hs><origin>BR</origin>" PROOF("853", "permit", "TY-1", from,   \
								  country, "1") "</item>")

static void test_a_permit_must_be_known_once_its_ministry_is_connected(void **state)
{
	static const struct judgement rows[] = {
		/* Quarantine joins on 1 December 2015. */
		{ "2015-11-30", CHICKEN("", OF("VN")), "" },
		{ "2015-12-01", CHICKEN("", OF("VN")), "LPC-04" },
		{ "2015-12-01", CHICKEN("", ""), "LPC-04" },
		{ "2015-12-01", CHICKEN(FROM("2015-12-01"), OF("VN")), "LPC-04" },
		/* On paper from before, and from abroad. */
		{ "2015-12-01", CHICKEN(FROM("2015-11-30"), OF("VN")), "" },
		{ "2015-12-01", CHICKEN(FROM("2015-12-01"), OF("BR")), "" },
		/* A licence comes from no other country, a certificate may. */
		{ DAY, MOTORCYCLES(CITED(FROM(DAY), OF("JP"))), "LPC-04" },
		{ DAY, MOTORCYCLES(CITED(FROM("2013-01-15"), OF("JP"))), "" },
		{ DAY, MOTORCYCLES(PROOF("856", "permit", "GP-1", FROM(DAY), OF("JP"), "12")), "" },
		/* For all of the consignment. */
		{ "2015-12-01",
		  IMPORT("<paper><type>853</type><id>TY-1</id><class>permit</class></paper>"
			 "<item><hs>02071499</hs><origin>BR</origin></item>"),
		  "LPC-04" },
		/* No procedure issues such a thing for such goods. */
		{ "2015-12-01",
		  IMPORT("<item><hs>84834090</hs><origin>JP</origin>" PROOF("853", "permit", "TY-1",
									    "", "", "1") "</item>"),
		  "" },
	};

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_an_export_uses_permits_for_exports(void **state)
{
#define EXPORT                                                                                     \
	"<message><function>9</function><exporter>9900000023</exporter><item><sequence>1"          \
	"</sequence><hs>29037100</hs><origin>VN</origin>" PROOF("811", "permit", "XK-1", "", "",   \
								"12") "</item></message>"
#define LICENCE(holder, quantity)                                                                  \
	"<known what='permit' value='XK-1' kind='LPA' state='APPROVED' used='0'><facts>"           \
	"<applicant>" holder "</applicant><item><hs>29037100</hs><quantity unit='H87'>" quantity   \
	"</quantity></item></facts><issued type='811' id='XK-1' from='' until=''/></known>"
	static const struct judgement rows[] = {
		{ DAY, EXPORT LICENCE("9900000023", "12"), "" },
		{ DAY, EXPORT LICENCE("9900000023", "11"), "LPC-03" },
		{ DAY, EXPORT LICENCE("9900000016", "12"), "LPC-04" },
		{ DAY, EXPORT, "LPC-04" },
		{ "2014-02-25", EXPORT, "" },
	};

	(void)state;
	judge_all("DEC-EXP", rows, COUNT_OF(rows));
}

/* ---- certificates of origin ------------------------------------------------------------- */

#define CLAIM(origin, from, country)                                                               \
	IMPORT("<item><sequence>1</sequence><hs>03061721</hs><origin>" origin                      \
	       "</origin><regime>B04</regime><proof><type>861</type><id>TH-D-1</id>"               \
	       "<class>origin</class>" from country                                                \
	       "<quantity unit='KGM'>18000</quantity></proof></item>")
#define CLAIMED CLAIM("TH", FROM("2018-03-07"), OF("TH"))
#define FORM_D(state, used, until, exporter, consignee, hs, origin, quantity)                      \
	"<known what='certificate' value='TH-D-1' kind='COO-ISS' state='" state "' used='" used    \
	"'><facts><exporter>" exporter "</exporter><consignee>" consignee                          \
	"</consignee><until>" until "</until><exported-from>" origin                               \
	"</exported-from><item><hs>" hs "</hs><origin>" origin                                     \
	"</origin><quantity unit='KGM'>" quantity "</quantity></item></facts></known>"
#define GOOD(state, used, quantity)                                                                \
	FORM_D(state, used, "2019-03-06", "EXAMPLE  FARMS.", "Example Importer Ltd", "030617",     \
	       "TH", quantity)

#define ITEM(origin)                                                                               \
	"<item><hs>03061721</hs><origin>" origin "</origin><regime>B04</regime><proof>"            \
	"<type>861</type><id>TH-D-1</id></proof></item>"

static void test_paper_proves_origin_until_the_partner_is_live(void **state)
{
	static const struct judgement rows[] = {
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), OF("TH")), "" },
		{ "2014-02-26", CLAIM("TH", "", OF("TH")), "COO-01" },
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), ""), "COO-01" },
		{ "2014-02-26", CLAIM("TH", FROM("2014-02-20"), OF("MY")), "COO-01" },
		{ "2015-09-08", CLAIM("TH", FROM("2015-09-02"), OF("TH")), "" },
		{ "2017-12-31", CLAIM("TH", FROM("2017-12-30"), OF("TH")), "" },
		/* From 1 January 2018 the electronic one; what was issued before may be paper. */
		{ "2018-01-01", CLAIM("TH", FROM("2017-12-31"), OF("TH")), "" },
		{ "2018-01-01", CLAIM("TH", FROM("2018-01-01"), OF("TH")), "COO-10" },
		{ "2018-03-12", CLAIM("TH", "", ""), "COO-10" },
		{ "2018-03-12", CLAIMED, "COO-10" },
		/* Brunei joins in 2019. */
		{ "2018-03-12", CLAIM("BN", FROM("2018-03-07"), OF("BN")), "" },
		/* Another agreement has nothing to do with it. */
		{ "2018-03-12",
		  IMPORT("<item><hs>08081000</hs><origin>CN</origin><regime>B05</regime><proof>"
			 "<type>861</type><id>E-1</id><class>origin</class></proof></item>"),
		  "" },
		/* Once for each origin, not for each item. */
		{ "2018-03-12", IMPORT(ITEM("TH") ITEM("TH")), "COO-10" },
		{ "2018-03-12", IMPORT(ITEM("TH") ITEM("MY")), "COO-10 COO-10" },
		/* One for the whole consignment. */
		{ "2018-03-12",
		  IMPORT("<paper><type>861</type><id>TH-D-1</id><class>origin</class></paper>"
			 "<item><hs>03061721</hs><origin>TH</origin><regime>B04</regime></item>"),
		  "COO-10" },
		{ "2018-03-12",
		  IMPORT("<paper><type>861</type><id>TH-D-1</id><class>origin</class><quantity "
			 "unit='KGM'>18000</quantity></paper><item><hs>03061721</hs><origin>TH"
			 "</origin><regime>B04</regime></item>") GOOD("RECEIVED", "0", "18000"),
		  "" },
	};

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_an_electronic_certificate_must_hold_cover_and_have_enough_left(void **state)
{
#define LIVE "2018-03-12"
#define NAMES(exporter, consignee)                                                                 \
	FORM_D("RECEIVED", "0", "2019-03-06", exporter, consignee, "030617", "TH", "18000")
	static const struct judgement rows[] = {
		{ LIVE, CLAIMED GOOD("RECEIVED", "0", "18000"), "" },
		{ LIVE, CLAIM("TH", "", "") GOOD("PARTIAL", "20000", "38000"), "" },
		{ LIVE, CLAIMED GOOD("PARTIAL", "20000.5", "38000"), "COO-04" },
		{ LIVE, CLAIMED GOOD("UTILISED", "18000", "18000"), "COO-04" },
		{ LIVE, CLAIMED GOOD("CANCELLED", "0", "18000"), "COO-12" },
		{ LIVE, CLAIMED GOOD("REJECTED", "0", "18000"), "COO-12" },
		{ LIVE, CLAIMED GOOD("NOT_UTILISED", "0", "18000"), "COO-12" },
		{ "2019-03-06", CLAIMED GOOD("RECEIVED", "0", "18000"), "" },
		{ "2019-03-07", CLAIMED GOOD("RECEIVED", "0", "18000"), "COO-12" },
		{ LIVE,
		  CLAIMED FORM_D("RECEIVED", "0", "2019-03-06", "Example Farms", "", "030616", "TH",
				 "18000"),
		  "COO-08" },
		{ LIVE,
		  CLAIMED FORM_D("RECEIVED", "0", "2019-03-06", "Example Farms", "", "030617", "MY",
				 "18000"),
		  "COO-02" },
		/* Names that differ a little make nothing invalid. */
		{ LIVE, CLAIMED NAMES("Example Farms", "EXAMPLE IMPORTER LTD."), "" },
		{ LIVE, CLAIMED NAMES("Example Farm", "Example Importer Ltd"), "(COO-03)" },
		{ LIVE, CLAIMED NAMES("Example Farms", "Another Importer"), "(COO-03)" },
	};

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

static void test_a_copy_beside_the_paper_is_compared_and_refuses_nothing(void **state)
{
#define PARALLEL       "2015-09-08"
#define PAPER_CLAIM    CLAIM("TH", FROM("2015-09-02"), OF("TH"))
#define COPY(hs, that) FORM_D("RECEIVED", "0", "2016-09-01", that, "", hs, "TH", "18000")
	static const struct judgement rows[] = {
		{ PARALLEL, PAPER_CLAIM COPY("030617", "Example Farms"), "" },
		{ PARALLEL, PAPER_CLAIM COPY("030616", "Example Farms"), "(COO-13)" },
		{ PARALLEL, PAPER_CLAIM COPY("030617", "Others"), "(COO-03)" },
		{ PARALLEL, PAPER_CLAIM GOOD("CANCELLED", "0", "18000"), "(COO-11)" },
		{ PARALLEL, PAPER_CLAIM GOOD("PARTIAL", "1", "18000"), "(COO-11)" },
		/* The paper stays the proof, and must be named in full. */
		{ PARALLEL, CLAIM("TH", "", "") COPY("030617", "Example Farms"), "COO-01" },
	};

	(void)state;
	judge_all("DEC-IMP", rows, COUNT_OF(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_permit_must_be_the_importers_and_cover_what_comes),
		cmocka_unit_test(test_somebody_elses_permit_reads_like_one_that_does_not_exist),
		cmocka_unit_test(test_a_permit_must_be_known_once_its_ministry_is_connected),
		cmocka_unit_test(test_an_export_uses_permits_for_exports),
		cmocka_unit_test(test_paper_proves_origin_until_the_partner_is_live),
		cmocka_unit_test(
			test_an_electronic_certificate_must_hold_cover_and_have_enough_left),
		cmocka_unit_test(test_a_copy_beside_the_paper_is_compared_and_refuses_nothing),
	};

	return cmocka_run_group_tests(tests, ours_open, ours_close);
}
