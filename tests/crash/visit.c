#include "visit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/bus.h"
#include "core/envelope.h"
#include "judge.h"

#define NEW_OF_A_ROUND	5
#define ROUND_MS	900 /* a round in which no crash comes */
#define FETCH_EVERY_MS	40
#define REPEAT_AFTER_MS 400 /* what has no answer is sent again */

struct visit { /* one connection to one life of the gateway */
	struct harness *harness;
	struct link *link;
	pid_t gateway;
	bool welcome, adapter_killed;
	gateway_time time;
	uint64_t told_at, next_fetch, next_repeat, fetched_at;
	struct arena *arena;
};

/* ---- messages ------------------------------------------------------------------------------ */

static void replace_element(struct text *text, const char *element, const char *value)
{
	struct text out = TEXT_EMPTY;
	char open[64], close[64];
	const char *from, *to;

	snprintf(open, sizeof open, "<%s>", element);
	snprintf(close, sizeof close, "</%s>", element);
	from = strstr(text->bytes, open);
	to = from != NULL ? strstr(from, close) : NULL;
	if (to == NULL)
		give_up("the sample has no", element);
	text_add_bytes(&out, text->bytes, (size_t)(from - text->bytes) + strlen(open));
	text_add(&out, value);
	text_add(&out, to);
	text_free(text);
	*text = out;
}

static void seal(struct visit *visit, struct entry *entry)
{
	const struct signing_key *key;
	struct failure why;
	gateway_time now = visit->time + (gateway_time)(monotonic_ms() - visit->told_at);
	struct envelope envelope = {
		.id = entry->id,
		.conversation = entry->conversation,
		.from = TRADER,
		.to = GATEWAY,
		.kind = "DEC-IMP",
		.environment = "TEST",
		.created = now,
		.expires = now + ENVELOPE_LIFETIME_MAX,
		.payload_type = "application/xml",
		.payload_size = strlen(entry->payload),
	};

	if (!keyring_signing_key(visit->harness->keyring, TRADER, now, &key, &why) ||
	    !envelope_seal(&entry->envelope, &envelope, entry->payload, strlen(entry->payload), key,
			   &why))
		give_up("cannot sign", why.text);
}

static void send_entry(struct visit *visit, struct entry *entry)
{
	struct failure why;

	if (!link_send(visit->link, VERB_SUBMIT, entry->envelope.bytes, entry->envelope.length,
		       entry->payload, strlen(entry->payload), &why))
		return; /* full: it is sent again later */
}

static void write_new(struct visit *visit)
{
	struct harness *harness = visit->harness;
	struct entry *entry = books_add(&harness->books);
	struct text payload = TEXT_EMPTY;

	text_add(&payload, harness->samples[draw_below(harness, SAMPLES)].bytes);
	snprintf(entry->reference, sizeof entry->reference, "CRASH-%zu", ++harness->references);
	replace_element(&payload, "FunctionalReferenceID", entry->reference);
	if (draw(harness) < 0.1) /* an invalid one: refused, every time it is sent */
		replace_element(&payload, "TypeCode", "XXX");
	entry->payload = text_take(&payload);
	seal(visit, entry);
	send_entry(visit, entry);
}

/* A cancellation of a declaration whose number is known races its decisions. */
static void write_cancellation(struct visit *visit, const struct entry *of)
{
	char number[20], reference[40];
	struct text payload = TEXT_EMPTY;
	struct entry *entry;
	const char *after;

	snprintf(number, sizeof number, "%s", of->number);
	snprintf(reference, sizeof reference, "%s", of->reference);
	text_add(&payload, of->payload);
	entry = books_add(&visit->harness->books); /* `of` may have moved */
	entry->cancels = true;
	snprintf(entry->reference, sizeof entry->reference, "%s", reference);
	replace_element(&payload, "FunctionCode", "1");
	after = strstr(payload.bytes, "</FunctionalReferenceID>") +
		strlen("</FunctionalReferenceID>");
	{
		struct text whole = TEXT_EMPTY;

		text_add_bytes(&whole, payload.bytes, (size_t)(after - payload.bytes));
		text_printf(&whole, "<ID>%s</ID>", number);
		text_add(&whole, after);
		text_free(&payload);
		payload = whole;
	}
	after = strstr(payload.bytes, "</TypeCode>") + strlen("</TypeCode>");
	{
		struct text whole = TEXT_EMPTY;

		text_add_bytes(&whole, payload.bytes, (size_t)(after - payload.bytes));
		text_add(&whole, "<VersionID>1</VersionID>");
		text_add(&whole, after);
		text_free(&payload);
		payload = whole;
	}
	entry->payload = text_take(&payload);
	seal(visit, entry);
	send_entry(visit, entry);
}

