#include "cli/selftest/fire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/outgoing.h"
#include "cli/selftest/knock.h"
#include "core/document.h"

#define KIND "DEC-IMP" /* that envelopes over hostile documents state */

/* One probe on its way. */
struct firing {
	struct session *session;
	const struct probes *probes;
	const struct probe *probe; /* NULL: the honest message */
	const char *trader;
	struct arena *arena;
	struct shot *shot;
};

static void ends(struct shot *shot, const char *end, const char *text)
{
	snprintf(shot->end, sizeof shot->end, "%s", end);
	snprintf(shot->text, sizeof shot->text, "%s", text);
}

static xmlNodePtr part(const struct firing *firing, const char *name)
{
	return firing->probe != NULL ? probe_part(firing->probe, name) : NULL;
}

static const char *get(const struct firing *firing, xmlNodePtr node, const char *name)
{
	return node != NULL ? datafile_get(firing->probes->file, node, name) : NULL;
}

/* ---- messages ------------------------------------------------------------------------------- */

/* The honest document, moved to gateway time's day, under a reference that nobody has used. */
static bool read_honest(const struct firing *firing, struct outgoing *out,
			struct outgoing_choice *choice, struct failure *why)
{
	char fresh[UUID_SIZE];

	uuid_random(fresh);
	words_add(
		firing->session, &choice->edits,
		arena_printf(firing->session->arena, "%s=TEST-%.8s", firing->probes->fresh, fresh));
	choice->clock = CLOCK_SHIFT;
	return outgoing_read(out, firing->session, firing->probes->sample, choice, why);
}

static bool fill(const struct firing *firing, struct outgoing *out, struct outgoing_choice *choice,
		 struct failure *why)
{
	xmlNodePtr pieces = part(firing, "payload");

	if (pieces == NULL)
		return read_honest(firing, out, choice, why);
	out->party = firing->trader;
	out->kind = KIND;
	text_add(&out->payload, "");
	return probe_bytes(&out->payload, firing->probes, pieces, why);
}

/* Created so long ago, or so far ahead. */
static bool set_time(const struct firing *firing, xmlNodePtr envelope, struct addressee *addressee,
		     struct failure *why)
{
	const struct datafile *file = firing->probes->file;
	int64_t age = 0, ahead = 0;

	if (envelope != NULL && (!datafile_duration(file, envelope, "age", &age, why) ||
				 !datafile_duration(file, envelope, "ahead", &ahead, why)))
		return false;
	addressee->now += ahead - age;
	return true;
}

static bool replace(struct text *text, const char *what, const char *by)
{
	const char *found = text->bytes != NULL ? strstr(text->bytes, what) : NULL;
	struct text changed = TEXT_EMPTY;

	if (found == NULL)
		return false;
	text_add_bytes(&changed, text->bytes, (size_t)(found - text->bytes));
	text_add(&changed, by);
	text_add(&changed, found + strlen(what));
	text_free(text);
	*text = changed;
	return true;
}

static bool change_envelope(const struct firing *firing, xmlNodePtr envelope, struct text *text,
			    struct failure *why)
{
	const struct datafile *file = firing->probes->file;

	for (xmlNodePtr row = envelope != NULL ? child_named(envelope, "replace") : NULL;
	     row != NULL; row = next_named(row, "replace"))
		if (!replace(text, datafile_get(file, row, "what"), datafile_get(file, row, "by")))
			return datafile_fault(file, row, why, "an envelope has no '%s'",
					      datafile_get(file, row, "what"));
	return true;
}

static bool says_yes(const struct firing *firing, xmlNodePtr node, const char *name)
{
	const char *value = get(firing, node, name);

	return value != NULL && strcmp(value, "yes") == 0;
}

static bool make_message(const struct firing *firing, const struct client *client,
			 struct outgoing *out, struct failure *why)
{
	xmlNodePtr envelope = part(firing, "envelope");
	struct addressee addressee = outgoing_addressee(client);
	struct outgoing_choice choice = {
		.from = get(firing, envelope, "from"),
		.sign_as = get(firing, envelope, "sign-as"),
		.no_signature = says_yes(firing, envelope, "unsigned"),
		.as = firing->trader,
		.sign_at = addressee.now,
		.force_size = true,
	};

	if (!fill(firing, out, &choice, why) || !set_time(firing, envelope, &addressee, why) ||
	    !outgoing_seal_for(out, firing->session, &addressee, &choice, why) ||
	    !change_envelope(firing, envelope, &out->envelope, why))
		return false;
	if (says_yes(firing, envelope, "changed"))
		text_add(&out->payload, "\n");
	return true;
}

static void hear(struct shot *shot, bool answered, const struct reply *reply,
		 const struct failure *why)
{
	if (answered && reply->taken)
		ends(shot, END_RECEIPT, "taken");
	else if (answered)
		ends(shot, reply->why.code, reply->why.text);
	else
		ends(shot, why->code, why->text);
}

