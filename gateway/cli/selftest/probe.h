/*
 * probe - one hostile case that `nsw selftest` fires, as schemas/selftest.xml describes it.
 *
 * A probe is data: which bytes are a payload, what is changed in a signed envelope, which frames
 * leave, and which codes may come back. What it takes to send them is in fire.c.
 */
#ifndef NSW_CLI_SELFTEST_PROBE_H
#define NSW_CLI_SELFTEST_PROBE_H

#include "cli/session.h"
#include "core/datafile.h"
#include "core/text.h"

/* Ends that are no code of the catalogue. */
#define END_RECEIPT "RECEIPT" /* taken: the case is harmless, and must stay so */
#define END_CLOSED  "CLOSED"  /* the connection was closed without a word */

enum probe_means { PROBE_MESSAGE, PROBE_FRAMES, PROBE_ASK, PROBE_DOOR, PROBE_GREETING };

struct probe {
	const char *id, *family, *title;
	const char *const *expect; /* codes, or one of the ends above */
	enum probe_means means;
	xmlNodePtr node; /* for probe_part() */
};

struct probes {
	struct datafile *file;
	const char *trader; /* who fires, where the keyring has their keys */
	const char *sample; /* the honest document that all of them are made of */
	const char *fresh;  /* its reference, another one each time */
	struct probe *probes;
	size_t count;
};

/* FAULT SLF-901. The strings live in the session. */
MUST_CHECK bool probes_read(struct probes *out, struct session *session, struct failure *why);
void probes_free(struct probes *probes);

/* A child of the probe ("envelope"), NULL when it has none. */
xmlNodePtr probe_part(const struct probe *probe, const char *name);
/* The bytes that the pieces below a node make: text, hex, and either so many times. */
MUST_CHECK bool probe_bytes(struct text *out, const struct probes *probes, xmlNodePtr node,
			    struct failure *why);
/* Does the case expect this end? */
bool probe_expects(const struct probe *probe, const char *end);

#endif
