/*
 * desk - one request on the table of one party, and what every answer to it needs.
 *
 * What decide.c (which row, which answers), terms.c (what holds for all rows), issue.c (documents)
 * and compose.c (messages made by a style sheet) share. Lives as long as the decision; all of it in the request's arena.
 */
#ifndef NSW_ADAPTERS_DESK_H
#define NSW_ADAPTERS_DESK_H

#include "core/response.h"

#include "decide.h"

/* A document that a step has issued under a name, for the steps after it. */
struct named_document {
	struct named_document *next;
	const char *as;
	struct response_document document;
};

struct desk {
	const struct profile *profile;
	const char *seed;
	const struct request *request;
	struct arena *arena;
	const char *reference, *version, *declarant; /* keys of the draws */
	struct named_document *named;

	/* The table's terms for this request; terms_find(). */
	int64_t wait;	/* ms before the first step */
	bool own_times; /* the steps take theirs besides */
	int64_t valid;	/* ms, in place of what documents with an end say; 0: as they say */
};

/* terms.c: what the table says of all its rows, as far as it holds for this request. FAULT RUL-901. */
MUST_CHECK bool terms_find(struct desk *desk, struct failure *why);

/* No question: it holds. FAULT RUL-901. */
MUST_CHECK bool desk_holds(const struct desk *desk, const struct question *question,
			   xmlNodePtr node, bool *answer, struct failure *why);

struct issued {
	const struct response_document *documents;
	size_t count;
};

/* issue.c: what the step issues at that moment. FAULT RUL-901, ADP-004. */
MUST_CHECK bool issue_documents(struct desk *desk, const struct step *step, gateway_time moment,
				struct issued *out, struct failure *why);

struct sending {
	const struct step *step;
	const char *id; /* of the message */
	gateway_time moment;
	const struct issued *issued;
};

/* compose.c: the payload of a step that sends. FAULT ADP-011, ADP-012. */
MUST_CHECK bool compose(const struct desk *desk, const struct sending *sending,
			const char **payload, size_t *length, struct failure *why);

#endif
