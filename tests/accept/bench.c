#include "accept/bench.h"

static const struct {
	const char *name;
	accept_stage *stage;
} stages[] = {
	{ "open", accept_open },	   { "verify", accept_verify },
	{ "date", accept_date },	   { "parse", accept_parse },
	{ "recognise", accept_recognise }, { "validate", accept_validate },
	{ "check", accept_check },
};

int bench_open(void **state)
{
	struct bench *bench = must_alloc(sizeof *bench);

	bench->arena = arena_new();
	bench->settings = people_settings(bench->arena, "nowhere");
	bench->house = people_house;
	bench->house.settings = &bench->settings;
	bench->at = MORNING + MINUTE;
	*state = bench;
	return 0;
}

int bench_close(void **state)
{
	struct bench *bench = *state;

	message_free(bench->message);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

struct letter *good_letter(struct bench *bench)
{
	return letter_new(bench->arena, TRADER, "DEC-IMP",
			  declaration(bench->arena, MACHINE, "R1"));
}

const char *walk(struct bench *bench, const struct letter *letter)
{
	struct message *message = message_new(bench->at);

	message_free(bench->message);
	bench->message = message;
	snprintf(message->parcel.party, sizeof message->parcel.party, "%s", letter->from);
	message->parcel.envelope = letter->cover.start;
	message->parcel.envelope_length = letter->cover.length;
	message->parcel.payload = (const unsigned char *)letter->payload;
	message->parcel.payload_length = letter->payload_length;
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		if (stages[i].stage(&bench->house, message, &message->why))
			continue;
		message->refused = true;
		return stages[i].name;
	}
	return NULL;
}

void assert_stops(struct bench *bench, const struct letter *letter, const char *stage,
		  const char *code)
{
	const char *stopped = walk(bench, letter);

	if (stopped == NULL)
		fail_msg("%s: nothing stopped it", code);
	if (strcmp(stopped, stage) != 0 || strcmp(bench->message->why.code, code) != 0)
		fail_msg("%s at %s: but %s at %s: %s", code, stage, bench->message->why.code,
			 stopped, bench->message->why.text);
}

void assert_passes(struct bench *bench, const struct letter *letter)
{
	const char *stopped = walk(bench, letter);

	if (stopped != NULL)
		fail_msg("%s: %s: %s", stopped, bench->message->why.code, bench->message->why.text);
}
