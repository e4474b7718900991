#include "talk.h"

#include <stdio.h>
#include <string.h>

#include "core/log.h"

#include "decide.h"

#define HEARTBEAT_MOST (3600 * 1000) /* ms; anything longer is a mistake */
#define AGAIN	       50	     /* ms until what did not fit into the queue is tried again */

static const char *party_of(const struct talk *talk)
{
	return talk->profile->party;
}

static gateway_time gateway_now(const struct talk *talk)
{
	gateway_time since = talk->held ? 0 : (gateway_time)(monotonic_ms() - talk->told_at);

	return talk->told + since;
}

static void complain(const struct talk *talk, enum log_level level, const char *event,
		     const char *message, const struct failure *why)
{
	log_line(level, event, "party", party_of(talk), "message", message, "verdict",
		 verdict_name(why->verdict), "code", why->code, "place",
		 why->place[0] != '\0' ? why->place : NULL, "text", why->text, NULL);
}

/* ---- speaking ------------------------------------------------------------------------- */

/* What does not fit into the queue now is said again when it goes unanswered. */
static bool say(struct talk *talk, enum verb verb, const struct letter *letter)
{
	static const struct letter nothing = { .envelope = "", .payload = "" };
	struct failure why;

	letter = letter != NULL ? letter : &nothing;
	talk->spoke = monotonic_ms();
	if (link_send(talk->link, verb, letter->envelope, letter->envelope_length, letter->payload,
		      letter->payload_length, &why))
		return true;
	complain(talk, LOG_DEBUG, "not sent", letter->id, &why);
	return false;
}

void talk_begin(struct talk *talk, struct link *link)
{
	char lines[48];
	struct letter hello = { .envelope = "", .payload = lines };

	hello.payload_length =
		(size_t)snprintf(lines, sizeof lines, "credit=%d\nsettles=yes\n", TALK_CREDIT);
	errands_clear(&talk->errands);
	talk->wrong = (struct mischief){ .message = "" };
	talk->link = link;
	talk->welcome = false;
	talk->heard = monotonic_ms();
	say(talk, VERB_HELLO, &hello);
}

static void hand_over_letters(struct talk *talk)
{
	const struct letter *letter;

	while ((letter = errands_next(&talk->errands, monotonic_ms(), talk->heartbeat,
				      gateway_now(talk))) != NULL)
		for (int copies = letter->twice ? 2 : 1; copies > 0; copies--)
			say(talk, VERB_SUBMIT, letter);
}

/* Nobody asks for it again: what does not fit into the queue is said the next time. */
static void tell_what_has_ended(struct talk *talk)
{
	while (talk->errands.ended > 0 && say(talk, VERB_SETTLED, NULL))
		talk->errands.ended--;
}

void talk_say(struct talk *talk)
{
	hand_over_letters(talk);
	tell_what_has_ended(talk);
	if (talk->welcome && monotonic_ms() - talk->spoke >= (uint64_t)talk->heartbeat)
		say(talk, VERB_PING, NULL);
}

/* ---- what the gateway says ------------------------------------------------------------ */

static void on_welcome(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	char instance[PARTY_ID_SIZE], time[TIME_TEXT_SIZE], clock[8];
	struct failure why;

	(void)arena;
	if (!parcel_line(parcel, "instance", instance, sizeof instance) ||
	    !parcel_line(parcel, "time", time, sizeof time) ||
	    !time_parse(time, &talk->told, &why)) {
		log_line(LOG_WARN, "welcome not understood", "party", party_of(talk), NULL);
		return;
	}
	talk->told_at = monotonic_ms();
	talk->held =
		parcel_line(parcel, "clock", clock, sizeof clock) && strcmp(clock, "held") == 0;
	if (!parcel_number(parcel, "heartbeat", &talk->heartbeat) || talk->heartbeat == 0 ||
	    talk->heartbeat > HEARTBEAT_MOST)
		talk->heartbeat = TALK_HEARTBEAT;
	talk->welcome = true;
	log_line(LOG_NOTE, "connected", "party", party_of(talk), "gateway", instance, "time", time,
		 NULL);
	if (strcmp(instance, talk->office->gateway) != 0)
		log_line(LOG_ERROR, "not the gateway to be served", "party", party_of(talk),
			 "gateway", talk->office->gateway, NULL);
}

