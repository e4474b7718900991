/*
 * The functions of urn:nsw:rule:1, as rules.h lists them, and how many arguments those of
 * XPath itself take. An argument that is a set of nodes stands for its first node, unless the
 * function is one over sets. What is no number, no date or not in a list never stops a rule:
 * it makes the answer false, NaN or empty.
 */
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/check_digits.h"
#include "core/decimal.h"
#include "core/expression_check.h"

#define NOT_A_NUMBER "NaN" /* for number() of XPath too */

/* ---- arguments and answers ------------------------------------------------------------ */

/* The last argument not yet taken, trimmed; xmlFree() it. */
static xmlChar *take_text(xmlXPathParserContextPtr call)
{
	xmlXPathObjectPtr value = valuePop(call);
	xmlChar *text = expression_text(value);

	xmlXPathFreeObject(value);
	return text;
}

static bool take_decimal(xmlXPathParserContextPtr call, struct decimal *number)
{
	xmlChar *text = take_text(call);
	bool valid = decimal_parse(number, (const char *)text);

	xmlFree(text);
	return valid;
}

/* NULL, with the error raised, when it is no set of nodes. */
static xmlXPathObjectPtr take_nodes(xmlXPathParserContextPtr call)
{
	xmlXPathObjectPtr value = valuePop(call);

	if (value->type == XPATH_NODESET || value->type == XPATH_XSLT_TREE)
		return value;
	xmlXPathFreeObject(value);
	xmlXPathErr(call, XPATH_INVALID_TYPE);
	return NULL;
}

static int node_count(xmlXPathObjectPtr nodes)
{
	return nodes->nodesetval != NULL ? nodes->nodesetval->nodeNr : 0;
}

static void answer_text(xmlXPathParserContextPtr call, const char *text)
{
	valuePush(call, xmlXPathNewCString(text));
}

static void answer_boolean(xmlXPathParserContextPtr call, bool answer)
{
	valuePush(call, xmlXPathNewBoolean(answer));
}

static void answer_number(xmlXPathParserContextPtr call, double number)
{
	valuePush(call, xmlXPathNewFloat(number));
}

static void answer_decimal(xmlXPathParserContextPtr call, bool valid, const struct decimal *number)
{
	char buffer[DECIMAL_TEXT_SIZE];

	answer_text(call, valid ? decimal_text(number, buffer) : NOT_A_NUMBER);
}

/* ---- code lists ----------------------------------------------------------------------- */

static void f_code(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	xmlChar *value = take_text(ctxt), *list = take_text(ctxt);
	const struct codes *codes = evaluation_codes(ctxt);

	answer_boolean(ctxt,
		       codes != NULL && codes_has(codes, (const char *)list, (const char *)value,
						  evaluation_time(ctxt)));
	xmlFree(value);
	xmlFree(list);
}

static void f_code_attribute(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	xmlChar *name = take_text(ctxt), *value = take_text(ctxt), *list = take_text(ctxt);
	const struct codes *codes = evaluation_codes(ctxt);
	const char *attribute = NULL;

	if (codes != NULL)
		attribute = codes_attribute(codes, (const char *)list, (const char *)value,
					    (const char *)name, evaluation_time(ctxt));
	answer_text(ctxt, attribute != NULL ? attribute : "");
	xmlFree(name);
	xmlFree(value);
	xmlFree(list);
}

/* ---- exact decimals ------------------------------------------------------------------- */

static bool add_node(struct decimal *sum, xmlNodePtr node)
{
	xmlChar *text = expression_node_text(node);
	struct decimal number;
	bool valid = decimal_parse(&number, (const char *)text) && decimal_add(sum, sum, &number);

	xmlFree(text);
	return valid;
}

static void f_sum(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	xmlXPathObjectPtr nodes = take_nodes(ctxt);
	struct decimal sum = { .length = 0 };
	bool valid = true;

	if (nodes == NULL)
		return;
	if (evaluation_charge(ctxt, (size_t)node_count(nodes))) {
		for (int i = 0; valid && i < node_count(nodes); i++)
			valid = add_node(&sum, nodes->nodesetval->nodeTab[i]);
		answer_decimal(ctxt, valid, &sum);
	}
	xmlXPathFreeObject(nodes);
}