/* ---- what comes back ----------------------------------------------------------------------- */

static bool open_parcel(struct visit *visit, const struct parcel *parcel, struct envelope *out)
{
	struct signature signature;
	struct failure why;

	if (envelope_open(out, &signature, visit->arena, parcel->envelope, parcel->envelope_length,
			  parcel->payload, parcel->payload_length, visit->harness->keyring,
			  wall_now() < 0 ? 0 : visit->time, &why))
		return true;
	violated(&visit->harness->books, "what the gateway says is signed by it", why.code,
		 why.text);
	return false;
}

static void take_answer(struct visit *visit, const struct parcel *parcel)
{
	struct books *books = &visit->harness->books;
	enum outcome outcome = parcel->verb == VERB_RECEIPT ? RECEIPTED : REFUSED;
	struct digest answer = digest_of(parcel->envelope, parcel->envelope_length);
	struct envelope envelope;
	struct entry *entry;

	if (parcel->envelope_length == 0 || !open_parcel(visit, parcel, &envelope))
		return;
	entry = envelope.ref != NULL ? books_find(books, envelope.ref) : NULL;
	if (entry == NULL) {
		violated(books, "an answer names what was sent",
			 envelope.ref != NULL ? envelope.ref : "-", NULL);
		return;
	}
	if (entry->outcome == RECEIPTED && outcome == REFUSED)
		violated(books, "what was receipted is not refused", entry->id, NULL);
	if (entry->outcome == RECEIPTED && outcome == RECEIPTED) {
		entry->answered_twice = true;
		if (memcmp(&entry->answer, &answer, sizeof answer) != 0)
			violated(books, "the same receipt, byte for byte", entry->id, NULL);
	}
	entry->outcome = outcome;
	entry->answer = answer;
}

static void take_response(struct visit *visit, const struct envelope *envelope,
			  const struct parcel *parcel)
{
	struct books *books = &visit->harness->books;
	struct digest payload = digest_of(parcel->payload, parcel->payload_length);
	struct response *response;
	struct document *document;
	struct failure why;

	for (size_t i = 0; i < books->response_count; i++) {
		if (strcmp(books->responses[i].id, envelope->id) != 0)
			continue;
		if (memcmp(&books->responses[i].payload, &payload, sizeof payload) != 0)
			violated(books, "a response fetched twice is the same", envelope->id, NULL);
		return;
	}
	books->responses = must_realloc(books->responses,
					(books->response_count + 1) * sizeof *books->responses);
	response = &books->responses[books->response_count++];
	memset(response, 0, sizeof *response);
	snprintf(response->id, sizeof response->id, "%s", envelope->id);
	response->payload = payload;
	if (!document_parse(&document, "response", parcel->payload, parcel->payload_length,
			    &document_limits_message, &why)) {
		violated(books, "a response is XML", envelope->id, why.text);
		return;
	}

	xmlNodePtr root = document_root(document);
	xmlNodePtr position = child_named(root, "JournalPosition");
	xmlNodePtr declaration = child_named(root, "Declaration");
	const char *reference = child_text(visit->arena, root, "FunctionalReferenceID");
	const char *result = child_text(visit->arena, root, "ResultCode");
	const char *number =
		declaration != NULL ? child_text(visit->arena, declaration, "ID") : NULL;
	struct entry *entry = reference != NULL ? books_by_reference(books, reference) : NULL;

	if (position != NULL) {
		const char *sequence = child_text(visit->arena, position, "Sequence");
		const char *head = child_text(visit->arena, position, "Head");

		snprintf(response->sequence, sizeof response->sequence, "%s",
			 sequence != NULL ? sequence : "0");
		snprintf(response->head, sizeof response->head, "%s", head != NULL ? head : "");
	}
	if (entry == NULL) {
		violated(books, "a response names a declaration of ours", envelope->id, reference);
	} else {
		if (number != NULL)
			snprintf(entry->number, sizeof entry->number, "%s", number);
		if (strcmp(result, "AP") == 0 || strcmp(result, "RE") == 0) {
			if (entry->final[0] != '\0')
				violated(books, "a declaration has one end", entry->id, result);
			snprintf(entry->final, sizeof entry->final, "%s", result);
		}
	}
	document_free(document);
}

