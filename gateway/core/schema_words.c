/*
 * From libxml2's validity errors to texts that a declarant can act on: the name of the
 * element, what stands there, what should. libxml2 hands over the numbers and strings of its
 * message (str1, str2, ...); only the lists of expected elements must be cut out of its text.
 */
#include <stdlib.h>
#include <string.h>

#include "core/nearest.h"
#include "core/schema_parts.h"

#define SHOWN	 80 /* bytes of a value in a text */
#define STEPS	 3  /* of a path in a text */
#define EXPECTED 12 /* names in a text; libxml2 gives ten */

/* ---- words ---------------------------------------------------------------------------- */

static const char *str(const char *string)
{
	return string != NULL ? string : "";
}

/* On one line, of bearable length, never in the middle of a letter. */
static void add_shown(struct text *text, const char *value)
{
	const char *end = value + strlen(value), *at = value;

	for (size_t step; at < end; at += step) {
		step = utf8_step((const unsigned char *)at, (size_t)(end - at));
		if (step == 0 || at + step > value + SHOWN)
			break;
		text_add_bytes(text, strchr("\t\r\n", *at) != NULL ? " " : at, step);
	}
	if (at < end)
		text_add(text, "…");
}

static void add_quoted(struct text *text, const char *value)
{
	text_add(text, "\"");
	add_shown(text, value);
	text_add(text, "\"");
}

/* The same in both languages. */
static void both(struct complaint *complaint, const char *words)
{
	text_add(&complaint->en, words);
	text_add(&complaint->vi, words);
}

static void say(struct complaint *complaint, const char *en, const char *vi)
{
	text_add(&complaint->en, en);
	text_add(&complaint->vi, vi);
}

static void both_quoted(struct complaint *complaint, const char *value)
{
	add_quoted(&complaint->en, value);
	add_quoted(&complaint->vi, value);
}

static void hint(struct complaint *complaint, const char *en, const char *vi)
{
	text_add(&complaint->hint, en);
	text_add(&complaint->hint_vi, vi);
}

/* "Commodity/Classification/ID": the end of the path, enough to know the place. */
static void add_place(struct complaint *complaint)
{
	xmlNodePtr steps[STEPS];
	int count = 0;

	for (xmlNodePtr at = complaint->node; at != NULL && count < STEPS; at = at->parent)
		if (at->type == XML_ELEMENT_NODE || at->type == XML_ATTRIBUTE_NODE)
			steps[count++] = at;
	while (count-- > 0) {
		if (steps[count]->type == XML_ATTRIBUTE_NODE)
			both(complaint, "@");
		both(complaint, (const char *)steps[count]->name);
		both(complaint, count > 0 ? "/" : ": ");
	}
}

/* ---- elements ------------------------------------------------------------------------- */

/* "{urn:x}Name" without its namespace, up to a blank or a comma. */
static const char *local_name(const char *name, char *buffer, size_t size)
{
	const char *brace = *name == '{' ? strchr(name, '}') : NULL;
	size_t length;

	if (brace != NULL)
		name = brace + 1;
	length = strcspn(name, ", )");
	if (length >= size)
		length = size - 1;
	memcpy(buffer, name, length);
	buffer[length] = '\0';
	return buffer;
}

struct expectation {
	char names[EXPECTED][64];
	int count;
};

/* "... Expected is one of ( {urn:x}A, {urn:x}B )." */
static void read_expected(const char *message, struct expectation *expected)
{
	const char *at = strstr(message, " Expected is ");

	expected->count = 0;
	at = at != NULL ? strstr(at, "( ") : NULL;
	while (at != NULL && expected->count < EXPECTED) {
		local_name(at + 2, expected->names[expected->count],
			   sizeof expected->names[expected->count]);
		expected->count++;
		at = strstr(at + 2, ", ");
	}
}

static void add_expected(struct complaint *complaint, const struct expectation *expected)
{
	for (int i = 0; i < expected->count; i++) {
		bool last = i + 1 == expected->count;

		if (i > 0)
			say(complaint, last ? " or " : ", ", last ? " hoặc " : ", ");
		both(complaint,
		     strcmp(expected->names[i], "*") == 0 ? "any element" : expected->names[i]);
	}
}

