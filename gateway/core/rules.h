/*
 * rules - business rules in a documented subset of ISO Schematron.
 *
 * The subset: schema, ns, title, let (schema, pattern and rule), pattern, rule/@context,
 * assert, report, @id, @role (error, warning), value-of, diagnostics. libxml2's own
 * Schematron is not usable (it answers a plain file with 'internal error'), so files are
 * compiled here, once, to XPath expressions; nothing outside the subset is ignored
 * silently. schemas/README.md describes it for those who write rules.
 *
 * XPath 1.0 counts in binary floating point and knows no code lists, hence the functions in
 * urn:nsw:rule:1 (prefix nsw, always declared):
 *
 *	nsw:code(list, value)			member on the day of gateway time
 *	nsw:code-attribute(list, value, name)	string
 *	nsw:sum(nodes) nsw:product(a, b) nsw:difference(a, b)	exact decimals, as strings
 *	nsw:equal(a, b) nsw:within(a, b, tolerance) nsw:at-most(a, b)	exact comparison
 *	nsw:decimals(value)			digits behind the point, trailing zeros counted
 *	nsw:container-check(id) nsw:tax-code-check(id) nsw:imo-check(id)	boolean
 *	nsw:today() nsw:days(from, to) nsw:months-later(date, n)	dates as YYYY-MM-DD
 *	nsw:distinct(nodes)			number of different string values
 *	nsw:link(id) nsw:link(id, place)	what the calendar says of a party or procedure
 *						today: 'NONE', 'TEST', 'PARALLEL', 'LIVE', 'ENDED'
 *	nsw:link-since(id)			the day from which it has been LIVE; '' when it is
 *						not, and outside the calendar
 *	nsw:issued-since(type, hs, way)		the same of documents of that type: of all registered
 *						procedures that issue them for one of these goods;
 *						way: 'import', 'export', 'transit'
 *	nsw:procedure(id, attribute)		of the register; '' when none
 *	nsw:agency-data-missing(id, nodes)	names that it requires and no node has as value
 *	nsw:agency-data-good(id, name, value)	it knows the name, and the value has its form
 *
 * A comparison with a value that is no number is false, never an error; a sum over such a
 * value is "NaN". Decimals have at most 128 digits (decimal.h), what is longer is no number.
 *
 * Compiled rules are read-only and shared by all threads. Every evaluation has an operation
 * limit; a rule that exceeds it is a FAULT that names the rule.
 */
#ifndef NSW_RULES_H
#define NSW_RULES_H

#include <libxml/tree.h>

#include "core/clock.h"
#include "core/codes.h"
#include "core/failure.h"
#include "core/findings.h"
#include "core/procedures.h"
#include "core/rollout.h"

/* What rules may look up. Lives as long as the rules compiled with it. */
struct rules_world {
	const struct codes *codes;	     /* NULL: nsw:code() is false */
	const struct rollout *rollout;	     /* NULL: everybody is LIVE */
	const struct procedures *procedures; /* NULL: none is registered */
	struct {
		const char *prefix, *uri;
	} ns[8]; /* for questions; rule files declare their own */
};

struct rules;

/* FAULT RUL-902 not the subset, or not XML, or not there; RUL-903 an XPath that does not
 * compile, or names a function, prefix, variable, code list or procedure that does not exist; RUL-904 an
 * id twice or missing; RUL-905 a diagnostic that does not exist, or that nobody uses. The
 * place is FILE:LINE. */
MUST_CHECK bool rules_compile(struct rules **out, const char *path, const struct rules_world *world,
			      struct failure *why);
void rules_free(struct rules *rules); /* NULL is fine */

/* Run every rule over the tree; failures are added, all of them. The tree's elements are
 * numbered on the way (libxml2's document order). FAULT RUL-901, place that of the rule. */
MUST_CHECK bool rules_run(const struct rules *rules, xmlDocPtr tree, gateway_time at,
			  struct findings *findings, struct failure *why);

size_t rules_count(const struct rules *rules); /* asserts and reports */

#endif
