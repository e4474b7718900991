/*
 * The functions of urn:nsw:rule:1, as rules.h lists them, and how many arguments those of
 * XPath itself take; those that look something up stand in rules_lookups.c. What is no number, no date or not in a list never stops a rule:
 * it makes the answer false, NaN or empty.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/check_digits.h"
#include "core/rules_arguments.h"
#include "core/rules_lookups.h"

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
	xmlXPathObjectPtr nodes = argument_nodes(ctxt);
	struct decimal sum = { .length = 0 };
	bool valid = true;

	if (nodes == NULL)
		return;
	if (evaluation_charge(ctxt, (size_t)nodes_count(nodes))) {
		for (int i = 0; valid && i < nodes_count(nodes); i++)
			valid = add_node(&sum, nodes->nodesetval->nodeTab[i]);
		answer_decimal(ctxt, valid, &sum);
	}
	xmlXPathFreeObject(nodes);
}

typedef bool operation(struct decimal *out, const struct decimal *a, const struct decimal *b);

static void calculate(xmlXPathParserContextPtr call, operation *operate)
{
	struct decimal a, b, result;
	bool b_valid = argument_decimal(call, &b), a_valid = argument_decimal(call, &a);

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
	bool b_valid = argument_decimal(ctxt, &b), a_valid = argument_decimal(ctxt, &a);

	answer_boolean(ctxt, a_valid && b_valid && decimal_compare(&a, &b) == 0);
}

static void f_at_most(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	struct decimal a, b;
	bool b_valid = argument_decimal(ctxt, &b), a_valid = argument_decimal(ctxt, &a);

	answer_boolean(ctxt, a_valid && b_valid && decimal_compare(&a, &b) <= 0);
}

static void f_within(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	struct decimal a, b, tolerance, apart;
	bool tolerance_valid = argument_decimal(ctxt, &tolerance);
	bool b_valid = argument_decimal(ctxt, &b), a_valid = argument_decimal(ctxt, &a);
	bool valid = tolerance_valid && b_valid && a_valid && decimal_subtract(&apart, &a, &b);

	if (valid)
		apart.negative = false;
	answer_boolean(ctxt, valid && decimal_compare(&apart, &tolerance) <= 0);
}

static void f_decimals(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	struct decimal number;
	bool valid = argument_decimal(ctxt, &number);

	answer_number(ctxt, valid ? number.places : (double)NAN);
}

/* ---- check digits --------------------------------------------------------------------- */

static void check(xmlXPathParserContextPtr call, bool (*valid)(const char *id))
{
	xmlChar *id = argument_text(call);

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
	xmlChar *text = argument_text(call);
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
	int count = nodes_count(nodes), different = 0;
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
	xmlXPathObjectPtr nodes = argument_nodes(ctxt);

	if (nodes == NULL)
		return;
	if (evaluation_charge(ctxt, (size_t)nodes_count(nodes)))
		answer_number(ctxt, distinct(nodes));
	xmlXPathFreeObject(nodes);
}

/* ---- the tables ----------------------------------------------------------------------- */

const struct xpath_function nsw_functions[] = {
	{ "code", 2, 2, f_code, { constant_list } },
	{ "code-attribute", 3, 3, f_code_attribute, { constant_list } },
	{ "sum", 1, 1, f_sum, { NULL } },
	{ "product", 2, 2, f_product, { NULL } },
	{ "difference", 2, 2, f_difference, { NULL } },
	{ "equal", 2, 2, f_equal, { NULL } },
	{ "within", 3, 3, f_within, { NULL } },
	{ "at-most", 2, 2, f_at_most, { NULL } },
	{ "decimals", 1, 1, f_decimals, { NULL } },
	{ "container-check", 1, 1, f_container_check, { NULL } },
	{ "tax-code-check", 1, 1, f_tax_code_check, { NULL } },
	{ "imo-check", 1, 1, f_imo_check, { NULL } },
	{ "today", 0, 0, f_today, { NULL } },
	{ "days", 2, 2, f_days, { NULL } },
	{ "months-later", 2, 2, f_months_later, { NULL } },
	{ "distinct", 1, 1, f_distinct, { NULL } },
	{ "link", 1, 2, f_link, { NULL } },
	{ "link-since", 1, 1, f_link_since, { NULL } },
	{ "issued-since", 3, 3, f_issued_since, { NULL } },
	{ "procedure", 2, 2, f_procedure, { constant_procedure, constant_column } },
	{ "agency-data-missing", 2, 2, f_agency_data_missing, { constant_procedure } },
	{ "agency-data-good", 3, 3, f_agency_data_good, { constant_procedure } },
	{ .name = NULL },
};

/* XPath 1.0, section 4, without id(): there is no DTD to say what an id is. */
const struct xpath_function core_functions[] = {
	{ "last", 0, 0, NULL, { NULL } },
	{ "position", 0, 0, NULL, { NULL } },
	{ "count", 1, 1, NULL, { NULL } },
	{ "local-name", 0, 1, NULL, { NULL } },
	{ "namespace-uri", 0, 1, NULL, { NULL } },
	{ "name", 0, 1, NULL, { NULL } },
	{ "string", 0, 1, NULL, { NULL } },
	{ "concat", 2, -1, NULL, { NULL } },
	{ "starts-with", 2, 2, NULL, { NULL } },
	{ "contains", 2, 2, NULL, { NULL } },
	{ "substring-before", 2, 2, NULL, { NULL } },
	{ "substring-after", 2, 2, NULL, { NULL } },
	{ "substring", 2, 3, NULL, { NULL } },
	{ "string-length", 0, 1, NULL, { NULL } },
	{ "normalize-space", 0, 1, NULL, { NULL } },
	{ "translate", 3, 3, NULL, { NULL } },
	{ "boolean", 1, 1, NULL, { NULL } },
	{ "not", 1, 1, NULL, { NULL } },
	{ "true", 0, 0, NULL, { NULL } },
	{ "false", 0, 0, NULL, { NULL } },
	{ "lang", 1, 1, NULL, { NULL } },
	{ "number", 0, 1, NULL, { NULL } },
	{ "sum", 1, 1, NULL, { NULL } },
	{ "floor", 1, 1, NULL, { NULL } },
	{ "ceiling", 1, 1, NULL, { NULL } },
	{ "round", 1, 1, NULL, { NULL } },
	{ .name = NULL },
};
