#include "core/bus_zap.h"

#include <stdio.h>
#include <string.h>

#define KEY_BYTES 32

/* The frames of a request. */
enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, IDENTITY, MECHANISM, CREDENTIALS, FRAMES };

static bool says(const struct frame *frame, const char *text)
{
	return frame->length == strlen(text) && memcmp(frame->bytes, text, frame->length) == 0;
}

static bool is_ours(const struct socket_message *request, struct failure *why)
{
	const struct frame *frames = request->frames;

	if (request->count != FRAMES)
		return fault(why, "BUS-004", "a ZAP request of %zu frames", request->count);
	if (!says(&frames[VERSION], "1.0"))
		return fault(why, "BUS-004", "a ZAP request of another version");
	if (!says(&frames[DOMAIN], SOCKET_ZAP_DOMAIN))
		return fault(why, "BUS-004", "a ZAP request for another domain");
	if (!says(&frames[MECHANISM], "CURVE"))
		return fault(why, "BUS-004", "a ZAP request without CURVE");
	if (frames[CREDENTIALS].length != KEY_BYTES)
		return fault(why, "BUS-004", "a ZAP request with a key of %zu bytes",
			     frames[CREDENTIALS].length);
	return true;
}

/* libzmq gives an IP address for tcp, and "HOST:UID:GID:PID" for ipc. */
static void describe(char *from, size_t size, const struct frame *address)
{
	int length = (int)address->length, pid;
	unsigned uid;

	snprintf(from, size, "%.*s", length, (const char *)address->bytes);
	if (sscanf(from, "%*[^:]:%u:%*u:%d", &uid, &pid) == 2)
		snprintf(from, size, "pid %d uid %u", pid, uid);
}

bool zap_judge(struct zap_verdict *out, const struct socket_message *request,
	       struct keyring *keyring, struct failure *why)
{
	const struct frame *frames = request->frames;

	*out = (struct zap_verdict){ .id = { "", 0 }, .status = "500" };
	if (request->count > REQUEST_ID)
		out->id = frames[REQUEST_ID];
	if (!is_ours(request, why))
		return false;

	describe(out->from, sizeof out->from, &frames[ADDRESS]);
	socket_z85(out->key, frames[CREDENTIALS].bytes);
	strcpy(out->status, "400");
	if (!keyring_party_of_curve(keyring, out->key, out->party))
		return reject(why, "BUS-014", "no party of the keyring has this key");
	strcpy(out->status, "200");
	return true;
}
