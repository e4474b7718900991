/*
 * rules_lookups - the functions of rules.h that look something up in the world, and the
 * checks of the names that they are given as constants.
 */
#ifndef NSW_RULES_LOOKUPS_H
#define NSW_RULES_LOOKUPS_H

#include "core/expression_check.h"

void f_code(xmlXPathParserContextPtr ctxt, int nargs);
void f_code_attribute(xmlXPathParserContextPtr ctxt, int nargs);
void f_link(xmlXPathParserContextPtr ctxt, int nargs);
void f_link_since(xmlXPathParserContextPtr ctxt, int nargs);
void f_issued_since(xmlXPathParserContextPtr ctxt, int nargs);
void f_procedure(xmlXPathParserContextPtr ctxt, int nargs);
void f_agency_data_missing(xmlXPathParserContextPtr ctxt, int nargs);
void f_agency_data_good(xmlXPathParserContextPtr ctxt, int nargs);

constant_check constant_list, constant_procedure, constant_column;

#endif
