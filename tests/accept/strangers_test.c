/* Kinds of documents and keys that somebody else brings; signatures of a payload's own. */
#include "accept/bench.h"

/* Kinds and keys that the project does not have. */
struct strangers {
	struct scratch *scratch;
	struct kinds *kinds;
	struct keyring *keyring;
};

static struct strangers strangers;

/* ---- kinds of a stranger ------------------------------------------------------------------ */

#define PAPER_KIND(id, signature)                                                                  \
	"<kind xmlns='urn:nsw:kind:1' id='" id "' version='1' role='application' from='trader' "   \
	"signature='" signature "' title='Paper'>"                                                 \
	"<ns prefix='p' uri='urn:paper:" id "'/><identify namespace='urn:paper:" id                \
	"' root='Paper'/><schema file='paper.xsd'/><rules phase='message' file='paper.sch'/>"      \
	"<facts><fact name='reference' xpath='/p:Paper/p:No' required='yes'/></facts></kind>"
#define PAPER_XSD(id)                                                                              \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:paper:" id    \
	"' elementFormDefault='qualified'><xs:element name='Paper'><xs:complexType><xs:sequence>"  \
	"<xs:element name='No' type='xs:string' minOccurs='0'/>"                                   \
	"<xs:any namespace='http://www.w3.org/2000/09/xmldsig#' processContents='skip' "           \
	"minOccurs='0'/></xs:sequence></xs:complexType></xs:element></xs:schema>"
#define PAPER_RULES(id)                                                                            \
	"<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>"                \
	"<ns prefix='p' uri='urn:paper:" id "'/><pattern id='one'><rule context='/p:Paper'>"       \
	"<assert id='PAP-01' role='warning' test='p:No &lt; 100'>a large number</assert>"          \
	"<assert id='PAP-02' role='error' test='p:No &gt; 0'>a small number</assert>"              \
	"</rule></pattern></schema>"
#define PAPER(id, content) "<Paper xmlns='urn:paper:" id "'>" content "</Paper>"

static int invite_strangers(void **state)
{
	static const struct {
		const char *name, *content;
	} files[] = {
		{ "kinds/free/kind.xml", PAPER_KIND("FREE", "forbidden") },
		{ "kinds/free/paper.xsd", PAPER_XSD("FREE") },
		{ "kinds/free/paper.sch", PAPER_RULES("FREE") },
		{ "kinds/sworn/kind.xml", PAPER_KIND("SWORN", "required") },
		{ "kinds/sworn/paper.xsd", PAPER_XSD("SWORN") },
		{ "kinds/sworn/paper.sch", PAPER_RULES("SWORN") },
	};
	const char *folder, *keys;
	char command[512];
	struct failure why;

	if (people_gather(state) != 0)
		return -1;
	strangers.scratch = scratch_new();
	for (size_t i = 0; i < COUNT_OF(files); i++)
		scratch_write(strangers.scratch, files[i].name, files[i].content);
	folder = scratch_path(strangers.scratch, "kinds");
	must(kinds_load(&strangers.kinds, &folder, 1, &why), &why);
	keys = scratch_path(strangers.scratch, "pki");
	snprintf(command, sizeof command, "certs-example/make-pki '%s' " TRADER ":p256", keys);
	assert_int_equal(system(command), 0);
	must(keyring_open(&strangers.keyring, keys, &why), &why);
	return 0;
}

static int part(void **state)
{
	keyring_close(strangers.keyring);
	kinds_free(strangers.kinds);
	scratch_free(strangers.scratch);
	return people_leave(state);
}

/* ---- a signature of the payload's own ----------------------------------------------------- */

static void test_a_payload_may_bear_its_declarants_signature(void **state)
{
	struct bench *bench = *state;
	const char *text =
		signed_payload(bench->arena, declaration(bench->arena, MACHINE, "R1"), TRADER);

	assert_passes(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text));
	text = replaced(bench->arena, text, "302.5", "302.6");
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text), "validate",
		     "SIG-002");
}

static void test_a_broker_hands_in_what_its_declarant_signed_and_nobody_else(void **state)
{
	struct bench *bench = *state;
	const char *text =
		signed_payload(bench->arena, declaration(bench->arena, MACHINE, "R1"), TRADER);

	/* MACHINE names TRADER as its declarant. */
	assert_passes(bench, letter_sealed(bench->arena, RIVAL, "DEC-IMP", text));
	text = signed_payload(bench->arena, declaration(bench->arena, MACHINE, "R1"), CUSTOMS);
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text), "check",
		     "PLD-004");
}

static void test_a_response_bears_no_signature_of_its_own(void **state)
{
	struct bench *bench = *state;
	struct envelope about = { .id = "11111111-1111-4111-8111-111111111111",
				  .conversation = "11111111-1111-4111-8111-111111111112",
				  .created = MORNING,
				  .expires = MORNING + DAY };
	struct letter *letter = letter_reply(bench->arena, CUSTOMS, &about, &released);

	assert_passes(bench, letter);
	letter->payload = signed_payload(bench->arena, letter->payload, CUSTOMS);
	letter->payload_length = strlen(letter->payload);
	letter_seal(letter, NULL);
	/* The schema has no place for one either, and is asked first. */
	assert_stops(bench, letter, "validate", "XSD-010");
}

