#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept/accept.h"
#include "core/log.h"
#include "deliver/seal.h"

/* ---- THE two tables ------------------------------------------------------------------------ */

static const struct {
	const char *name;
	accept_stage *stage;
} accept_stages[] = {
	{ "open", accept_open },	   /* envelope: grammar, addressee, times */
	{ "verify", accept_verify },	   /* signature, certificate, signer is sender */
	{ "date", accept_date },	   /* created, expires, effective */
	{ "parse", accept_parse },	   /* payload: XML within bounds */
	{ "recognise", accept_recognise }, /* which kind; may this party send it */
	{ "validate", accept_validate },   /* schema; a signature of its own */
	{ "check", accept_check },	   /* facts; rules over the message */
};
/* Then the journal: duplicates, references, life cycle, plan (clerk.c). */

static const struct {
	const char *name;
	deliver_stage *stage;
} deliver_stages[] = {
	{ "address", deliver_address }, /* the party's envelope, as planned */
	{ "seal", deliver_seal },	/* signed with the key of now */
};

/* ---- slips --------------------------------------------------------------------------------- */

struct slip *slip_new(enum slip_type type)
{
	struct arena *arena = arena_new();
	struct slip *slip = arena_alloc(arena, sizeof *slip);

	slip->type = type;
	slip->arena = arena;
	return slip;
}

void slip_free(struct slip *slip)
{
	for (struct slip *next; slip != NULL; slip = next) {
		next = slip->next;
		message_free(slip->message);
		arena_free(slip->arena);
	}
}

void gateway_out(struct gateway *gateway, struct slip *slip)
{
	queue_put(gateway->out, slip);
	bus_wake(gateway->bus);
}

void gateway_stop(struct gateway *gateway, bool failed)
{
	if (failed)
		atomic_store(&gateway->failed, true);
	atomic_store(&gateway->stopping, true);
	bus_wake(gateway->bus);
}

void gateway_left(struct gateway *gateway, const struct message *message)
{
	const struct parcel *parcel = &message->parcel;

	atomic_fetch_sub(&gateway->inside_bytes, parcel->envelope_length + parcel->payload_length);
	/* The last one out: time that does not tick may have waited for it. */
	if (atomic_fetch_sub(&gateway->inside, 1) == 1 &&
	    (gateway->house.settings->skip_time || clock_is_held(gateway->house.clock)))
		queue_put(gateway->desk, slip_new(SLIP_LOOK));
}

/* A text that quotes its sender must not add lines of its own. */
static const char *one_line(struct arena *arena, const char *text)
{
	char *line = arena_string(arena, text);

	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	return line;
}

void gateway_tell(struct gateway *gateway, const struct parcel *about, enum verb verb,
		  const struct failure *why, int64_t retry_after)
{
	struct digest envelope = digest_of(about->envelope, about->envelope_length);
	struct slip *slip = slip_new(SLIP_REPLY);
	char hex[DIGEST_TEXT_SIZE];
	char *text = arena_printf(
		slip->arena, "retry-after=%lld\nenvelope=%s\nverdict=%s\ncode=%s\ntext=%s\n",
		(long long)retry_after, digest_text(&envelope, hex), verdict_name(why->verdict),
		why->code, one_line(slip->arena, why->text));

	slip->address = about->address;
	slip->verb = verb;
	slip->payload = (struct bytes){ (const unsigned char *)text, strlen(text) };
	gateway_out(gateway, slip);
}

/* ---- workers ------------------------------------------------------------------------------- */

#define RETRY_AFTER_FAULT 5000 /* ms; a fault of ours may be over by then */

static bool run_accept_stages(const struct gateway *gateway, struct message *message,
			      struct failure *why)
{
	for (size_t i = 0; i < sizeof accept_stages / sizeof *accept_stages; i++) {
		if (accept_stages[i].stage(&gateway->house, message, why))
			continue;
		log_line(LOG_DEBUG, "stopped", "stage", accept_stages[i].name, "party",
			 message->parcel.party, "code", why->code, NULL);
		return false;
	}
	return true;
}

/* A message goes on to the clerk with a signed answer, or back with "not now". */
static void accept_one(struct gateway *gateway, struct slip *slip)
{
	struct message *message = slip->message;
	struct failure why;

	message->refused = !run_accept_stages(gateway, message, &message->why);
	if (message->refused && message->why.verdict != REJECT)
		why = message->why;
	else if (accept_answer(&gateway->house, message, &why)) {
		slip->type = SLIP_FILE;
		queue_put(gateway->desk, slip);
		return;
	}

	log_failure(why.verdict == FAULT ? LOG_ERROR : LOG_WARN, "not-now", &why);
	gateway_tell(gateway, &message->parcel, VERB_BUSY, &why, RETRY_AFTER_FAULT);
	gateway_left(gateway, message);
	slip_free(slip);
}

static void seal_one(struct gateway *gateway, struct slip *slip)
{
	struct failure *why = &slip->why;
	struct sealed sealed = { .arena = slip->arena,
				 .delivery = &slip->delivery,
				 .payload = slip->payload };

	slip->good = true;
	for (size_t i = 0; slip->good && i < sizeof deliver_stages / sizeof *deliver_stages; i++)
		slip->good = deliver_stages[i].stage(&gateway->house, &sealed, why);
	if (!slip->good)
		log_failure(LOG_ERROR, "not-sealed", why);
	slip->envelope = sealed.envelope_bytes;
	slip->type = SLIP_SEND;
}

/* A delivery, or a lease of several: one worker seals them all, so that they leave in order. */
static void deliver_all(struct gateway *gateway, struct slip *first)
{
	for (struct slip *slip = first; slip != NULL; slip = slip->next)
		if (slip->type == SLIP_DELIVER)
			seal_one(gateway, slip);
	gateway_out(gateway, first);
}

void *pipeline_worker(void *argument)
{
	struct gateway *gateway = argument;
	struct slip *slip;

	while ((slip = queue_take(gateway->work, -1)) != NULL) {
		if (slip->type == SLIP_ACCEPT)
			accept_one(gateway, slip);
		else
			deliver_all(gateway, slip);
	}
	return NULL;
}
