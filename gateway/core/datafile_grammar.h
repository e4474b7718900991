/*
 * datafile_grammar - the inside of datafile.[ch]: one file against its grammar.
 */
#ifndef NSW_DATAFILE_GRAMMAR_H
#define NSW_DATAFILE_GRAMMAR_H

#include "core/datafile.h"

/* The root and everything below it. */
MUST_CHECK bool datafile_compare(const struct datafile *file, const char *ns,
				 const struct datafile_element *grammar, struct failure *why);
/* An attribute named as in a grammar: "id", "xml:lang", "nsw:layer"; NULL when absent. */
xmlAttrPtr datafile_attribute(xmlNodePtr node, const char *name);

#endif
