/*
 * transform - a payload made from another by a style sheet.
 *
 * XSLT 1.0, compiled once, without any way out of it: no document(), xsl:import or xsl:include,
 * no extension elements, no file and no network, neither for reading nor for writing. What
 * leads there is refused when the sheet is compiled, and once more, by libxslt, when it runs.
 * The depth of templates, the number of operations and the size of the output are bounded.
 *
 * The same input and parameters give the same bytes. What comes out is only known to be no
 * longer than TRANSFORM_OUTPUT: who sends it looks first at what it is.
 *
 * A sheet stands beside the profile that names it, and is as much believed as that: how much
 * memory it takes for its variables is its own business.
 *
 * Any number of threads may use one sheet, one at a time: it locks itself, because libxml2
 * writes into compiled expressions while it evaluates them.
 */
#ifndef NSW_ADAPTERS_TRANSFORM_H
#define NSW_ADAPTERS_TRANSFORM_H

#include <stddef.h>

#include "core/document.h"
#include "core/failure.h"
#include "core/text.h"

#define TRANSFORM_OUTPUT     (1024 * 1024)
#define TRANSFORM_DEPTH	     300       /* of templates that call one another */
#define TRANSFORM_OPERATIONS 2000000UL /* instructions; ten times as many steps of XPath */

struct transform;

/* FAULT ADP-010 not a style sheet that may be used; place FILE:LINE. */
MUST_CHECK bool transform_load(struct transform **out, const char *path, struct failure *why);
void transform_free(struct transform *transform); /* NULL is fine */

/* For <xsl:param name=…/>: plain strings, never looked at as XPath. Parameters that the sheet
 * does not declare are passed over. */
struct transform_parameter {
	const char *name, *value;
};

/* Appended to `out`; the input stays as it is. FAULT ADP-011, place FILE:LINE where known: it
 * stopped with an error or by <xsl:message terminate="yes">, or passed a bound. */
MUST_CHECK bool transform_run(struct text *out, struct transform *transform,
			      const struct document *input,
			      const struct transform_parameter *parameters, size_t count,
			      struct failure *why);

#endif
