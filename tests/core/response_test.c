#include "core/response.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FEBRUARY_2014	INT64_C(1393372800000) /* 2014-02-26T00:00:00Z */
#define MESSAGE		"3f2504e0-4f89-41d3-9a0c-0305e82c3301"
#define DIGEST		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* ---- the answer as its receiver sees it ----------------------------------------------- */

static struct grammar {
	const char *kind, *file;
	xmlSchemaPtr schema;
} grammars[] = {
	{ "ACK", "schemas/ack/ack-1.xsd", NULL },
	{ "RES", "schemas/res/res-1.xsd", NULL },
	{ "LPR", "schemas/lpr/lpr-1.xsd", NULL },
};

static int read_grammars(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(grammars); i++) {
		xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(grammars[i].file);

		grammars[i].schema = xmlSchemaParse(parser);
		xmlSchemaFreeParserCtxt(parser);
		if (grammars[i].schema == NULL)
			return -1;
	}
	return 0;
}

static int free_grammars(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(grammars); i++)
		xmlSchemaFree(grammars[i].schema);
	xmlCleanupParser();
	return 0;
}

static xmlSchemaPtr grammar_of(const char *kind)
{
	for (size_t i = 0; i < COUNT_OF(grammars); i++)
		if (strcmp(grammars[i].kind, kind) == 0)
			return grammars[i].schema;
	return NULL;
}

static void note_complaint(void *where, const char *format, ...) PRINTF_LIKE(2, 3);

static void note_complaint(void *where, const char *format, ...)
{
	struct text *complaints = where;
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	text_add(complaints, line);
}

/* Written, parsed and found valid; yours to free. */
static xmlDocPtr written(const struct response *response)
{
	struct text bytes = TEXT_EMPTY, complaints = TEXT_EMPTY;
	xmlSchemaValidCtxtPtr check = xmlSchemaNewValidCtxt(grammar_of(response->kind));
	xmlDocPtr tree;

	response_write(&bytes, response);
	tree = xmlReadMemory(bytes.bytes, (int)bytes.length, "response", NULL, XML_PARSE_NONET);
	assert_non_null(tree);
	xmlSchemaSetValidErrors(check, note_complaint, note_complaint, &complaints);
	if (xmlSchemaValidateDoc(check, tree) != 0)
		fail_msg("%s%s", complaints.bytes, bytes.bytes);
	xmlSchemaFreeValidCtxt(check);
	text_free(&complaints);
	text_free(&bytes);
	return tree;
}

static void assert_says(xmlDocPtr tree, const char *xpath, const char *expected)
{
	xmlXPathContextPtr context = xmlXPathNewContext(tree);
	xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)xpath, context);
	xmlChar *said = xmlXPathCastToString(result);

	if (strcmp((const char *)said, expected) != 0)
		fail_msg("%s is '%s', not '%s'", xpath, (const char *)said, expected);
	xmlFree(said);
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
}

/* XPath 1.0 has no default namespace, so paths here are by local name. */
#define AT(name)       "//*[local-name()='" name "']"
#define COUNT_AT(name) "count(" AT(name) ")"

/* ---- tables ---------------------------------------------------------------------------- */

