/*
 * front - the thread that touches the sockets: takes messages in, sends what others have made.
 *
 * It never waits for anything but the bus. What it takes in it counts; above the limit new
 * business is told "busy", while answers of push parties have as much room again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "core/crash.h"
#include "core/log.h"
#include "pipeline.h"

#define RETRY_AFTER_BUSY 500  /* ms */
#define HEARTBEAT	 5000 /* ms between the PINGs asked of clients */
#define SILENT_AFTER	 (3 * HEARTBEAT)
#define SMALL_TALK	 4096 /* bytes of what is no message and no question */
#define BYTES_INSIDE	 (128 * 1024 * 1024)
#define CREDIT_MOST	 1000
#define TICK		 1000 /* ms between looks for parties that fell silent */

struct front {
	struct gateway *gateway;
	uint64_t next_sweep;
};

/* ---- going out ----------------------------------------------------------------------------- */

static bool send_bytes(struct front *front, const struct address *to, enum verb verb,
		       struct bytes envelope, struct bytes payload, struct failure *why)
{
	if (bus_send(front->gateway->bus, to, verb, envelope.start, envelope.length, payload.start,
		     payload.length, why))
		return true;
	/* That the connection has ended the bus tells by itself; a full queue empties again. */
	return false;
}

/* A receipt that cannot be delivered is not lost: the sender asks again and gets the same. */
static void send_answer(struct front *front, struct slip *slip)
{
	struct message *message = slip->message;
	struct failure why;

	if (!send_bytes(front, &message->parcel.address,
			message->refused ? VERB_REFUSAL : VERB_RECEIPT, message->answer_envelope,
			message->answer_payload, &why))
		log_failure(LOG_NOTE, "answer-not-sent", &why);
	crash_point(CRASH_RECEIPT_SENT);
	gateway_left(front->gateway, message);
	slip_free(slip);
}

static void send_delivery(struct front *front, struct slip *slip)
{
	if (slip->good)
		slip->good = send_bytes(front, &slip->address, VERB_DELIVER, slip->envelope,
					slip->payload, &slip->why);
	if (slip->good)
		presence_sent(front->gateway->presence, &slip->address);
	crash_point(slip->delivery.push ? CRASH_DELIVERY_SENT : CRASH_MAILBOX_LEASED);
	slip->type = SLIP_ATTEMPT;
	queue_put(front->gateway->desk, slip);
}

static void send_reply(struct front *front, struct slip *slip)
{
	struct failure why;

	if (!send_bytes(front, &slip->address, slip->verb, slip->envelope, slip->payload, &why))
		log_failure(LOG_DEBUG, "reply-not-sent", &why);
	slip_free(slip);
}

static void send_slip(struct front *front, struct slip *slip)
{
	if (slip->type == SLIP_ANSWER)
		send_answer(front, slip);
	else if (slip->type == SLIP_SEND)
		send_delivery(front, slip);
	else
		send_reply(front, slip);
}

static void send_all(struct front *front)
{
	struct slip *slip;

	while ((slip = queue_take(front->gateway->out, 0)) != NULL)
		for (struct slip *next; slip != NULL; slip = next) {
			next = slip->next;
			slip->next = NULL;
			send_slip(front, slip);
		}
}

/* ---- coming in ----------------------------------------------------------------------------- */

static void desk(struct front *front, enum slip_type type, const struct parcel *parcel)
{
	struct slip *slip = slip_new(type);

	slip->party = arena_string(slip->arena, parcel->party);
	slip->address = parcel->address;
	slip->id = arena_copy(slip->arena, parcel->payload, parcel->payload_length);
	queue_put(front->gateway->desk, slip);
}

static int64_t credit_in(const struct parcel *parcel)
{
	int64_t credit = 0;

	if (!parcel_number(parcel, "credit", &credit) || credit < 0)
		return 0;
	return credit < CREDIT_MOST ? credit : CREDIT_MOST;
}

static bool settles(const struct parcel *parcel)
{
	char word[8];

	return parcel_line(parcel, "settles", word, sizeof word) && strcmp(word, "yes") == 0;
}

static bool take_hello(struct front *front, struct message *message)
{
	struct gateway *gateway = front->gateway;
	const struct parcel *parcel = &message->parcel;
	const struct settings *settings = gateway->house.settings;
	size_t credit = (size_t)credit_in(parcel);
	struct slip *slip = slip_new(SLIP_REPLY);
	gateway_time at = clock_now(gateway->house.clock);
	char now[TIME_TEXT_SIZE];
	char *text;

	text = arena_printf(
		slip->arena,
		"protocol=" BUS_PROTOCOL "\ninstance=%s\ntime=%s\npolite-limit=%lld\n"
		"environment=%s\nheartbeat=%d\nclock=%s\n",
		settings->instance, time_text(at, now), (long long)settings->polite_limit,
		house_environment(&gateway->house, parcel->party, at), HEARTBEAT, settings->clock);
	slip->address = parcel->address;
	slip->verb = VERB_WELCOME;
	slip->payload = (struct bytes){ (const unsigned char *)text, strlen(text) };
	send_reply(front, slip);
	if (!parties_push(gateway->house.parties, parcel->party) || credit == 0)
		return false;
	presence_hello(gateway->presence, parcel->party, &parcel->address, credit, settles(parcel),
		       monotonic_ms());
	desk(front, SLIP_PRESENT, parcel);
	return false;
}