static void take_delivery(struct visit *visit, const struct parcel *parcel)
{
	struct envelope envelope;
	struct failure why;

	if (!open_parcel(visit, parcel, &envelope))
		return;
	take_response(visit, &envelope, parcel);
	visit->fetched_at = monotonic_ms();
	if (!link_send(visit->link, VERB_ACK, NULL, 0, envelope.id, strlen(envelope.id), &why))
		return; /* it stays in the mailbox and comes again */
}

static void take_welcome(struct visit *visit, const struct parcel *parcel)
{
	char *lines = arena_copy(visit->arena, parcel->payload, parcel->payload_length);
	char *time = strstr(lines, "time=");
	struct failure why;

	if (time == NULL)
		give_up("WELCOME has no", "time");
	time += strlen("time=");
	time[strcspn(time, "\n")] = '\0';
	if (!time_parse(time, &visit->time, &why))
		give_up("WELCOME", why.text);
	visit->told_at = monotonic_ms();
	visit->welcome = true;
}

static void take(struct visit *visit, const struct parcel *parcel)
{
	if (parcel->verb == VERB_WELCOME)
		take_welcome(visit, parcel);
	else if (parcel->verb == VERB_RECEIPT || parcel->verb == VERB_REFUSAL)
		take_answer(visit, parcel);
	else if (parcel->verb == VERB_DELIVER)
		take_delivery(visit, parcel);
}

/* ---- a visit ------------------------------------------------------------------------------- */

static void say(struct visit *visit, enum verb verb, const char *payload)
{
	struct failure why;

	if (!link_send(visit->link, verb, NULL, 0, payload, strlen(payload), &why))
		return; /* said again at the next turn */
}

static void listen_once(struct visit *visit)
{
	struct parcel parcel;
	struct failure why;
	bool got;

	arena_free(visit->arena);
	visit->arena = arena_new();
	if (!link_receive(visit->link, visit->arena, &parcel, &got, 10, &why)) {
		if (why.verdict == REJECT)
			give_up(why.code, why.text);
		return;
	}
	if (got)
		take(visit, &parcel);
}

static void do_regularly(struct visit *visit)
{
	struct books *books = &visit->harness->books;
	uint64_t now = monotonic_ms();

	if (now >= visit->next_fetch) {
		visit->next_fetch = now + FETCH_EVERY_MS;
		say(visit, VERB_FETCH, "credit=16\n");
	}
	if (now < visit->next_repeat)
		return;
	visit->next_repeat = now + REPEAT_AFTER_MS;
	for (size_t i = 0; i < books->entry_count; i++)
		if (books->entries[i].outcome == UNANSWERED)
			send_entry(visit, &books->entries[i]);
}

static bool arrive(struct visit *visit, struct harness *harness, const struct fate *fate)
{
	struct link_settings settings = { .endpoint = harness->endpoint };
	char server[CURVE_TEXT_SIZE], public[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE];
	struct failure why;
	uint64_t until = monotonic_ms() + END_MS;

	*visit = (struct visit){ .harness = harness, .arena = arena_new() };
	visit->gateway = start_gateway(harness, fate);
	if (!keyring_curve(harness->keyring, GATEWAY, server, secret, &why) ||
	    !keyring_curve(harness->keyring, TRADER, public, secret, &why))
		give_up(why.code, why.text);
	settings.server_key = server;
	settings.public_key = public;
	settings.secret_key = secret;
	if (!link_open(&visit->link, &settings, &why))
		give_up(why.code, why.text);
	say(visit, VERB_HELLO, "credit=0\n");
	while (lives(&visit->gateway) && !visit->welcome) {
		listen_once(visit);
		if (monotonic_ms() > until)
			give_up("the gateway does not answer", harness->state);
	}
	visit->next_repeat = 0;
	return visit->welcome;
}