/* The element named like a sibling before it: too often, rather than unknown. */
static bool repeated(xmlNodePtr node)
{
	xmlNodePtr before = xmlPreviousElementSibling(node);

	return before != NULL && is_element(before, NULL, (const char *)node->name);
}

static void hint_misplaced(struct complaint *complaint, const struct expectation *expected)
{
	struct nearest nearest = nearest_to((const char *)complaint->node->name);

	for (int i = 0; i < expected->count; i++)
		nearest_offer(&nearest, expected->names[i]);
	if (nearest.word != NULL && nearest.distance > 0) {
		text_printf(&complaint->hint, "did you mean %s?", nearest.word);
		text_printf(&complaint->hint_vi, "có phải là %s?", nearest.word);
	} else if (nearest.word != NULL) {
		hint(complaint, "the name is right, its namespace is not",
		     "tên đúng nhưng không gian tên (namespace) sai");
	} else if (repeated(complaint->node)) {
		hint(complaint, "it stands here more often than it may",
		     "phần tử này lặp lại quá số lần cho phép");
	} else {
		hint(complaint, "elements have a fixed order; compare with a sample",
		     "các phần tử có thứ tự cố định; hãy so với tệp mẫu");
	}
}

static void say_misplaced(struct complaint *complaint, const struct expectation *expected)
{
	add_place(complaint);
	say(complaint, "the element does not belong here; ", "phần tử không được đứng ở đây; ");
	if (expected->count == 0) {
		say(complaint, "nothing more may follow", "sau đây không còn phần tử nào nữa");
	} else {
		say(complaint, "expected is ", "cần có ");
		add_expected(complaint, expected);
	}
	hint_misplaced(complaint, expected);
}

static void say_content(struct complaint *complaint)
{
	struct expectation expected;

	read_expected(str(complaint->error->message), &expected);
	if (strstr(str(complaint->error->message), "Missing child") == NULL) {
		say_misplaced(complaint, &expected);
		return;
	}
	complaint->code = "XSD-011";
	add_place(complaint);
	say(complaint, "it ends too early; missing is ", "thiếu phần tử; cần thêm ");
	add_expected(complaint, &expected);
}

static void say_wrong_sort(struct complaint *complaint)
{
	bool text = complaint->error->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3;

	add_place(complaint);
	if (text)
		say(complaint, "text stands between its elements, where there may be none",
		    "có văn bản giữa các phần tử con, nơi không được có");
	else
		say(complaint, "it may hold no elements", "không được chứa phần tử con");
}

static void say_root(struct complaint *complaint)
{
	both(complaint, (const char *)complaint->node->name);
	say(complaint, ": the schema does not know this root element",
	    ": lược đồ không biết phần tử gốc này");
}

/* ---- values --------------------------------------------------------------------------- */

static void say_value(struct complaint *complaint)
{
	xmlChar *value = xmlNodeGetContent(complaint->node);

	add_place(complaint);
	say(complaint, "value ", "giá trị ");
	both_quoted(complaint, str((const char *)value));
	xmlFree(value);
}

static void say_pattern(struct complaint *complaint)
{
	say_value(complaint);
	say(complaint, " does not match ", " không đúng mẫu ");
	add_shown(&complaint->en, str(complaint->error->str2));
	add_shown(&complaint->vi, str(complaint->error->str2));
}

/* "'A', 'B', 'C'": the nearest of them. */
static void hint_nearest_value(struct complaint *complaint, const char *set)
{
	xmlChar *value = xmlNodeGetContent(complaint->node);
	struct nearest nearest = nearest_to(str((const char *)value));
	char *copy = must_string(set), *rest = copy;

	for (char *word; (word = strsep(&rest, "'")) != NULL;)
		if (*word != '\0' && strcmp(word, ", ") != 0)
			nearest_offer(&nearest, word);
	if (nearest.word != NULL) {
		text_printf(&complaint->hint, "did you mean \"%s\"?", nearest.word);
		text_printf(&complaint->hint_vi, "có phải là \"%s\"?", nearest.word);
	}
	free(copy);
	xmlFree(value);
}