static bool send_message(const struct firing *firing, struct client *client, struct failure *why)
{
	struct outgoing out = { 0 };
	struct reply reply;
	bool made = make_message(firing, client, &out, why);

	if (made)
		hear(firing->shot,
		     client_submit(client, firing->arena, out.id, out.envelope.bytes,
				   out.envelope.length, out.payload.bytes, out.payload.length,
				   &reply, why),
		     &reply, why);
	outgoing_free(&out);
	return made;
}

static bool ask(const struct firing *firing, struct client *client, struct failure *why)
{
	struct row *question = row_new("ask");
	struct answer answer;

	row_put(question, "ask", node_text(firing->arena, part(firing, "ask")));
	if (client_ask(client, question, &answer, why)) {
		ends(firing->shot, END_RECEIPT, "answered");
		answer_free(&answer);
	} else {
		ends(firing->shot, why->code, why->text);
	}
	return true;
}

static bool as_client(const struct firing *firing, struct failure *why)
{
	struct client *client;
	bool sent;

	if (!session_connect(firing->session, &client, firing->trader, false, why))
		return false;
	sent = firing->probe != NULL && firing->probe->means == PROBE_ASK
		       ? ask(firing, client, why)
		       : send_message(firing, client, why);
	client_close(client);
	return sent;
}

/* ---- below the protocol ------------------------------------------------------------------------ */

/* Each <frame>, as often as it says. */
struct volley {
	struct frame *frames;
	struct text *bytes; /* of each <frame> */
	size_t count, kinds;
};

static bool load(const struct firing *firing, struct volley *volley, struct failure *why)
{
	xmlNodePtr node = child_named(part(firing, "frames"), "frame");

	for (; node != NULL; node = next_named(node, "frame")) {
		size_t times = strtoul(get(firing, node, "times") ?: "1", NULL, 10);
		struct text *bytes;

		volley->bytes =
			must_realloc(volley->bytes, (volley->kinds + 1) * sizeof *volley->bytes);
		bytes = &volley->bytes[volley->kinds++];
		*bytes = TEXT_EMPTY;
		text_add(bytes, "");
		if (!probe_bytes(bytes, firing->probes, node, why))
			return false;
		volley->frames = must_realloc(volley->frames,
					      (volley->count + times) * sizeof *volley->frames);
		for (size_t i = 0; i < times; i++)
			volley->frames[volley->count++] =
				(struct frame){ bytes->bytes, bytes->length };
	}
	return true;
}

static bool send_frames(const struct firing *firing, struct failure *why)
{
	struct volley volley = { 0 };
	struct failure end;
	bool good;

	good = load(firing, &volley, why) && knock_frames(firing->session, firing->trader,
							  volley.frames, volley.count, &end, why);
	if (good)
		ends(firing->shot, end.code, end.text);
	for (size_t i = 0; i < volley.kinds; i++)
		text_free(&volley.bytes[i]);
	free(volley.bytes);
	free(volley.frames);
	return good;
}

static bool greet(const struct firing *firing, struct failure *why)
{
	struct text bytes = TEXT_EMPTY;
	bool closed = false, good;

	good = probe_bytes(&bytes, firing->probes, part(firing, "greeting"), why) &&
	       knock_raw(firing->session, bytes.bytes, bytes.length, &closed, why);
	ends(firing->shot, closed ? END_CLOSED : "SILENCE",
	     closed ? "the connection was closed" : "nothing was said");
	text_free(&bytes);
	return good;
}

static bool at_the_door(const struct firing *firing, struct failure *why)
{
	struct failure refused;

	if (!knock_with_a_strangers_key(firing->session, &refused, why))
		return false;
	ends(firing->shot, refused.code, refused.text);
	return true;
}

static bool start(struct firing *firing, struct shot *out, struct failure *why)
{
	*out = (struct shot){ 0 };
	firing->shot = out;
	return session_trader(firing->session, firing->probes->trader, &firing->trader, why);
}

bool fire(struct shot *out, struct session *session, const struct probes *probes,
	  const struct probe *probe, struct failure *why)
{
	static bool (*const ways[])(const struct firing *, struct failure *) = {
		[PROBE_MESSAGE] = as_client, [PROBE_FRAMES] = send_frames, [PROBE_ASK] = as_client,
		[PROBE_DOOR] = at_the_door,  [PROBE_GREETING] = greet,
	};
	struct firing firing = { .session = session, .probes = probes, .probe = probe };
	bool fired;

	if (!start(&firing, out, why))
		return false;
	firing.arena = arena_new();
	fired = ways[probe->means](&firing, why);
	arena_free(firing.arena);
	return fired;
}

bool fire_honest(struct shot *out, struct session *session, const struct probes *probes,
		 struct failure *why)
{
	struct firing firing = { .session = session, .probes = probes };
	bool fired;

	if (!start(&firing, out, why))
		return false;
	firing.arena = arena_new();
	fired = as_client(&firing, why);
	arena_free(firing.arena);
	return fired;
}
