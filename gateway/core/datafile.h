/*
 * datafile - our own XML files (kinds, code lists, parties, life cycles...), read strictly.
 *
 * A misspelt attribute that is silently ignored is a rule that silently does not hold. So a
 * file is first compared, whole, with a grammar: a table with one row an element, the root's
 * first. What the table does not name is refused with FILE:LINE and the nearest name that it
 * does; what comes after may read attributes and children without asking again.
 *
 *	static const struct datafile_element grammar[] = {
 *		{ "life", "title! review", "state+ row*" },
 *		{ "state", "id! title! final timeout", "" },
 *		{ "row", "from! event! to! guard send", "" },
 *		{ NULL, NULL, NULL },
 *	};
 *
 *	if (!datafile_read(&file, arena, path, "urn:nsw:life:1", grammar, "LIF-901", why))
 *		return false;
 *
 * Attributes: `!` behind a name: required; `*` alone: further ones may follow. Children stand
 * in the order given: a name alone is exactly one, `?` none or one, `+` one or more, `*` any
 * number, `a|b*` any number of either; `#text`: character data may stand between them (only
 * white space otherwise). A row "facts/each" describes `each` inside `facts` only and goes
 * before a row "each". `xml:` and `nsw:` (urn:nsw:rule:1) are the prefixes a grammar may use
 * for attributes. Comments are skipped; xsi:schemaLocation, for editors, is allowed anywhere.
 *
 * Every failure is a FAULT (these files are ours) with the code given to datafile_read() and
 * FILE:LINE as its place. A struct datafile holds the tree and belongs to one thread; the
 * strings it gives are in the caller's arena and stay when it is freed.
 */
#ifndef NSW_DATAFILE_H
#define NSW_DATAFILE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/document.h"
#include "core/failure.h"

struct datafile;

struct datafile_element {
	const char *name, *attributes, *children;
};

MUST_CHECK bool datafile_read(struct datafile **out, struct arena *arena, const char *path,
			      const char *ns, const struct datafile_element *grammar,
			      const char *code, struct failure *why);
/* The same for what was parsed already, to see what it is; the document is taken over. */
MUST_CHECK bool datafile_take(struct datafile **out, struct arena *arena, struct document *document,
			      const char *ns, const struct datafile_element *grammar,
			      const char *code, struct failure *why);
void datafile_free(struct datafile *file); /* NULL is fine */

xmlNodePtr datafile_root(const struct datafile *file);
const char *datafile_path(const struct datafile *file);
/* "FILE:LINE" of a node, for whoever compiles what stands there. */
const char *datafile_place(const struct datafile *file, xmlNodePtr node);
/* Refuse what stands at a node: a FAULT with the file's code and the node's place. */
bool datafile_fault(const struct datafile *file, xmlNodePtr node, struct failure *why,
		    const char *text, ...) PRINTF_LIKE(4, 5);

/* Attributes, trimmed. NULL, or *out left as it was, when absent; an empty one is a value. */
const char *datafile_get(const struct datafile *file, xmlNodePtr node, const char *attribute);
/* Words between white space, NULL-terminated; empty when absent. */
const char *const *datafile_list(const struct datafile *file, xmlNodePtr node,
				 const char *attribute);
/* "yes" or "no". */
MUST_CHECK bool datafile_yes(const struct datafile *file, xmlNodePtr node, const char *attribute,
			     bool *out, struct failure *why);
/* One of `words` (NULL-terminated); *out is its index. */
MUST_CHECK bool datafile_word(const struct datafile *file, xmlNodePtr node, const char *attribute,
			      const char *const words[], int *out, struct failure *why);
MUST_CHECK bool datafile_date(const struct datafile *file, xmlNodePtr node, const char *attribute,
			      gateway_time *out, struct failure *why);
MUST_CHECK bool datafile_duration(const struct datafile *file, xmlNodePtr node,
				  const char *attribute, int64_t *ms, struct failure *why);
/* A file named beside this one, as a path; it must be there. */
MUST_CHECK bool datafile_beside(const struct datafile *file, xmlNodePtr node, const char *attribute,
				const char **out, struct failure *why);

/* Every .xml file of a folder, sorted, NULL-terminated, in the arena. FAULT `code`, place the folder. */
MUST_CHECK bool datafiles_in(const char *const **out, struct arena *arena, const char *folder,
			     const char *code, struct failure *why);

#endif
