#include "telephone.h"

/* ---- the gateway -------------------------------------------------------------------------- */

int exchange_open(void **state)
{
	struct exchange *exchange = must_alloc(sizeof *exchange);

	exchange->arena = arena_new();
	exchange->scratch = scratch_new();
	exchange->journal_path = scratch_path(exchange->scratch, "journal.db");
	exchange->settings = people_settings(exchange->arena, scratch_folder(exchange->scratch));
	*state = exchange;
	return 0;
}

int exchange_close(void **state)
{
	struct exchange *exchange = *state;

	exchange_stop(exchange);
	scratch_free(exchange->scratch);
	arena_free(exchange->arena);
	free(exchange);
	return 0;
}

static void *run(void *argument)
{
	struct exchange *exchange = argument;

	exchange->good = service_run(exchange->service, &exchange->why);
	return NULL;
}

void exchange_start(struct exchange *exchange)
{
	must(service_start(&exchange->service, &exchange->settings, &exchange->why),
	     &exchange->why);
	assert_int_equal(pthread_create(&exchange->thread, NULL, run, exchange), 0);
	exchange->running = true;
}

void exchange_stop(struct exchange *exchange)
{
	if (!exchange->running)
		return;
	exchange->running = false;
	service_stop(exchange->service);
	pthread_join(exchange->thread, NULL);
	service_free(exchange->service);
	exchange->service = NULL;
	must(exchange->good, &exchange->why);
}

void exchange_verify(struct exchange *exchange)
{
	struct journal_report report;

	if (!journal_verify(exchange->journal_path, NULL, &report, &exchange->why))
		fail_msg("%s: %s", exchange->why.code, report.finding);
}

/* ---- calling ------------------------------------------------------------------------------ */

struct call *call_open(struct exchange *exchange, const char *party, int credit)
{
	struct call *call = must_alloc(sizeof *call);
	char public_key[CURVE_TEXT_SIZE], secret_key[CURVE_TEXT_SIZE], server[CURVE_TEXT_SIZE];
	struct link_settings settings = {
		.endpoint = service_endpoint(exchange->service),
		.server_key = server,
		.public_key = public_key,
		.secret_key = secret_key,
	};
	struct failure why;

	call->exchange = exchange;
	call->party = party;
	must(keyring_curve(people_house.keyring, GATEWAY, server, NULL, &why) &&
		     keyring_curve(people_house.keyring, party, public_key, secret_key, &why) &&
		     link_open(&call->link, &settings, &why),
	     &why);
	call_send(call, VERB_HELLO, arena_printf(exchange->arena, "credit=%d\n", credit));
	(void)call_hears(call, VERB_WELCOME);
	return call;
}

void call_close(struct call *call)
{
	link_close(call->link);
	free(call->kept);
	free(call);
}

void call_send(struct call *call, enum verb verb, const char *payload)
{
	struct failure why;

	must(link_send(call->link, verb, NULL, 0, payload, strlen(payload), &why), &why);
}

void call_submit(struct call *call, const struct letter *letter)
{
	struct failure why;

	must(link_send(call->link, VERB_SUBMIT, letter->cover.start, letter->cover.length,
		       letter->payload, letter->payload_length, &why),
	     &why);
}

static bool is_answer(enum verb verb)
{
	return verb == VERB_RECEIPT || verb == VERB_REFUSAL || verb == VERB_BUSY;
}

/* VERB_UNKNOWN stands for any answer. */
static bool wanted(enum verb verb, enum verb heard)
{
	return verb == VERB_UNKNOWN ? is_answer(heard) : verb == heard;
}

static bool from_kept(struct call *call, enum verb verb, struct parcel *out)
{
	for (size_t i = 0; i < call->kept_count; i++) {
		if (!wanted(verb, call->kept[i].verb))
			continue;
		*out = call->kept[i];
		memmove(&call->kept[i], &call->kept[i + 1],
			(--call->kept_count - i) * sizeof *call->kept);
		return true;
	}
	return false;
}

static void keep(struct call *call, const struct parcel *parcel)
{
	if (call->kept_count == call->kept_room) {
		call->kept_room = 2 * call->kept_room + 16;
		call->kept = must_realloc(call->kept, call->kept_room * sizeof *call->kept);
	}
	call->kept[call->kept_count++] = *parcel;
}

struct parcel call_hears(struct call *call, enum verb verb)
{
	uint64_t until = monotonic_ms() + PATIENCE_MS;
	struct parcel parcel;
	struct failure why;
	bool got;

	if (from_kept(call, verb, &parcel))
		return parcel;
	while (monotonic_ms() < until) {
		must(link_receive(call->link, call->exchange->arena, &parcel, &got, PATIENCE_MS,
				  &why),
		     &why);
		if (got && wanted(verb, parcel.verb))
			return parcel;
		if (got)
			keep(call, &parcel);
	}
	fail_msg("%s never heard %s", call->party, verb_name(verb));
	return parcel;
}

struct parcel call_answer(struct call *call)
{
	return call_hears(call, VERB_UNKNOWN);
}

struct parcel call_says(struct call *call, const struct letter *letter, enum verb answer)
{
	struct parcel parcel;

	call_submit(call, letter);
	parcel = call_answer(call);
	if (parcel.verb != answer)
		fail_msg("%s: %s", verb_name(parcel.verb), (const char *)parcel.payload);
	return parcel;
}

struct envelope call_opened(struct call *call, const struct parcel *parcel)
{
	return opened(call->exchange->arena, parcel->envelope, parcel->envelope_length,
		      parcel->payload, parcel->payload_length, MORNING + HOUR);
}

struct envelope call_delivery(struct call *call)
{
	struct parcel parcel = call_hears(call, VERB_DELIVER);

	return call_opened(call, &parcel);
}

/* ---- asking ------------------------------------------------------------------------------- */

const char *call_asks(struct call *call, const char *question)
{
	call_send(call, VERB_ASK, question);
	return (const char *)call_hears(call, VERB_ROWS).payload;
}

static bool row_holds(struct arena *arena, const char *rows, const char *one, const char *other)
{
	for (const char *line = rows; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		const char *row = arena_printf(arena, "%.*s", (int)length, line);

		if (strstr(row, one) != NULL && strstr(row, other) != NULL)
			return true;
		line += length + (line[length] != '\0');
	}
	return false;
}

static long long end_of(const char *rows)
{
	const char *end = strstr(rows, "\"type\":\"end\"");
	const char *seq = end != NULL ? strstr(end, "\"seq\":") : NULL;

	if (seq == NULL)
		fail_msg("no end: %s", rows);
	return strtoll(seq + strlen("\"seq\":"), NULL, 10);
}

void call_follows(struct call *call, const char *one, const char *other)
{
	uint64_t until = monotonic_ms() + PATIENCE_MS;
	struct arena *arena = call->exchange->arena;
	long long seq = 0;

	while (monotonic_ms() < until) {
		const char *rows = call_asks(
			call,
			arena_printf(arena, "{\"ask\":\"events\",\"since\":%lld,\"wait\":20000}",
				     seq));

		if (row_holds(arena, rows, one, other))
			return;
		seq = end_of(rows);
	}
	fail_msg("%s with %s never happened", one, other);
}