static void say_enumeration(struct complaint *complaint)
{
	const char *set = str(complaint->error->str2);

	say_value(complaint);
	say(complaint, " is not one of ", " không thuộc ");
	add_shown(&complaint->en, set);
	add_shown(&complaint->vi, set);
	hint_nearest_value(complaint, set);
}

/* Of an element libxml2 gives length and limit; of an attribute the value before them. */
static void say_length(struct complaint *complaint)
{
	const xmlError *error = complaint->error;
	bool attribute = complaint->node->type == XML_ATTRIBUTE_NODE;
	const char *length = str(attribute ? error->str2 : error->str1);
	const char *limit = str(attribute ? error->str3 : error->str2);
	bool least = error->code == XML_SCHEMAV_CVC_MINLENGTH_VALID;
	bool most = error->code == XML_SCHEMAV_CVC_MAXLENGTH_VALID;

	say_value(complaint);
	say(complaint, " has ", " có ");
	both(complaint, length);
	say(complaint, " characters; ", " ký tự; ");
	say(complaint,
	    least  ? "at least "
	    : most ? "at most "
		   : "exactly ",
	    least  ? "ít nhất "
	    : most ? "nhiều nhất "
		   : "phải đúng ");
	both(complaint, limit);
	say(complaint, " are needed", "");
}

static const struct {
	int error;
	const char *en, *vi;
} limits[] = {
	{ XML_SCHEMAV_CVC_MININCLUSIVE_VALID, " is less than ", " nhỏ hơn " },
	{ XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID, " is more than ", " lớn hơn " },
	{ XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID, " must be more than ", " phải lớn hơn " },
	{ XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, " must be less than ", " phải nhỏ hơn " },
	{ XML_SCHEMAV_CVC_TOTALDIGITS_VALID, " has more digits in all than ",
	  " có tổng số chữ số nhiều hơn " },
	{ XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, " has more digits behind the point than ",
	  " có số chữ số thập phân nhiều hơn " },
};

static void say_limit(struct complaint *complaint)
{
	say_value(complaint);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (limits[i].error == complaint->error->code)
			say(complaint, limits[i].en, limits[i].vi);
	both(complaint, str(complaint->error->str2));
}

static const struct {
	const char *type, *en, *vi;
} types[] = {
	{ "xs:decimal", "a decimal number", "số thập phân" },
	{ "xs:integer", "a whole number", "số nguyên" },
	{ "xs:int", "a whole number", "số nguyên" },
	{ "xs:nonNegativeInteger", "a whole number from 0 on", "số nguyên không âm" },
	{ "xs:positiveInteger", "a whole number from 1 on", "số nguyên dương" },
	{ "xs:boolean", "true or false", "true hoặc false" },
	{ "xs:date", "a date (YYYY-MM-DD)", "ngày (YYYY-MM-DD)" },
	{ "xs:dateTime", "a date with time (YYYY-MM-DDThh:mm:ss)",
	  "ngày giờ (YYYY-MM-DDThh:mm:ss)" },
	{ "xs:base64Binary", "base64", "base64" },
	{ "xs:anyURI", "a URI", "URI" },
};

/* "... is not a valid value of the atomic type '{urn:x}Name'." */
static void say_type(struct complaint *complaint)
{
	const char *message = str(complaint->error->message);
	const char *of = strstr(message, " type '");
	char name[64] = "";

	say_value(complaint);
	if (of != NULL) {
		local_name(of + strlen(" type '"), name, sizeof name);
		name[strcspn(name, "'")] = '\0';
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].type, name) == 0) {
			say(complaint, " is not ", " không phải là ");
			say(complaint, types[i].en, types[i].vi);
			return;
		}
	say(complaint, " is not what belongs here", " không hợp lệ ở đây");
	if (*name != '\0') {
		both(complaint, " (");
		both(complaint, name);
		both(complaint, ")");
	}
}

/* ---- attributes and the rest ---------------------------------------------------------- */

static void say_attribute_missing(struct complaint *complaint)
{
	char name[64];

	add_place(complaint);
	say(complaint, "its attribute ", "thiếu thuộc tính ");
	both(complaint, local_name(str(complaint->error->str1), name, sizeof name));
	say(complaint, " is missing", "");
}