typedef bool operation(struct decimal *out, const struct decimal *a, const struct decimal *b);

static void calculate(xmlXPathParserContextPtr call, operation *operate)
{
	struct decimal a, b, result;
	bool b_valid = take_decimal(call, &b), a_valid = take_decimal(call, &a);

	answer_decimal(call, a_valid && b_valid && operate(&result, &a, &b), &result);
}

static void f_product(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	calculate(ctxt, decimal_multiply);
}

static void f_difference(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	calculate(ctxt, decimal_subtract);
}

static void f_equal(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	struct decimal a, b;
	bool b_valid = take_decimal(ctxt, &b), a_valid = take_decimal(ctxt, &a);

	answer_boolean(ctxt, a_valid && b_valid && decimal_compare(&a, &b) == 0);
}

static void f_at_most(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	struct decimal a, b;
	bool b_valid = take_decimal(ctxt, &b), a_valid = take_decimal(ctxt, &a);

	answer_boolean(ctxt, a_valid && b_valid && decimal_compare(&a, &b) <= 0);
}

static void f_within(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	struct decimal a, b, tolerance, apart;
	bool tolerance_valid = take_decimal(ctxt, &tolerance);
	bool b_valid = take_decimal(ctxt, &b), a_valid = take_decimal(ctxt, &a);
	bool valid = tolerance_valid && b_valid && a_valid && decimal_subtract(&apart, &a, &b);

	if (valid)
		apart.negative = false;
	answer_boolean(ctxt, valid && decimal_compare(&apart, &tolerance) <= 0);
}

static void f_decimals(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	struct decimal number;
	bool valid = take_decimal(ctxt, &number);

	answer_number(ctxt, valid ? number.places : (double)NAN);
}

/* ---- check digits --------------------------------------------------------------------- */

static void check(xmlXPathParserContextPtr call, bool (*valid)(const char *id))
{
	xmlChar *id = take_text(call);

	answer_boolean(call, valid((const char *)id));
	xmlFree(id);
}

static void f_container_check(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	check(ctxt, container_id_valid);
}

static void f_tax_code_check(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	check(ctxt, tax_code_valid);
}

static void f_imo_check(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	check(ctxt, imo_number_valid);
}

/* ---- dates ---------------------------------------------------------------------------- */

struct date {
	int year, month, day;
};

