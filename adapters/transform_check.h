/* transform_check - what a style sheet may have in it, before libxslt sees it. */
#ifndef NSW_ADAPTERS_TRANSFORM_CHECK_H
#define NSW_ADAPTERS_TRANSFORM_CHECK_H

#include "core/document.h"
#include "core/failure.h"

/* XSLT 1.0 that writes XML in UTF-8, without document(), xsl:import, xsl:include and extension
 * elements. FAULT ADP-010, place FILE:LINE. */
MUST_CHECK bool sheet_is_good(const struct document *sheet, struct failure *why);

#endif
