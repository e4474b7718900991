/*
 * people - everybody who talks to a gateway in these tests, their keys and their letters.
 *
 * people_gather and people_leave are cmocka's group set-up and tear-down: an example PKI is made
 * once a program, in a temporary folder, and the project's own data are loaded. What goes wrong
 * in here fails the test.
 *
 * A `letter` is one message on its way to the gateway: who brings it, what its envelope says,
 * its payload, and, once sealed, the envelope's bytes. It lives in the arena given.
 */
#ifndef NSW_TEST_PEOPLE_H
#define NSW_TEST_PEOPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/house.h"
#include "core/message.h"
#include "core/response.h"
#include "core/scratch.h"
#include "core/text.h"

#define GATEWAY	 "NSW-VN"
#define CUSTOMS	 "MoF"
#define MINISTRY "MARD"
#define OPERATOR "OPERATOR"
#define TRADER	 "9900000016"
#define RIVAL	 "9900000023" /* another trader */

#define SHRIMP	"shrimp-thailand"     /* a sample on which customs and the ministry decide */
#define MACHINE "machine-parts-japan" /* one on which customs alone does */

#define MORNING INT64_C(1393380000000) /* 2014-02-26T02:00:00Z, nine o'clock in Ha Noi */
#define MINUTE	INT64_C(60000)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

int people_gather(void **state);
int people_leave(void **state);
/* Before people_gather: what is to be used besides the project's own; NULL: nothing. */
struct people_use {
	const char *kinds, *parties; /* folders */
	const char *keys;	     /* "LIBRARY:p256 MUSEUM:p256" */
	const char *calendar;	     /* NULL: everybody is connected, always */
};
void people_use(const struct people_use *use);
const char *const *people_folders(void); /* of kinds, NULL-terminated */

/* The project's data, read-only, with everybody's keys. Its clock and settings are NULL. */
extern struct house people_house;
/* A path below the temporary folder ("pki"); good until the next call. */
const char *people_path(const char *name);
/* What is set where nothing is said, for a gateway with its state in that folder. */
struct settings people_settings(struct arena *arena, const char *state);

/* Whatever returned false, it should not have. */
void must(bool good, const struct failure *why);

/* ---- payloads ----------------------------------------------------------------------------- */

/* `text` with the first `old` (which must be there) replaced. */
char *replaced(struct arena *arena, const char *text, const char *old, const char *new);
/* A sample under a reference of its own. */
char *declaration(struct arena *arena, const char *sample, const char *reference);
/* The same declaration with function 4 or 1, naming a number and version. */
char *change(struct arena *arena, const char *declared, const char *function, const char *number,
	     int64_t version);
/* With a signature of its own, by that party. */
char *signed_payload(struct arena *arena, const char *text, const char *signer);
/* Text of the first element of that name, whatever its namespace; NULL. */
const char *element_text(struct arena *arena, const void *xml, size_t length, const char *name);
/* How many elements of that name there are. */
size_t elements(const void *xml, size_t length, const char *name);

/* ---- letters ------------------------------------------------------------------------------ */

struct letter {
	struct arena *arena;
	const char *from; /* whose connection brings it */
	const char *payload;
	size_t payload_length;
	struct envelope envelope; /* from: the same; to be changed before sealing */
	struct bytes cover;
};

/* Unsealed: fresh id and conversation, created MORNING, expiring a day later. */
struct letter *letter_new(struct arena *arena, const char *from, const char *kind,
			  const char *payload);
/* (Again) signed by that party; NULL: by its sender. */
void letter_seal(struct letter *letter, const char *signer);
/* letter_new and letter_seal in one. */
struct letter *letter_sealed(struct arena *arena, const char *from, const char *kind,
			     const char *payload);

/* What a party answers to a delivery: kind RES (with result), LPR or ACK; `effective` 0: at
 * once. Sealed. */
struct reply {
	const char *kind, *result, *status;
	gateway_time effective;
};
struct letter *letter_reply(struct arena *arena, const char *from, const struct envelope *about,
			    const struct reply *reply);
/* The usual ones. */
extern const struct reply received, channelled, released, refused, approved, docs_required;

/* Trust and content of what the gateway signed, as its receiver checks them. */
struct envelope opened(struct arena *arena, const void *cover, size_t cover_length,
		       const void *payload, size_t length, gateway_time now);

#endif