/* The day on a Vietnamese calendar, of a date or a date-time with zone. */
static bool take_date(xmlXPathParserContextPtr call, struct date *date)
{
	xmlChar *text = take_text(call);
	char buffer[TIME_TEXT_SIZE];
	gateway_time when;
	bool valid = time_parse((const char *)text, &when, NULL) &&
		     sscanf(date_text(when, buffer), "%d-%d-%d", &date->year, &date->month,
			    &date->day) == 3;

	xmlFree(text);
	return valid;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* Days from one fixed day in the past. */
static int day_number(const struct date *date)
{
	int before = date->year - 1,
	    number = before * 365 + before / 4 - before / 100 + before / 400;

	for (int month = 1; month < date->month; month++)
		number += days_of(date->year, month);
	return number + date->day;
}

static void f_today(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(0);
	char buffer[TIME_TEXT_SIZE];

	answer_text(ctxt, date_text(evaluation_time(ctxt), buffer));
}

static void f_days(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	struct date from, to;
	bool to_valid = take_date(ctxt, &to), from_valid = take_date(ctxt, &from);

	answer_number(ctxt,
		      to_valid && from_valid ? day_number(&to) - day_number(&from) : (double)NAN);
}

/* False when the result has no four-digit year. */
static bool later(struct date *date, int months)
{
	int month = date->year * 12 + date->month - 1 + months;

	if (month < 12 || month >= 10000 * 12)
		return false;
	date->year = month / 12;
	date->month = month % 12 + 1;
	/* One month after 31 January is the last of February. */
	if (date->day > days_of(date->year, date->month))
		date->day = days_of(date->year, date->month);
	return true;
}

static void f_months_later(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	double months = xmlXPathPopNumber(ctxt);
	struct date date;
	bool valid = take_date(ctxt, &date) && months == trunc(months) && fabs(months) <= 12000;
	char buffer[TIME_TEXT_SIZE] = "";

	if (valid && later(&date, (int)months))
		snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", date.year, date.month, date.day);
	answer_text(ctxt, buffer);
}

/* ---- sets ----------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return xmlStrcmp(*(xmlChar *const *)a, *(xmlChar *const *)b);
}

static int distinct(xmlXPathObjectPtr nodes)
{
	int count = node_count(nodes), different = 0;
	xmlChar **texts = must_alloc((size_t)count * sizeof *texts);

	for (int i = 0; i < count; i++)
		texts[i] = expression_node_text(nodes->nodesetval->nodeTab[i]);
	qsort(texts, (size_t)count, sizeof *texts, by_text);
	for (int i = 0; i < count; i++)
		different += i == 0 || !xmlStrEqual(texts[i - 1], texts[i]);
	for (int i = 0; i < count; i++)
		xmlFree(texts[i]);
	free(texts);
	return different;
}

static void f_distinct(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	xmlXPathObjectPtr nodes = take_nodes(ctxt);

	if (nodes == NULL)
		return;
	if (evaluation_charge(ctxt, (size_t)node_count(nodes)))
		answer_number(ctxt, distinct(nodes));
	xmlXPathFreeObject(nodes);
}

/* ---- the tables ----------------------------------------------------------------------- */

const struct xpath_function nsw_functions[] = {
	{ "code", 2, 2, f_code },
	{ "code-attribute", 3, 3, f_code_attribute },
	{ "sum", 1, 1, f_sum },
	{ "product", 2, 2, f_product },
	{ "difference", 2, 2, f_difference },
	{ "equal", 2, 2, f_equal },
	{ "within", 3, 3, f_within },
	{ "at-most", 2, 2, f_at_most },
	{ "decimals", 1, 1, f_decimals },
	{ "container-check", 1, 1, f_container_check },
	{ "tax-code-check", 1, 1, f_tax_code_check },
	{ "imo-check", 1, 1, f_imo_check },
	{ "today", 0, 0, f_today },
	{ "days", 2, 2, f_days },
	{ "months-later", 2, 2, f_months_later },
	{ "distinct", 1, 1, f_distinct },
	{ NULL, 0, 0, NULL },
};

/* XPath 1.0, section 4, without id(): there is no DTD to say what an id is. */
const struct xpath_function core_functions[] = {
	{ "last", 0, 0, NULL },
	{ "position", 0, 0, NULL },
	{ "count", 1, 1, NULL },
	{ "local-name", 0, 1, NULL },
	{ "namespace-uri", 0, 1, NULL },
	{ "name", 0, 1, NULL },
	{ "string", 0, 1, NULL },
	{ "concat", 2, -1, NULL },
	{ "starts-with", 2, 2, NULL },
	{ "contains", 2, 2, NULL },
	{ "substring-before", 2, 2, NULL },
	{ "substring-after", 2, 2, NULL },
	{ "substring", 2, 3, NULL },
	{ "string-length", 0, 1, NULL },
	{ "normalize-space", 0, 1, NULL },
	{ "translate", 3, 3, NULL },
	{ "boolean", 1, 1, NULL },
	{ "not", 1, 1, NULL },
	{ "true", 0, 0, NULL },
	{ "false", 0, 0, NULL },
	{ "lang", 1, 1, NULL },
	{ "number", 0, 1, NULL },
	{ "sum", 1, 1, NULL },
	{ "floor", 1, 1, NULL },
	{ "ceiling", 1, 1, NULL },
	{ "round", 1, 1, NULL },
	{ NULL, 0, 0, NULL },
};
