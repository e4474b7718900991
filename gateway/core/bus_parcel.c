#include "core/bus_parcel.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int senders; /* enum side, or both */
} verbs[] = {
	[VERB_HELLO] = { "HELLO", CLIENT_SIDE },
	[VERB_WELCOME] = { "WELCOME", GATEWAY_SIDE },
	[VERB_SUBMIT] = { "SUBMIT", CLIENT_SIDE },
	[VERB_RECEIPT] = { "RECEIPT", GATEWAY_SIDE },
	[VERB_REFUSAL] = { "REFUSAL", GATEWAY_SIDE },
	[VERB_BUSY] = { "BUSY", GATEWAY_SIDE },
	[VERB_FETCH] = { "FETCH", CLIENT_SIDE },
	[VERB_FETCHED] = { "FETCHED", GATEWAY_SIDE },
	[VERB_DELIVER] = { "DELIVER", GATEWAY_SIDE },
	[VERB_SIMULATE] = { "SIMULATE", GATEWAY_SIDE },
	[VERB_ACK] = { "ACK", GATEWAY_SIDE | CLIENT_SIDE },
	[VERB_ASK] = { "ASK", CLIENT_SIDE },
	[VERB_ROWS] = { "ROWS", GATEWAY_SIDE },
	[VERB_PING] = { "PING", CLIENT_SIDE },
	[VERB_PONG] = { "PONG", GATEWAY_SIDE },
	[VERB_SETTLED] = { "SETTLED", CLIENT_SIDE },
	[VERB_GONE] = { "GONE", 0 },
	[VERB_UNKNOWN] = { "UNKNOWN", 0 },
};

/* What is alive is a fact of the process, like the memory it is compared with (bus_guard.c), and
 * arenas outlive buses. */
static atomic_size_t alive;

const char *verb_name(enum verb verb)
{
	return verbs[verb].name;
}

static enum verb verb_from(const struct frame *frame, enum side sender)
{
	for (enum verb verb = 0; verb < VERB_UNKNOWN; verb++) {
		const char *name = verbs[verb].name;

		if ((verbs[verb].senders & (int)sender) != 0 && strlen(name) == frame->length &&
		    memcmp(name, frame->bytes, frame->length) == 0)
			return verb;
	}
	return VERB_UNKNOWN;
}

static bool is_protocol(const struct frame *frame)
{
	return frame->length == strlen(BUS_PROTOCOL) &&
	       memcmp(frame->bytes, BUS_PROTOCOL, frame->length) == 0;
}

static void forget(void *size)
{
	atomic_fetch_sub(&alive, *(size_t *)size);
}

static void remember(struct arena *arena, size_t size)
{
	size_t *note = arena_alloc(arena, sizeof *note);

	*note = size;
	atomic_fetch_add(&alive, size);
	arena_on_free(arena, forget, note);
}

size_t parcels_alive(void)
{
	return atomic_load(&alive);
}

bool parcel_read(struct parcel *out, struct arena *arena, const struct frame *frames, size_t count,
		 enum side sender, struct failure *why)
{
	if (count == 0 || !is_protocol(&frames[0]))
		return reject(why, "BUS-010", "the first frame is not the protocol's version, %s",
			      BUS_PROTOCOL);
	if (count != PARCEL_FRAMES)
		return reject(why, "BUS-010", "a message has %d frames, this one has %zu",
			      PARCEL_FRAMES, count);
	out->verb = verb_from(&frames[1], sender);
	if (out->verb == VERB_UNKNOWN)
		return reject(why, "BUS-010", "the second frame is no verb for this side to say");

	out->envelope_length = frames[2].length;
	out->envelope = arena_copy(arena, frames[2].bytes, frames[2].length);
	out->payload_length = frames[3].length;
	out->payload = arena_copy(arena, frames[3].bytes, frames[3].length);
	remember(arena, frames[2].length + frames[3].length);
	return true;
}

void parcel_write(struct frame frames[PARCEL_FRAMES], enum verb verb, const void *envelope,
		  size_t envelope_length, const void *payload, size_t payload_length)
{
	const char *name = verb_name(verb);

	frames[0] = (struct frame){ BUS_PROTOCOL, strlen(BUS_PROTOCOL) };
	frames[1] = (struct frame){ name, strlen(name) };
	frames[2] = (struct frame){ envelope, envelope_length };
	frames[3] = (struct frame){ payload, payload_length };
}

bool parcel_line(const struct parcel *parcel, const char *name, char *value, size_t size)
{
	const char *line = (const char *)parcel->payload, *end = line + parcel->payload_length;
	size_t name_length = strlen(name);

	for (const char *next; line < end; line = next) {
		size_t length = strcspn(line, "\n");

		next = line + length + 1;
		if (length <= name_length || line[name_length] != '=' ||
		    memcmp(line, name, name_length) != 0)
			continue;
		length -= name_length + 1;
		if (length >= size)
			return false;
		memcpy(value, line + name_length + 1, length);
		value[length] = '\0';
		return true;
	}
	return false;
}

bool parcel_number(const struct parcel *parcel, const char *name, int64_t *value)
{
	char text[20]; /* more than 18 digits might not fit an int64_t */
	size_t length;

	if (!parcel_line(parcel, name, text, sizeof text - 1))
		return false;
	length = strlen(text);
	if (length == 0 || strspn(text, "0123456789") != length)
		return false;
	*value = strtoll(text, NULL, 10);
	return true;
}

bool address_same(const struct address *one, const struct address *other)
{
	return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}