/* A stand-in is not asked about what is for information only. */
static bool think(struct talk *talk, struct answers *answers, struct arena *arena,
		  const struct request *request, struct failure *why)
{
	const char *seed = talk->office->seed;
	const struct decision *decision;

	if (talk->stand_in == NULL || !profile_answers(talk->profile, request->envelope->kind))
		return decide(answers, arena, talk->profile, seed, request, why);
	return stand_in_ask(&decision, talk->stand_in, arena, talk->profile, request, talk->stop,
			    why) &&
	       decide_as(answers, arena, talk->profile, seed, request, decision, why);
}

/* A stand-in takes its time, and is not asked again while its answers are on their way: they
 * repeat themselves. */
static bool is_under_way(const struct talk *talk, const struct envelope *envelope)
{
	return talk->stand_in != NULL && errands_have(&talk->errands, envelope->id);
}

/* A refusing receipt tells the sender of its mistake; what is not the sender's mistake meets
 * silence, and is delivered again. */
static bool find_answers(struct talk *talk, const struct parcel *parcel, struct arena *arena,
			 struct envelope *envelope, struct answers *answers)
{
	struct request request;
	struct failure why;
	bool opened = request_open(&request, envelope, arena, talk->office, talk->profile, parcel,
				   gateway_now(talk), &why);

	if (opened && is_under_way(talk, envelope))
		return false;
	if (opened && think(talk, answers, arena, &request, &why))
		return true;
	complain(talk, why.verdict == DEFER ? LOG_WARN : LOG_ERROR, "delivery not acceptable",
		 envelope->id, &why);
	if (why.verdict != REJECT || envelope->id == NULL)
		return false;
	decide_refuse(answers, arena, talk->profile, envelope, &why);
	return true;
}

/* The key of the day that the answer is dated. */
static bool find_key(const struct talk *talk, const struct mischief *wrong,
		     const struct envelope *request, const struct signing_key **key,
		     struct failure *why)
{
	struct keyring *keyring = talk->office->keyring;

	if (mischief_does(wrong, ON_REPLY, FAULT_EXPIRED_CERTIFICATE))
		return keyring_expired_key(keyring, party_of(talk), key, why);
	return keyring_signing_key(keyring, party_of(talk), request->created, key, why);
}

/* False when nothing will be said to it. */
static bool take_delivery(struct talk *talk, const struct mischief *wrong,
			  const struct parcel *parcel, struct arena *arena)
{
	const struct signing_key *key;
	struct envelope envelope;
	struct answers answers;
	struct failure why;

	if (talk->errands.count >= TALK_CREDIT) {
		log_line(LOG_WARN, "more deliveries than credit", "party", party_of(talk), NULL);
		return false;
	}
	if (!find_answers(talk, parcel, arena, &envelope, &answers) ||
	    mischief_does(wrong, ON_REPLY, FAULT_DROP))
		return false;
	if (!mischief_answers(wrong, &answers, arena, talk->profile, &envelope, &why) ||
	    !find_key(talk, wrong, &envelope, &key, &why) ||
	    !errands_add(&talk->errands, envelope.id, &answers, key, wrong, &why)) {
		complain(talk, LOG_ERROR, "not answered", envelope.id, &why);
		return false;
	}
	log_line(LOG_DEBUG, "answering", "party", party_of(talk), "message", envelope.id,
		 "decision", answers.decision, NULL);
	return true;
}

/* It was sent once, so it is settled once: for the copy nobody waits. */
static void take_copy(struct talk *talk, const struct mischief *wrong, const struct parcel *parcel,
		      struct arena *arena)
{
	hand_over_letters(talk);
	if (take_delivery(talk, wrong, parcel, arena))
		talk->errands.ended--; /* of the first, which it has taken the place of */
}

/* Every delivery is settled once: by its errand, or here. */
static void on_deliver(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	struct mischief wrong = mischief_take(&talk->wrong, parcel, talk->office->seed);
	struct parcel arrived = mischief_on_the_way(&wrong, parcel, arena);

	if (mischief_does(&wrong, ON_REQUEST, FAULT_DROP) ||
	    !take_delivery(talk, &wrong, &arrived, arena))
		talk->errands.ended++;
	else if (mischief_does(&wrong, ON_REQUEST, FAULT_DUPLICATE))
		take_copy(talk, &wrong, &arrived, arena);
}

