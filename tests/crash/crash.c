/*
 * crash - kills the gateway again and again, and holds it to its receipts.
 *
 *	crash --gateway NSWD --adapter NSW-ADAPTER --keys DIR --work DIR [--rounds N] [--seed S]
 *
 * One era is one state folder: some rounds, each of which starts the gateway, trades with it
 * and kills it, at a named crash point or at a random moment; then a last start without a
 * crash, in which everything must come to its end. NSWD is meant to be linked with vfs.c, so
 * that a kill is a power cut. The report names each crash point's rounds.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/bus.h"
#include "core/crash.h"
#include "core/envelope.h"
#include "core/log.h"
#include "judge.h"

#define TRADER		 "9900000016"
#define GATEWAY		 "NSW-VN"
#define ROUNDS_OF_AN_ERA 12
#define NEW_OF_A_ROUND	 5
#define ROUND_MS	 900   /* a round in which no crash comes */
#define END_MS		 20000 /* for everything to come to its end */
#define FETCH_EVERY_MS	 40
#define REPEAT_AFTER_MS	 400 /* what has no answer is sent again */

static const char *const samples[] = {
	"schemas/dec-imp/samples/machine-parts-japan.xml", /* customs alone decides */
	"schemas/dec-imp/samples/shrimp-thailand.xml",	   /* a ministry too */
};

struct harness {
	const char *gateway, *adapter, *keys, *work;
	const char *at; /* the one crash point to die at; NULL: each in its turn */
	size_t rounds;
	uint64_t seed, draws;
	char state[512], journal[600], endpoint[600];
	struct text samples[sizeof samples / sizeof *samples];
	struct keyring *keyring;
	struct books books;
	pid_t adapter_pid;
	size_t hits[CRASH_POINTS], random_kills, references, violations, messages, receipted;
};

struct visit { /* one connection to one life of the gateway */
	struct harness *harness;
	struct link *link;
	pid_t gateway;
	bool welcome;
	gateway_time time;
	uint64_t told_at, next_fetch, next_repeat, fetched_at;
	struct arena *arena;
};

/* What runs: no way out of the harness leaves it behind. */
static pid_t running[2];
enum { GATEWAY_RUNS, ADAPTER_RUNS };

static void end_all(void)
{
	for (size_t i = 0; i < sizeof running / sizeof *running; i++)
		if (running[i] > 0)
			kill(running[i], SIGKILL);
}

static void give_up(const char *what, const char *detail)
{
	fprintf(stderr, "crash harness: %s: %s\n", what, detail);
	exit(2);
}

static double draw(struct harness *harness)
{
	char seed[24], count[24];

	snprintf(seed, sizeof seed, "%llu", (unsigned long long)harness->seed);
	snprintf(count, sizeof count, "%llu", (unsigned long long)harness->draws++);
	return keyed_draw(seed, "crash", count, NULL);
}

static size_t draw_below(struct harness *harness, size_t limit)
{
	return (size_t)(draw(harness) * (double)limit);
}

/* ---- processes ----------------------------------------------------------------------------- */

/* posix_spawn() writes to neither list, it only says so badly. */
static pid_t start(const char *const argv[], const char *const environment[], const char *log)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log,
					 O_WRONLY | O_CREAT | O_APPEND, 0600);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			(char *const *)(uintptr_t)environment) != 0)
		give_up("cannot start", argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < sizeof running / sizeof *running; i++)
		running[i] = running[i] == pid ? 0 : running[i];
}

static void start_adapter(struct harness *harness)
{
	char seed[24], log[600];
	const char *argv[] = { harness->adapter,
			       "--profile",
			       "tests/crash/parties/mof.xml",
			       "--profile",
			       "tests/crash/parties/mard.xml",
			       "--connect",
			       harness->endpoint,
			       "--keys",
			       harness->keys,
			       "--kinds",
			       "schemas",
			       "--seed",
			       seed,
			       NULL };
	const char *none[] = { NULL };

	snprintf(seed, sizeof seed, "%llu", (unsigned long long)harness->seed);
	snprintf(log, sizeof log, "%s/adapter.log", harness->state);
	harness->adapter_pid = running[ADAPTER_RUNS] = start(argv, none, log);
}

/* `at` NULL: the gateway is left alone. */
static pid_t start_gateway(struct harness *harness, const char *at)
{
	char crash_at[64], hits[600], tear[64], log[600];
	const char *argv[] = { harness->gateway,
			       "--settings",
			       "tests/crash/settings.xml",
			       "--state",
			       harness->state,
			       "--keys",
			       harness->keys,
			       "--endpoint",
			       harness->endpoint,
			       NULL };
	const char *environment[] = { hits, tear, at != NULL ? crash_at : NULL, NULL };

	snprintf(crash_at, sizeof crash_at, "NSW_CRASH_AT=%s", at != NULL ? at : "");
	snprintf(hits, sizeof hits, "NSW_CRASH_LOG=%s/hits", harness->state);
	snprintf(tear, sizeof tear, "NSW_VFS_TEAR=%zu", draw_below(harness, 1000000));
	snprintf(log, sizeof log, "%s/nswd.log", harness->state);
	return running[GATEWAY_RUNS] = start(argv, environment, log);
}

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

	text_add(&payload,
		 harness->samples[draw_below(harness, sizeof samples / sizeof *samples)].bytes);
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