static void say_attribute_unknown(struct complaint *complaint)
{
	char name[64];

	add_place(complaint);
	say(complaint, "the attribute ", "thuộc tính ");
	both(complaint, local_name(str(complaint->error->str1), name, sizeof name));
	say(complaint, " is not allowed here", " không được phép ở đây");
}

/* "Element '{urn:x}Name': The reason." */
static void say_as_told(struct complaint *complaint)
{
	const char *message = str(complaint->error->message), *reason = strstr(message, "': ");
	struct text line = TEXT_EMPTY;

	reason = reason != NULL ? reason + strlen("': ") : message;
	text_add_bytes(&line, reason, strcspn(reason, "\n"));
	add_place(complaint);
	add_shown(&complaint->en, line.bytes);
	say(complaint, "", "không hợp lệ theo lược đồ: ");
	add_shown(&complaint->vi, line.bytes);
	text_free(&line);
}

/* ---- the table ------------------------------------------------------------------------ */

static const struct complaint_kind {
	int first, last; /* libxml2's numbers */
	const char *code;
	void (*say)(struct complaint *complaint);
} complaint_kinds[] = {
	{ XML_SCHEMAV_ELEMENT_CONTENT, XML_SCHEMAV_ELEMENT_CONTENT, "XSD-010", say_content },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, "XSD-012",
	  say_wrong_sort },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, "XSD-012",
	  say_wrong_sort },
	{ XML_SCHEMAV_CVC_TYPE_3_1_2, XML_SCHEMAV_CVC_TYPE_3_1_2, "XSD-012", say_wrong_sort },
	{ XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, "XSD-020",
	  say_type },
	{ XML_SCHEMAV_CVC_LENGTH_VALID, XML_SCHEMAV_CVC_MAXLENGTH_VALID, "XSD-020", say_length },
	{ XML_SCHEMAV_CVC_MININCLUSIVE_VALID, XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, "XSD-020",
	  say_limit },
	{ XML_SCHEMAV_CVC_PATTERN_VALID, XML_SCHEMAV_CVC_PATTERN_VALID, "XSD-020", say_pattern },
	{ XML_SCHEMAV_CVC_ENUMERATION_VALID, XML_SCHEMAV_CVC_ENUMERATION_VALID, "XSD-020",
	  say_enumeration },
	{ XML_SCHEMAV_CVC_FACET_VALID, XML_SCHEMAV_CVC_FACET_VALID, "XSD-020", say_as_told },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, "XSD-020",
	  say_as_told },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_4, XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "XSD-030",
	  say_attribute_missing },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, "XSD-030",
	  say_attribute_unknown },
	{ XML_SCHEMAV_CVC_TYPE_3_1_1, XML_SCHEMAV_CVC_TYPE_3_1_1, "XSD-030",
	  say_attribute_unknown },
	{ XML_SCHEMAV_CVC_AU, XML_SCHEMAV_CVC_AU, "XSD-030", say_as_told },
	{ XML_SCHEMAV_CVC_ELT_1, XML_SCHEMAV_CVC_ELT_1, "XSD-040", say_root },
	{ XML_SCHEMAV_CVC_ELT_2, XML_SCHEMAV_CVC_ELT_4_3, "XSD-050", say_as_told },
	{ XML_SCHEMAV_CVC_TYPE_1, XML_SCHEMAV_CVC_TYPE_2, "XSD-050", say_as_told },
	{ XML_SCHEMAV_CVC_IDC, XML_SCHEMAV_CVC_IDC, "XSD-060", say_as_told },
};

void schema_describe(struct complaint *complaint)
{
	int number = complaint->error->code;

	complaint->code = "XSD-099";
	for (size_t i = 0; i < sizeof complaint_kinds / sizeof *complaint_kinds; i++) {
		const struct complaint_kind *kind = &complaint_kinds[i];

		if (number < kind->first || number > kind->last)
			continue;
		complaint->code = kind->code;
		kind->say(complaint);
		return;
	}
	say_as_told(complaint);
}