static void on_simulate(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	struct failure why;

	(void)arena;
	if (mischief_told(&talk->wrong, parcel, &why))
		log_line(LOG_DEBUG, "to go wrong", "party", party_of(talk), "message",
			 talk->wrong.message, NULL);
	else
		complain(talk, LOG_WARN, "not simulated", NULL, &why);
}

/* The id of our message that a signed receipt or refusal speaks of; NULL, and logged, when it
 * cannot be believed. */
static const char *answered(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	struct signature signature;
	struct envelope envelope;
	struct failure why;

	if (cover_open(&envelope, &signature, arena, talk->office, talk->profile, parcel,
		       gateway_now(talk), &why))
		return envelope.ref;
	complain(talk, LOG_WARN, "answer not believed", envelope.id, &why);
	return NULL;
}

static void on_receipt(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	const char *message = answered(talk, parcel, arena);

	if (message != NULL)
		errands_receipted(&talk->errands, message);
}

static void log_refusal(const struct talk *talk, const char *message, const struct parcel *parcel,
			struct arena *arena)
{
	struct document *document;
	struct failure why;
	xmlNodePtr error;

	if (!document_parse(&document, "payload.xml", parcel->payload, parcel->payload_length,
			    &document_limits_message, &why)) {
		complain(talk, LOG_WARN, "refusal not understood", message, &why);
		return;
	}
	error = child_named(document_root(document), "Error");
	log_line(LOG_WARN, "refused by the gateway", "party", party_of(talk), "message", message,
		 "code", child_text(arena, error, "ValidationCode"), "text",
		 child_text(arena, error, "Description"), NULL);
	document_free(document);
}

/* Without a signature it is about the protocol (BUS-010), and names no message. */
static void on_refusal(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	const char *message;

	if (parcel->envelope_length == 0) {
		log_line(LOG_ERROR, "refused by the gateway", "party", party_of(talk), "text",
			 (const char *)parcel->payload, NULL);
		return;
	}
	message = answered(talk, parcel, arena);
	if (message != NULL && errands_refused(&talk->errands, message))
		log_refusal(talk, message, parcel, arena);
}

static void on_busy(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	char digest[DIGEST_TEXT_SIZE];
	int64_t wait;

	(void)arena;
	if (parcel_line(parcel, "envelope", digest, sizeof digest) &&
	    parcel_number(parcel, "retry-after", &wait))
		errands_postponed(&talk->errands, digest, monotonic_ms(), wait);
}

static const struct {
	enum verb verb;
	void (*act)(struct talk *talk, const struct parcel *parcel, struct arena *arena);
} acts[] = {
	{ VERB_WELCOME, on_welcome },	{ VERB_DELIVER, on_deliver },
	{ VERB_SIMULATE, on_simulate }, { VERB_RECEIPT, on_receipt },
	{ VERB_REFUSAL, on_refusal },	{ VERB_BUSY, on_busy }, /* PONG is a word, and no more */
};

void talk_hear(struct talk *talk, const struct parcel *parcel, struct arena *arena)
{
	talk->heard = monotonic_ms();
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (acts[i].verb == parcel->verb)
			acts[i].act(talk, parcel, arena);
}

/* ---- how long ------------------------------------------------------------------------- */

int talk_patience(const struct talk *talk)
{
	uint64_t now = monotonic_ms();
	int64_t silent = (int64_t)(now - talk->spoke);
	int64_t left = silent < talk->heartbeat ? talk->heartbeat - silent : 0;

	if (!talk->welcome) /* then there is nothing to say before it */
		left = talk->heartbeat;
	if (talk->errands.ended > 0 && left > AGAIN)
		left = AGAIN;
	return (int)errands_wait(&talk->errands, now, left);
}

bool talk_is_over(const struct talk *talk)
{
	return monotonic_ms() - talk->heard >= (uint64_t)(TALK_SILENCE * talk->heartbeat);
}

void talk_end(struct talk *talk)
{
	errands_clear(&talk->errands);
}
