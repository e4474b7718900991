/*
 * kinds_text - three small kinds for the tests of parties.
 *
 *	REQ	an application that anybody may send: function 9 or 1, reference, items
 *	NOTE	an application of agencies, banks and peers: reference, and what it is about
 *	PAID	a decision of banks: reference
 *	GOT	a receipt
 *
 * Namespaces are urn:example:req and so on; the roots are Request, Note, Paid and Got.
 */
#ifndef NSW_TESTS_ADAPTERS_KINDS_TEXT_H
#define NSW_TESTS_ADAPTERS_KINDS_TEXT_H

#include <stdbool.h>

#include "core/kind.h"

/* Into that folder, one below it for each; it must be there. */
bool kinds_text_write(const char *folder);
/* Loaded, once for the program; document_setup() comes first. NULL when that fails. */
const struct kinds *kinds_text(void);

#endif
