/*
 * Frames from a peer with a valid key, to the gateway ('g' in front) or to a client of it. Between
 * the frames of an input stands a record separator, so that seeds can be read.
 */
#include <string.h>

#include "core/bus_parcel.h"
#include "core/log.h"
#include "fuzz.h"

#define SEPARATOR '\x1e'

void fuzz_set_up(void)
{
	log_level(LOG_ERROR);
}

static size_t split(struct frame frames[SOCKET_FRAMES], const unsigned char *bytes, size_t size)
{
	size_t count = 0;

	while (count < SOCKET_FRAMES) {
		const unsigned char *end = size != 0 ? memchr(bytes, SEPARATOR, size) : NULL;
		size_t length = end != NULL ? (size_t)(end - bytes) : size;

		frames[count++] = (struct frame){ bytes, length };
		if (end == NULL)
			break;
		bytes += length + 1;
		size -= length + 1;
	}
	return count;
}

void fuzz_bytes(const unsigned char *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct frame frames[SOCKET_FRAMES];
	struct parcel parcel = { 0 };
	struct failure why;
	enum side side;
	char value[32];
	int64_t number;

	if (size != 0) {
		side = *bytes == 'g' ? CLIENT_SIDE : GATEWAY_SIDE;
		if (parcel_read(&parcel, arena, frames, split(frames, bytes + 1, size - 1), side,
				&why)) {
			(void)parcel_line(&parcel, "instance", value, sizeof value);
			(void)parcel_number(&parcel, "credit", &number);
		} else {
			fuzz_refused(&why);
		}
	}
	arena_free(arena);
}