static bool gateway_lives(struct visit *visit)
{
	if (visit->gateway > 0 && waitpid(visit->gateway, NULL, WNOHANG) == visit->gateway)
		visit->gateway = running[GATEWAY_RUNS] = 0;
	return visit->gateway > 0;
}

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

static bool arrive(struct visit *visit, struct harness *harness, const char *crash_at)
{
	struct link_settings settings = { .endpoint = harness->endpoint };
	char server[CURVE_TEXT_SIZE], public[CURVE_TEXT_SIZE], secret[CURVE_TEXT_SIZE];
	struct failure why;
	uint64_t until = monotonic_ms() + END_MS;

	*visit = (struct visit){ .harness = harness, .arena = arena_new() };
	visit->gateway = start_gateway(harness, crash_at);
	if (!keyring_curve(harness->keyring, GATEWAY, server, secret, &why) ||
	    !keyring_curve(harness->keyring, TRADER, public, secret, &why))
		give_up(why.code, why.text);
	settings.server_key = server;
	settings.public_key = public;
	settings.secret_key = secret;
	if (!link_open(&visit->link, &settings, &why))
		give_up(why.code, why.text);
	say(visit, VERB_HELLO, "credit=0\n");
	while (gateway_lives(visit) && !visit->welcome) {
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

/* One life of the gateway, ended by the crash point, by chance, or after a while. */
static bool live_through(struct harness *harness, const char *crash_at, int random_after)
{
	uint64_t until;
	struct visit visit;
	bool crashed;

	if (arrive(&visit, harness, crash_at)) {
		trade(&visit);
		until = monotonic_ms() + (uint64_t)(random_after >= 0 ? random_after : ROUND_MS);
		while (gateway_lives(&visit) && monotonic_ms() < until) {
			do_regularly(&visit);
			listen_once(&visit);
		}
	}
	crashed = !gateway_lives(&visit);
	leave(&visit);
	return crashed;
}

/* The last life of an era: no crash, until all is quiet. */
static void settle(struct harness *harness)
{
	uint64_t until = monotonic_ms() + END_MS;
	uint64_t next_look = 0;
	struct visit visit;
	bool quiet = false;

	if (!arrive(&visit, harness, NULL))
		violated(&harness->books, "the gateway starts after a crash", harness->state, NULL);
	while (gateway_lives(&visit) && !quiet && monotonic_ms() < until) {
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

/* ---- eras ---------------------------------------------------------------------------------- */

static void count_hits(struct harness *harness)
{
	char path[600], line[64];
	FILE *hits;

	snprintf(path, sizeof path, "%s/hits", harness->state);
	hits = fopen(path, "r");
	while (hits != NULL && fgets(line, sizeof line, hits) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (int point = 0; point < CRASH_POINTS; point++)
			if (strcmp(crash_point_name((enum crash_point)point), line) == 0)
				harness->hits[point]++;
	}
	if (hits != NULL)
		fclose(hits);
	unlink(path);
}

/* Three rounds of four die at a named point, each in its turn; the fourth when chance says. */
static void one_round(struct harness *harness, size_t round, size_t *deaths)
{
	int point = (int)(round % CRASH_POINTS);
	double spread = round % 3 == 0 ? 3 : 40;
	double share = draw(harness);
	int passage = 1 + (int)(share * share * spread); /* early ones more often */
	char at[64];

	if (harness->adapter_pid > 0 && draw(harness) < 0.15) {
		end(harness->adapter_pid);
		start_adapter(harness);
	}
	if (round % 4 == 3) {
		live_through(harness, NULL, (int)draw_below(harness, 400));
		harness->random_kills++;
	} else {
		snprintf(at, sizeof at, "%s:%d",
			 harness->at != NULL ? harness->at
					     : crash_point_name((enum crash_point)point),
			 passage);
		if (live_through(harness, at, -1))
			deaths[point]++;
	}
	judge_crash(&harness->books, harness->journal);
	count_hits(harness);
	if (harness->books.violations != 0)
		printf("  in round %zu (seed %llu), state %s\n", round,
		       (unsigned long long)harness->seed, harness->state);
}

static void open_era(struct harness *harness, size_t era)
{
	snprintf(harness->state, sizeof harness->state, "%s/era-%zu", harness->work, era);
	snprintf(harness->journal, sizeof harness->journal, "%s/journal.db", harness->state);
	snprintf(harness->endpoint, sizeof harness->endpoint, "ipc://%s/bus", harness->state);
	if (mkdir(harness->state, 0700) != 0)
		give_up(strerror(errno), harness->state);
	start_adapter(harness);
}

static void close_era(struct harness *harness)
{
	if (harness->books.violations == 0)
		settle(harness);
	count_hits(harness);
	end(harness->adapter_pid);
	for (size_t i = 0; i < harness->books.entry_count; i++)
		harness->receipted += harness->books.entries[i].outcome == RECEIPTED;
	harness->messages += harness->books.entry_count;
	harness->violations += harness->books.violations;
	books_close(&harness->books);
}

static void run_all(struct harness *harness, size_t *deaths)
{
	/* The first violation is the one that tells: what follows from it is no news. */
	for (size_t round = 0; round < harness->rounds && harness->violations == 0; round++) {
		if (round % ROUNDS_OF_AN_ERA == 0)
			open_era(harness, round / ROUNDS_OF_AN_ERA);
		one_round(harness, round, deaths);
		if ((round + 1) % ROUNDS_OF_AN_ERA == 0 || round + 1 == harness->rounds ||
		    harness->books.violations != 0)
			close_era(harness);
	}
}

static bool report(const struct harness *harness, const size_t *deaths)
{
	size_t missed = 0;

	printf("%-18s %8s %8s\n", "crash point", "reached", "died");
	for (int point = 0; point < CRASH_POINTS; point++) {
		printf("%-18s %8zu %8zu\n", crash_point_name((enum crash_point)point),
		       harness->hits[point], deaths[point]);
		missed += harness->hits[point] == 0 ||
			  (deaths[point] == 0 && harness->rounds >= 20 * CRASH_POINTS);
	}
	printf("%-18s %8s %8zu\n", "at random", "", harness->random_kills);
	printf("%zu rounds, seed %llu: %zu messages, %zu receipted, %zu violations\n",
	       harness->rounds, (unsigned long long)harness->seed, harness->messages,
	       harness->receipted, harness->violations);
	if (missed != 0)
		printf("%zu crash points were never hit\n", missed);
	return harness->violations == 0 && (missed == 0 || harness->rounds < 2 * CRASH_POINTS);
}

/* ---- the command line ---------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{ "gateway", 'g', "NSWD", 0, "The gateway, linked with the forgetful disk", 0 },
	{ "adapter", 'a', "PROGRAM", 0, "nsw-adapter", 0 },
	{ "keys", 'k', "DIR", 0, "Keyring of the example PKI", 0 },
	{ "work", 'w', "DIR", 0, "Where the eras' state folders are made", 0 },
	{ "at", 'p', "POINT", 0, "Die at this crash point only", 0 },
	{ "rounds", 'n', "N", 0, "Rounds (34)", 0 },
	{ "seed", 's', "N", 0, "Seed of everything that is drawn (1)", 0 },
	{ 0 },
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct harness *harness = state->input;

	switch (key) {
	case 'g':
		harness->gateway = value;
		return 0;
	case 'a':
		harness->adapter = value;
		return 0;
	case 'k':
		harness->keys = value;
		return 0;
	case 'w':
		harness->work = value;
		return 0;
	case 'p':
		harness->at = value;
		return 0;
	case 'n':
		harness->rounds = strtoul(value, NULL, 10);
		return 0;
	case 's':
		harness->seed = strtoull(value, NULL, 10);
		return 0;
	case ARGP_KEY_END:
		if (harness->gateway == NULL || harness->adapter == NULL || harness->keys == NULL ||
		    harness->work == NULL || harness->rounds == 0)
			argp_error(state, "--gateway, --adapter, --keys and --work are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char *argv[])
{
	static const struct argp argp = {
		options, take_option, NULL, "Kills the gateway and holds it to its receipts.",
		NULL,	 NULL,	      NULL
	};
	struct harness harness = { .rounds = 2 * CRASH_POINTS, .seed = 1 };
	size_t deaths[CRASH_POINTS] = { 0 };
	struct failure why;
	bool good;

	argp_parse(&argp, argc, argv, 0, NULL, &harness);
	signal(SIGPIPE, SIG_IGN);
	atexit(end_all);
	setvbuf(stdout, NULL, _IOLBF, 0);
	document_setup();
	log_level(LOG_ERROR);
	if (!keyring_open(&harness.keyring, harness.keys, &why))
		give_up(why.code, why.text);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (!text_read_file(&harness.samples[i], samples[i], 1 << 20, &why))
			give_up(why.place, why.text);
	run_all(&harness, deaths);
	good = report(&harness, deaths);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		text_free(&harness.samples[i]);
	keyring_close(harness.keyring);
	return good ? 0 : 1;
}
