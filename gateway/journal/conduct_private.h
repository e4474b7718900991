/* What the files of conduct share. Private to gateway/journal. */
#ifndef NSW_CONDUCT_PRIVATE_H
#define NSW_CONDUCT_PRIVATE_H

#include "journal/conduct.h"

/* An application, from the wire or out of the journal. */
struct lodging {
	const struct kind *kind;
	struct facts *facts;
	struct findings *findings; /* those of the journal's rules are added */
	const char *id, *sender, *conversation, *run, *environment;
	const char *digest, *payload; /* of the message, of its body */
	const char *parent;	      /* the case in whose course it comes; NULL */
	gateway_time at;
	const struct message *message; /* to be filed; NULL: it is on file */
};

/* The application is looked at now. */
MUST_CHECK bool conduct_lodge(struct conduct *conduct, const struct lodging *lodging,
			      struct move *move, struct failure *why);
/* Kept until it takes effect. */
MUST_CHECK bool conduct_hold(struct conduct *conduct, const struct message *message,
			     const char *case_id, struct failure *why);

#endif