static void test_every_least_answer_fits_its_grammar(void **state)
{
	static const struct response rows[] = {
		{ .kind = "ACK", .result = "AB", .issued = FEBRUARY_2014 },
		{ .kind = "ACK", .result = "RE", .issued = FEBRUARY_2014, .code = "SIG-001" },
		{ .kind = "RES", .result = "AP", .issued = FEBRUARY_2014, .message = MESSAGE },
		{ .kind = "RES", .result = "RE", .issued = FEBRUARY_2014, .message = MESSAGE },
		{ .kind = "RES", .result = "CA", .issued = FEBRUARY_2014, .message = MESSAGE },
		{ .kind = "RES", .result = "AJ", .issued = FEBRUARY_2014, .message = MESSAGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		xmlDocPtr tree = written(&rows[i]);

		assert_says(tree, "namespace-uri(/*)",
			    rows[i].kind[0] == 'A' ? "urn:nsw:ack:1" : "urn:nsw:res:1");
		assert_says(tree, AT("FunctionCode"), rows[i].kind[0] == 'A' ? "6" : "11");
		assert_says(tree, AT("ResultCode"), rows[i].result);
		xmlFreeDoc(tree);
	}
}

static void test_a_receipt_names_the_message_and_its_digest(void **state)
{
	static const struct response receipt = { .kind = "ACK",
						 .result = "AB",
						 .reference = "VN14-0000042",
						 .message = MESSAGE,
						 .digest = DIGEST,
						 .issued = FEBRUARY_2014 };
	xmlDocPtr tree = written(&receipt);

	(void)state;
	assert_says(tree, AT("FunctionalReferenceID"), "VN14-0000042");
	assert_says(tree, AT("RefToMessageID"), MESSAGE);
	assert_says(tree, AT("IssueDateTime"), "2014-02-26T00:00:00.000Z");
	assert_says(tree, AT("DigestValue"), DIGEST);
	assert_says(tree, COUNT_AT("Error"), "0");
	xmlFreeDoc(tree);
}

static void test_a_refusal_says_code_text_and_hint(void **state)
{
	static const struct response refusal = { .kind = "ACK",
						 .result = "RE",
						 .message = MESSAGE,
						 .issued = FEBRUARY_2014,
						 .code = "SIG-002",
						 .text = "what was signed has been changed",
						 .hint = "sign the payload's raw bytes" };
	xmlDocPtr tree = written(&refusal);

	(void)state;
	assert_says(tree, AT("ValidationCode"), "SIG-002");
	assert_says(tree, AT("Description"), "what was signed has been changed");
	assert_says(tree, "string(" AT("Description") "/@xml:lang)", "en");
	assert_says(tree, AT("Hint"), "sign the payload's raw bytes");
	assert_says(tree, COUNT_AT("Location"), "0");
	xmlFreeDoc(tree);
}

static void test_a_refusal_without_a_text_still_says_its_code(void **state)
{
	static const struct response refusal = {
		.kind = "ACK", .result = "RE", .issued = FEBRUARY_2014, .code = "BUS-010"
	};
	xmlDocPtr tree = written(&refusal);

	(void)state;
	assert_says(tree, AT("Description"), "BUS-010");
	xmlFreeDoc(tree);
}

static void test_the_claimed_id_of_an_unread_message_is_not_repeated(void **state)
{
	static const char *const claims[] = { NULL, "", "42", "<MessageID/>",
					      "3F2504E0-4F89-41D3-9A0C-0305E82C3301" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(claims); i++) {
		struct response refusal = { .kind = "ACK",
					    .result = "RE",
					    .message = claims[i],
					    .issued = FEBRUARY_2014,
					    .code = "ENV-002" };
		xmlDocPtr tree = written(&refusal);

		assert_says(tree, COUNT_AT("RefToMessageID"), "0");
		xmlFreeDoc(tree);
	}
}

static void test_findings_become_errors_with_place_and_remedy(void **state)
{
	struct finding findings[] = {
		{ .code = "TOT-01",
		  .layer = 'R',
		  .text = "GoodsItemQuantity says 3, the declaration has 2 items",
		  .text_vi = "số dòng hàng khai là 3, tờ khai có 2 dòng",
		  .hint = "count the items",
		  .path = "/Declaration/GoodsItemQuantity",
		  .pointer = "42A/103",
		  .line = 12 },
		{ .code = "VAL-07", .warning = true, .layer = 'E', .text = "unusual", .line = 0 },
		{ .code = "XSD-001", .text = "an element is missing", .line = 7 },
	};
	struct response answer = { .kind = "RES",
				   .result = "RE",
				   .message = MESSAGE,
				   .issued = FEBRUARY_2014,
				   .findings = findings };
	xmlDocPtr tree;

	(void)state;
	findings[0].next = &findings[1];
	findings[1].next = &findings[2];
	tree = written(&answer);
	assert_says(tree, COUNT_AT("Error"), "3");
	assert_says(tree, "count(" AT("Error") "[@role='warning'])", "1");
	assert_says(tree, "count(" AT("Error") "[1]/*)", "7");
	assert_says(tree, AT("Description") "[@xml:lang='vi']", findings[0].text_vi);
	assert_says(tree, AT("Layer"), "R");
	assert_says(tree, AT("Path"), "/Declaration/GoodsItemQuantity");
	assert_says(tree, AT("Line"), "12");
	assert_says(tree, AT("Error") "[2]/*[local-name()='ValidationCode']", "VAL-07");
	assert_says(tree, "count(" AT("Error") "[2]/*)", "3");
	assert_says(tree, "count(" AT("Error") "[3]//*[local-name()='Line'])", "1");
	assert_says(tree, "count(" AT("Error") "[3]//*[local-name()='Path'])", "0");
	xmlFreeDoc(tree);
}

static void test_pointers_are_written_step_by_step(void **state)
{
	static const struct {
		const char *pointer, *steps; /* sequence section tag, ... */
	} rows[] = {
		{ "42A", " 42A ;" },
		{ "42A/103", " 42A 103;" },
		{ "42A/67A/68A[2]/23A/21A/145", " 42A ; 67A ;2 68A ; 23A ; 21A 145;" },
		{ "42A/D014", " 42A D014;" },
		{ "42A/02A[13]", " 42A ;13 02A ;" },
		{ "131", "  131;" },
		{ "42A/103/131", " 42A 103;  131;" },
		{ NULL, "" },
		{ "", "" },
		{ "/", "" },
		{ "42A/", "" },
		{ "42A//103", "" },
		{ "42", "" },
		{ "42AB", "" },
		{ "042A", "" },
		{ "42A/68A[#]", "" },
		{ "42A/68A[0]", "" },
		{ "42A/68A[]", "" },
		{ "42A/68A[2", "" },
		{ "42A/68A[123456789012]", "" },
		{ "42A/Declaration", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct finding finding = { .code = "TOT-01",
					   .text = "a text",
					   .pointer = rows[i].pointer };
		struct response answer = { .kind = "RES",
					   .result = "RE",
					   .message = MESSAGE,
					   .issued = FEBRUARY_2014,
					   .findings = &finding };
		xmlDocPtr tree = written(&answer);
		struct text steps = TEXT_EMPTY;
		xmlNodePtr error = xmlFirstElementChild(xmlDocGetRootElement(tree));

		while (strcmp((const char *)error->name, "Error") != 0)
			error = xmlNextElementSibling(error);
		text_add(&steps, "");
		for (xmlNodePtr at = xmlFirstElementChild(error); at != NULL;
		     at = xmlNextElementSibling(at)) {
			static const char *const parts[] = { "SequenceNumeric",
							     "DocumentSectionCode", "TagID" };

			if (strcmp((const char *)at->name, "Pointer") != 0)
				continue;
			for (size_t part = 0; part < COUNT_OF(parts); part++) {
				for (xmlNodePtr child = xmlFirstElementChild(at); child != NULL;
				     child = xmlNextElementSibling(child))
					if (strcmp((const char *)child->name, parts[part]) == 0)
						text_add(&steps, (char *)child->children->content);
				text_add(&steps, part + 1 < COUNT_OF(parts) ? " " : ";");
			}
		}
		assert_string_equal(steps.bytes, rows[i].steps);
		text_free(&steps);
		xmlFreeDoc(tree);
	}
}

static void test_a_consolidated_response_says_everything_known(void **state)
{
	static const struct response_status statuses[] = {
		{ "CLEARED", NULL, FEBRUARY_2014 + 3000, NULL },
		{ "RELEASED", "MoF", FEBRUARY_2014 + 2000, "GREEN" },
		{ "APPROVED", "MARD", 0, NULL },
	};
	static const struct response_item items[] = {
		{ 1, "03061721", "TH" },
		{ 2, NULL, "TH" },
		{ 3, "03061722", NULL },
		{ 4, "", "" },
	};
	static const struct response_document documents[] = {
		{ "853", "TY-2014-0118", FEBRUARY_2014, FEBRUARY_2014 + 5184000000 },
		{ "861", "TH-D-2014-000042", 0, 0 },
	};
	static const struct response answer = {
		.kind = "RES",
		.result = "AP",
		.reference = "VN14-0000042",
		.message = MESSAGE,
		.issued = FEBRUARY_2014,
		.number = "301400000010",
		.version = "1",
		.accepted = FEBRUARY_2014 + 1000,
		.sequence = "314",
		.head = DIGEST,
		.statuses = statuses,
		.status_count = COUNT_OF(statuses),
		.items = items,
		.item_count = COUNT_OF(items),
		.documents = documents,
		.document_count = COUNT_OF(documents),
	};
	xmlDocPtr tree = written(&answer);

	(void)state;
	assert_says(tree, COUNT_AT("Status"), "3");
	assert_says(tree, AT("Status") "[1]/*[local-name()='NameCode']", "CLEARED");
	assert_says(tree, "count(" AT("Status") "[1]/*[local-name()='AgencyID'])", "0");
	assert_says(tree, AT("Status") "[2]/*[local-name()='AgencyID']", "MoF");
	assert_says(tree, AT("Status") "[2]/*[local-name()='Note']", "GREEN");
	assert_says(tree, AT("Status") "[3]/*[local-name()='EffectiveDateTime']",
		    "2014-02-26T00:00:00.000Z"); /* at once: from when it was issued */
	assert_says(tree, AT("Declaration") "/*[local-name()='ID']", "301400000010");
	assert_says(tree, AT("VersionID"), "1");
	assert_says(tree, AT("AcceptanceDateTime"), "2014-02-26T00:00:01.000Z");
	assert_says(tree, COUNT_AT("GovernmentAgencyGoodsItem"), "4");
	assert_says(tree, AT("Classification") "/*", "03061721");
	assert_says(tree, COUNT_AT("Commodity"), "2");
	assert_says(tree, COUNT_AT("Origin"), "2");
	assert_says(tree, COUNT_AT("AdditionalDocument"), "2");
	assert_says(tree, AT("ExpirationDateTime"), "2014-04-27T00:00:00.000Z");
	assert_says(tree, AT("Sequence"), "314");
	assert_says(tree, AT("Head"), DIGEST);
	xmlFreeDoc(tree);
}

static void test_a_number_that_is_not_issued_yet_leaves_no_declaration(void **state)
{
	static const struct response answer = { .kind = "RES",
						.result = "AJ",
						.message = MESSAGE,
						.issued = FEBRUARY_2014,
						.version = "1",
						.accepted = FEBRUARY_2014,
						.sequence = "7" };
	xmlDocPtr tree = written(&answer);

	(void)state;
	assert_says(tree, COUNT_AT("Declaration"), "0");
	assert_says(tree, COUNT_AT("JournalPosition"), "0");
	xmlFreeDoc(tree);
}

static void test_an_agency_decides_with_every_word_it_has(void **state)
{
	static const char *const words[] = { "RECEIVED", "DOCS_REQUIRED", "FEE_DUE", "APPROVED",
					     "REFUSED",	 "SUSPENDED",	  "REVOKED", "CANCELLED" };
	static const struct response_document certificate = { "853", "TY-2014-0118", FEBRUARY_2014,
							      FEBRUARY_2014 + 86400000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct response_status status = { words[i], "MARD", FEBRUARY_2014, NULL };
		struct response decision = { .kind = "LPR",
					     .reference = "VN14-0000042",
					     .message = MESSAGE,
					     .issued = FEBRUARY_2014,
					     .statuses = &status,
					     .status_count = 1,
					     .documents = &certificate,
					     .document_count = 1 };
		xmlDocPtr tree = written(&decision);

		assert_says(tree, "namespace-uri(/*)", "urn:nsw:lpr:1");
		assert_says(tree, COUNT_AT("ResultCode"), "0");
		assert_says(tree, AT("NameCode"), words[i]);
		assert_says(tree, AT("AdditionalDocument") "/*[local-name()='ID']", "TY-2014-0118");
		xmlFreeDoc(tree);
	}
}

static void test_a_strangers_bytes_never_spoil_an_answer(void **state)
{
	static const char *const values[] = {
		"</Reference><Status>CLEARED</Status>",
		"a & b < c > d \" e ' f",
		"]]>",
		"bell\007 escape\033",
		"broken \xff\xfe utf-8 \xc3",
		"tôm sú đông lạnh \xF0\x9F\xA6\x90",
		"&lt;&#0;",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct finding finding = { .code = "XSD-001",
					   .text = values[i],
					   .text_vi = values[i],
					   .hint = values[i],
					   .path = values[i],
					   .pointer = values[i] };
		struct response_status status = { "REFUSED", values[i], 0, values[i] };
		struct response_item item = { 1, values[i], values[i] };
		struct response_document document = { values[i], values[i], 0, 0 };
		struct response answer = { .kind = "RES",
					   .result = "RE",
					   .message = MESSAGE,
					   .reference = values[i],
					   .issued = FEBRUARY_2014,
					   .number = values[i],
					   .version = values[i],
					   .code = "XSD-001",
					   .text = values[i],
					   .findings = &finding,
					   .statuses = &status,
					   .status_count = 1,
					   .items = &item,
					   .item_count = 1,
					   .documents = &document,
					   .document_count = 1 };
		xmlDocPtr tree = written(&answer);

		assert_says(tree, COUNT_AT("Status"), "1");
		assert_says(tree, COUNT_AT("Error"), "2");
		xmlFreeDoc(tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_least_answer_fits_its_grammar),
		cmocka_unit_test(test_a_receipt_names_the_message_and_its_digest),
		cmocka_unit_test(test_a_refusal_says_code_text_and_hint),
		cmocka_unit_test(test_a_refusal_without_a_text_still_says_its_code),
		cmocka_unit_test(test_the_claimed_id_of_an_unread_message_is_not_repeated),
		cmocka_unit_test(test_findings_become_errors_with_place_and_remedy),
		cmocka_unit_test(test_pointers_are_written_step_by_step),
		cmocka_unit_test(test_a_consolidated_response_says_everything_known),
		cmocka_unit_test(test_a_number_that_is_not_issued_yet_leaves_no_declaration),
		cmocka_unit_test(test_an_agency_decides_with_every_word_it_has),
		cmocka_unit_test(test_a_strangers_bytes_never_spoil_an_answer),
	};

	return cmocka_run_group_tests(tests, read_grammars, free_grammars);
}