static void leave(struct visit *visit)
{
	end(visit->gateway);
	link_close(visit->link);
	arena_free(visit->arena);
}

static void trade(struct visit *visit)
{
	struct harness *harness = visit->harness;
	struct books *books = &harness->books;

	for (size_t i = 0; i < NEW_OF_A_ROUND; i++)
		write_new(visit);
	/* One that was answered before, again; and now and then a cancellation. */
	if (books->entry_count > NEW_OF_A_ROUND)
		send_entry(visit, &books->entries[draw_below(harness, books->entry_count)]);
	for (size_t i = 0; i < books->entry_count && draw(harness) < 0.5; i++)
		if (books->entries[i].number[0] != '\0' && books->entries[i].final[0] == '\0' &&
		    !books->entries[i].cancels && draw(harness) < 0.3) {
			write_cancellation(visit, &books->entries[i]);
			break;
		}
}

/* A gateway ends by a kill, or in order and with a word about it: never by a fault of its own. */
static void judge_death(struct harness *harness, const struct fate *fate)
{
	int status = last_status();

	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		violated(&harness->books, "only a kill ends it out of order",
			 strsignal(WTERMSIG(status)), NULL);
	if (WIFEXITED(status) && fate->disk[0] == '\0')
		violated(&harness->books, "it ends by itself only where the disk fails",
			 harness->state, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		violated(&harness->books, "an end that nobody asked for is a failure", fate->disk,
			 NULL);
}

static void kill_adapter(struct harness *harness, const struct fate *fate, struct visit *visit,
			 uint64_t passed)
{
	if (visit->adapter_killed || fate->adapter_after < 0 ||
	    passed < (uint64_t)fate->adapter_after)
		return;
	end(harness->adapter_pid);
	start_adapter(harness);
	visit->adapter_killed = true;
}

static uint64_t length_of(const struct fate *fate)
{
	return fate->gateway_after >= 0 ? (uint64_t)fate->gateway_after : ROUND_MS;
}

bool live_through(struct harness *harness, const struct fate *fate)
{
	struct visit visit;
	uint64_t began;
	bool ended;

	if (arrive(&visit, harness, fate)) {
		trade(&visit);
		if (fate->second && !second_is_kept_out(harness))
			violated(&harness->books, "a second gateway is kept out and told why",
				 harness->state, NULL);
		began = monotonic_ms();
		while (lives(&visit.gateway) && monotonic_ms() - began < length_of(fate)) {
			kill_adapter(harness, fate, &visit, monotonic_ms() - began);
			do_regularly(&visit);
			listen_once(&visit);
		}
	}
	ended = !lives(&visit.gateway);
	if (ended)
		judge_death(harness, fate);
	leave(&visit);
	kill_adapter(harness, fate, &visit, ROUND_MS); /* both at once */
	return ended;
}

void settle(struct harness *harness)
{
	static const struct fate none = { .gateway_after = -1, .adapter_after = -1 };
	uint64_t until = monotonic_ms() + END_MS;
	uint64_t next_look = 0;
	struct visit visit;
	bool quiet = false;

	if (!arrive(&visit, harness, &none))
		violated(&harness->books, "the gateway starts after a crash", harness->state, NULL);
	while (lives(&visit.gateway) && !quiet && monotonic_ms() < until) {
		do_regularly(&visit);
		listen_once(&visit);
		if (monotonic_ms() < next_look || monotonic_ms() - visit.fetched_at < 100)
			continue;
		next_look = monotonic_ms() + 150;
		quiet = judge_quiet(harness->journal);
		for (size_t i = 0; i < harness->books.entry_count; i++)
			quiet = quiet && harness->books.entries[i].outcome != UNANSWERED;
	}
	leave(&visit);
	judge_end(&harness->books, harness->journal);
}