/* Whoever reads a value reads all of it: facts, rules and the signature agree on what was said. */
static void test_a_value_in_pieces_is_the_same_value_to_everybody(void **state)
{
	static const char *const pieces[] = {
		"9900<!-- -->000016", "<![CDATA[9900]]>000016",	 "9900<![CDATA[000016]]>",
		"9900<?x y?>000016",  "99000000<!--x-->1<?y?>6", "&#57;900000016",
	};
	struct bench *bench = *state;
	struct text whole = TEXT_EMPTY;

	assert_passes(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP",
					   declaration(bench->arena, MACHINE, "R1")));
	facts_write(&whole, bench->message->facts);
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		char *text = declaration(bench->arena, MACHINE, "R1");
		const char *old = "<ID>" TRADER "</ID>";
		const char *new = arena_printf(bench->arena, "<ID>%s</ID>", pieces[i]);
		struct text facts = TEXT_EMPTY;

		while (strstr(text, old) != NULL)
			text = replaced(bench->arena, text, old, new);
		assert_passes(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text));
		facts_write(&facts, bench->message->facts);
		assert_string_equal(facts.bytes, whole.bytes);
		text_free(&facts);

		/* and so does the declarant's own signature, made before or after */
		assert_passes(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP",
						   signed_payload(bench->arena, text, TRADER)));
		text = replaced(bench->arena, text, new,
				arena_printf(bench->arena, "<ID>%s<!-- -->7</ID>", RIVAL));
		assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text),
			     "validate", "XSD-020");
	}
	text_free(&whole);
}

/* A comment is no part of what is signed: with it or without, the reference is the same. */
static void test_a_comment_in_a_signed_value_does_not_shorten_it(void **state)
{
	struct bench *bench = *state;
	const char *text =
		signed_payload(bench->arena, declaration(bench->arena, MACHINE, "R1-LONG"), TRADER);

	text = replaced(bench->arena, text, "R1-LONG", "R1<!-- -->-LONG");
	assert_passes(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text));
	assert_string_equal(facts_get(bench->message->facts, "reference"), "R1-LONG");
	text = replaced(bench->arena, text, "R1<!-- -->-LONG", "R1<!-- -->");
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "DEC-IMP", text), "validate",
		     "SIG-002");
}

/* ---- strange kinds and keys ---------------------------------------------------------------- */

static void test_a_key_of_another_authority_proves_nothing(void **state)
{
	struct bench *bench = *state;
	struct letter *letter = good_letter(bench);
	struct keyring *ours = people_house.keyring;

	people_house.keyring = strangers.keyring;
	letter_seal(letter, NULL);
	people_house.keyring = ours;
	assert_stops(bench, letter, "verify", "SIG-010");
}

static void test_own_signatures_are_forbidden_allowed_or_required_as_the_kind_says(void **state)
{
	struct bench *bench = *state;
	const char *free_ = PAPER("FREE", "<No>7</No>"), *sworn = PAPER("SWORN", "<No>7</No>");

	bench->house.kinds = strangers.kinds;
	assert_passes(bench, letter_sealed(bench->arena, TRADER, "FREE", free_));
	assert_stops(bench,
		     letter_sealed(bench->arena, TRADER, "FREE",
				   signed_payload(bench->arena, free_, TRADER)),
		     "validate", "PLD-003");
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "SWORN", sworn), "validate",
		     "PLD-002");
	assert_passes(bench, letter_sealed(bench->arena, TRADER, "SWORN",
					   signed_payload(bench->arena, sworn, TRADER)));
}

static void test_a_fact_that_must_be_there_is_asked_for(void **state)
{
	struct bench *bench = *state;

	bench->house.kinds = strangers.kinds;
	assert_stops(bench, letter_sealed(bench->arena, TRADER, "FREE", PAPER("FREE", "")), "check",
		     "FCT-002");
}

static void test_a_warning_refuses_nothing_and_travels_with_the_facts(void **state)
{
	struct bench *bench = *state;
	xmlNodePtr warning;

	bench->house.kinds = strangers.kinds;
	assert_passes(bench,
		      letter_sealed(bench->arena, TRADER, "FREE", PAPER("FREE", "<No>700</No>")));
	warning = child_named(facts_root(bench->message->facts), "warning");
	assert_non_null(warning);
	assert_string_equal(child_text(bench->arena, warning, "code"), "PAP-01");
	assert_string_equal(child_text(bench->arena, warning, "text"), "a large number");
	assert_stops(bench,
		     letter_sealed(bench->arena, TRADER, "FREE", PAPER("FREE", "<No>0</No>")),
		     "check", "PAP-02");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BENCH(test_a_key_of_another_authority_proves_nothing),
		AT_BENCH(test_a_payload_may_bear_its_declarants_signature),
		AT_BENCH(test_a_broker_hands_in_what_its_declarant_signed_and_nobody_else),
		AT_BENCH(test_a_response_bears_no_signature_of_its_own),
		AT_BENCH(test_a_value_in_pieces_is_the_same_value_to_everybody),
		AT_BENCH(test_a_comment_in_a_signed_value_does_not_shorten_it),
		AT_BENCH(test_own_signatures_are_forbidden_allowed_or_required_as_the_kind_says),
		AT_BENCH(test_a_fact_that_must_be_there_is_asked_for),
		AT_BENCH(test_a_warning_refuses_nothing_and_travels_with_the_facts),
	};

	return cmocka_run_group_tests(tests, invite_strangers, part);
}