/* Both numbers and bytes: a few large messages are as much as many small ones. */
static bool has_room(struct gateway *gateway, const char *party, size_t bytes)
{
	size_t limit = (size_t)gateway->house.settings->queue, most = BYTES_INSIDE;

	if (parties_push(gateway->house.parties, party)) {
		limit *= 2;
		most *= 2;
	}
	return atomic_load(&gateway->inside) < limit &&
	       atomic_load(&gateway->inside_bytes) + bytes <= most;
}

static bool take_submit(struct front *front, struct message *message)
{
	struct gateway *gateway = front->gateway;
	size_t bytes = message->parcel.envelope_length + message->parcel.payload_length;
	struct slip *slip;
	struct failure busy;

	if (!has_room(gateway, message->parcel.party, bytes)) {
		atomic_fetch_add(&gateway->busy, 1);
		defer(&busy, "BUS-040", "the gateway is busy");
		gateway_tell(gateway, &message->parcel, VERB_BUSY, &busy, RETRY_AFTER_BUSY);
		return false;
	}
	crash_point(CRASH_MESSAGE_TAKEN);
	/* Stamped and counted in one: time must not skip between the two. */
	pthread_mutex_lock(&gateway->door);
	message->at = clock_now(gateway->house.clock);
	atomic_fetch_add(&gateway->inside, 1);
	atomic_fetch_add(&gateway->inside_bytes, bytes);
	pthread_mutex_unlock(&gateway->door);
	slip = slip_new(SLIP_ACCEPT);
	slip->message = message;
	queue_put(gateway->work, slip);
	return true;
}

static bool take_fetch(struct front *front, struct message *message)
{
	struct slip *slip = slip_new(SLIP_FETCH);

	slip->party = arena_string(slip->arena, message->parcel.party);
	slip->address = message->parcel.address;
	slip->number = credit_in(&message->parcel);
	queue_put(front->gateway->desk, slip);
	return false;
}

static bool take_ack(struct front *front, struct message *message)
{
	desk(front, SLIP_ACK, &message->parcel);
	return false;
}

static bool take_ask(struct front *front, struct message *message)
{
	const struct parcel *parcel = &message->parcel;

	control_ask(front->gateway->control, &parcel->address, parcel->party, parcel->payload,
		    parcel->payload_length);
	return false;
}

static bool take_ping(struct front *front, struct message *message)
{
	struct slip *slip = slip_new(SLIP_REPLY);

	slip->address = message->parcel.address;
	slip->verb = VERB_PONG;
	send_reply(front, slip);
	return false;
}

/* Whoever waits until nothing is in flight may have waited for it. */
static bool take_settled(struct front *front, struct message *message)
{
	if (presence_settled(front->gateway->presence, &message->parcel.address))
		queue_put(front->gateway->desk, slip_new(SLIP_LOOK));
	return false;
}

/* A connection has ended: its party is no longer there, what it had borrowed is free. */
static bool take_gone(struct front *front, struct message *message)
{
	presence_gone(front->gateway->presence, &message->parcel.address, monotonic_ms());
	desk(front, SLIP_GONE, &message->parcel);
	return false;
}

/* What clients may say. True when the function has taken the message over. */
static const struct {
	enum verb verb;
	bool (*take)(struct front *front, struct message *message);
} verbs[] = {
	{ VERB_HELLO, take_hello }, { VERB_SUBMIT, take_submit },   { VERB_FETCH, take_fetch },
	{ VERB_GONE, take_gone },   { VERB_ACK, take_ack },	    { VERB_ASK, take_ask },
	{ VERB_PING, take_ping },   { VERB_SETTLED, take_settled },
};

static bool fits(const struct parcel *parcel)
{
	return parcel->verb == VERB_SUBMIT || parcel->verb == VERB_ASK ||
	       parcel->envelope_length + parcel->payload_length <= SMALL_TALK;
}

static bool take_in(struct front *front, struct message *message)
{
	const struct parcel *parcel = &message->parcel;
	struct failure strange;

	if (presence_heard(front->gateway->presence, &parcel->address, monotonic_ms()))
		desk(front, SLIP_PRESENT, parcel);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (verbs[i].verb == parcel->verb && fits(parcel))
			return verbs[i].take(front, message);
	reject(&strange, "BUS-010", "a client never says %s, or not so much of it",
	       verb_name(parcel->verb));
	gateway_tell(front->gateway, parcel, VERB_REFUSAL, &strange, 0);
	return false;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void sweep(struct front *front)
{
	struct gateway *gateway = front->gateway;
	uint64_t now = monotonic_ms();

	if (now < front->next_sweep)
		return;
	front->next_sweep = now + TICK;
	if (now <= SILENT_AFTER || presence_sweep(gateway->presence, now - SILENT_AFTER, now) == 0)
		return;
	log_line(LOG_WARN, "party-silent", NULL);
	queue_put(gateway->desk, slip_new(SLIP_LOOK)); /* its window is free again */
}

static bool receive_one(struct front *front, bool *got, int timeout, struct failure *why)
{
	struct message *message = message_new(clock_now(front->gateway->house.clock));

	if (!bus_receive(front->gateway->bus, message->arena, &message->parcel, got, timeout,
			 why)) {
		message_free(message);
		return false;
	}
	if (!*got || !take_in(front, message))
		message_free(message);
	return true;
}

bool front_run(struct gateway *gateway, struct failure *why)
{
	struct front front = { .gateway = gateway };
	bool got;

	while (!atomic_load(&gateway->stopping)) {
		if (!receive_one(&front, &got, TICK, why))
			return false;
		send_all(&front);
		sweep(&front);
	}
	return true;
}

void front_drain(struct gateway *gateway)
{
	struct front front = { .gateway = gateway };

	send_all(&front);
}
