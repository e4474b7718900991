/*
 * What a message costs the gateway, stage by stage, beside a floor measured in the same run: the
 * same work by the bare libraries, in a tight loop. CPU of one thread, microseconds a message,
 * median of several runs. Ratios can be compared between machines, microseconds cannot.
 *
 *	stages				1, 10 and 50 items on the import declaration
 *	stages write ITEMS COUNT DIR	COUNT such declarations, for others to send
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <time.h>

#include "accept/accept.h"
#include "counter.h"
#include "people.h"

#define RUNS  7
#define LEAST 60000 /* us of CPU that one run takes at least */
#define BATCH 64

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, by_size);
	return values[count / 2];
}

/* ---- the declaration ---------------------------------------------------------------------- */

static char *with(struct arena *arena, const char *text, const char *element, long long value)
{
	const char *open = strstr(text, arena_printf(arena, "<%s", element));
	const char *start, *end;

	assert_non_null(open);
	start = strchr(open, '>') + 1;
	end = strchr(start, '<');
	return arena_printf(arena, "%.*s%lld%s", (int)(start - text), text, value, end);
}

/* The sample with its first item so many times, all totals right. */
static char *declared(struct arena *arena, int items)
{
	static const char open[] = "    <GovernmentAgencyGoodsItem>";
	static const char close[] = "</GovernmentAgencyGoodsItem>\n";
	char *sample = declaration(arena, SHRIMP, "BENCH");
	const char *first = strstr(sample, open), *end = strstr(first, close) + strlen(close);
	const char *rest = end;
	const char *item = arena_copy(arena, first, (size_t)(end - first));
	struct text out = TEXT_EMPTY;
	char *text;

	while (strstr(rest, close) != NULL)
		rest = strstr(rest, close) + strlen(close);
	text_add_bytes(&out, sample, (size_t)(first - sample));
	for (int i = 1; i <= items; i++)
		text_add(&out, with(arena, item, "SequenceNumeric", i));
	text_add(&out, rest);
	text = arena_copy(arena, out.bytes, out.length);
	text_free(&out);
	text = with(arena, text, "GoodsItemQuantity", items);
	text = with(arena, text, "InvoiceAmount", 177300LL * items);
	text = with(arena, text, "TotalGrossMassMeasure", 19800LL * items);
	return with(arena, text, "TotalPackageQuantity", 1800LL * items);
}

/* ---- the gateway's stages ----------------------------------------------------------------- */

enum { OPEN, VERIFY, DATE, PARSE, RECOGNISE, VALIDATE, CHECK, ANSWER, JOURNAL, STEPS };

static const struct {
	const char *name;
	accept_stage *stage;
} stages[] = {
	[OPEN] = { "open", accept_open },
	[VERIFY] = { "verify", accept_verify },
	[DATE] = { "date", accept_date },
	[PARSE] = { "parse", accept_parse },
	[RECOGNISE] = { "recognise", accept_recognise },
	[VALIDATE] = { "validate", accept_validate },
	[CHECK] = { "check", accept_check },
	[ANSWER] = { "answer", accept_answer },
	[JOURNAL] = { "journal", NULL },
};

static struct message *taken(const struct letter *letter, gateway_time at)
{
	struct message *message = message_new(at);

	message->parcel = (struct parcel){ .verb = VERB_SUBMIT,
					   .envelope = letter->cover.start,
					   .envelope_length = letter->cover.length,
					   .payload = (const unsigned char *)letter->payload,
					   .payload_length = letter->payload_length };
	snprintf(message->parcel.party, sizeof message->parcel.party, "%s", letter->from);
	return message;
}

static void walk(const struct house *house, struct message *message, double *spent)
{
	double before = cpu_us(), after;
	struct failure why;

	for (size_t i = OPEN; i < JOURNAL; i++) {
		must(stages[i].stage(house, message, &why), &why);
		after = cpu_us();
		spent[i] += after - before;
		before = after;
	}
}

/* A batch as the journal's thread works it off: 64 messages, one commit. CPU, not the disk's time. */
static double file_batch(struct counter *counter, const char *payload)
{
	double before;
	struct slip *slip;
	struct failure why;
	double ignored[STEPS] = { 0 };

	for (int i = 0; i < BATCH; i++) {
		char *text;
		struct letter *letter;

		text = replaced(
			counter->arena, payload, "<FunctionalReferenceID>BENCH",
			arena_printf(counter->arena, "<FunctionalReferenceID>B%.20s",
				     (const char *)letter_new(counter->arena, TRADER, "X", "")
					     ->envelope.id));
		letter = letter_sealed(counter->arena, TRADER, "DEC-IMP", text);
		slip = slip_new(SLIP_FILE);
		slip->message = taken(letter, MORNING);
		walk(&counter->gateway.house, slip->message, ignored);
		queue_put(counter->gateway.desk, slip);
	}
	before = cpu_us();
	must(clerk_begin(&counter->clerk, &why), &why);
	for (int i = 0; i < BATCH; i++) {
		atomic_fetch_add(&counter->gateway.inside, 1);
		must(clerk_handle(&counter->clerk, queue_take(counter->gateway.desk, 0), &why),
		     &why);
	}
	must(clerk_commit(&counter->clerk, &why), &why);
	before = (cpu_us() - before) / BATCH;
	while ((slip = queue_take(counter->gateway.out, 0)) != NULL)
		slip_free(slip);
	return before;
}

/* ---- floors ------------------------------------------------------------------------------- */

struct floor_work {
	const struct letter *letter;
	const char *payload;
	size_t length;
	xmlDocPtr tree;
	xmlSchemaPtr schema;
	EVP_PKEY *key;
	unsigned char signature[128];
	size_t signature_length;
	sqlite3 *store;
	sqlite3_stmt *insert;
};

static xmlDocPtr read_xml(const void *bytes, size_t length)
{
	return xmlReadMemory(bytes, (int)length, "x", NULL, XML_PARSE_NONET);
}

static void floor_open(struct floor_work *work)
{
	xmlFreeDoc(read_xml(work->letter->cover.start, work->letter->cover.length));
}

static void hash(const void *bytes, size_t length)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size;

	EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL);
}

/* Both references hashed, and one signature checked. */
static void floor_verify(struct floor_work *work)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	hash(work->payload, work->length);
	hash(work->letter->cover.start, work->letter->cover.length);
	EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, work->key);
	assert_int_equal(EVP_DigestVerify(context, work->signature, work->signature_length,
					  work->letter->cover.start, 600),
			 1);
	EVP_MD_CTX_free(context);
}

static void floor_parse(struct floor_work *work)
{
	xmlFreeDoc(read_xml(work->payload, work->length));
}

static void floor_validate(struct floor_work *work)
{
	xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(work->schema);

	assert_int_equal(xmlSchemaValidateDoc(context, work->tree), 0);
	xmlSchemaFreeValidCtxt(context);
}

/* One walk over the tree, however many rules look at it. */
static void floor_check(struct floor_work *work)
{
	xmlXPathContextPtr context = xmlXPathNewContext(work->tree);

	xmlXPathFreeObject(xmlXPathEval((const xmlChar *)"count(//*)", context));
	xmlXPathFreeContext(context);
}

static void floor_answer(struct floor_work *work)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = sizeof work->signature;

	hash(work->payload, 900);
	EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, work->key);
	EVP_DigestSign(context, work->signature, &length, work->letter->cover.start, 600);
	work->signature_length = length;
	EVP_MD_CTX_free(context);
}

/* The bytes of a message and its receipt, in one row, 64 to a commit. */
static void floor_journal(struct floor_work *work)
{
	sqlite3_exec(work->store, "BEGIN", NULL, NULL, NULL);
	for (int i = 0; i < BATCH; i++) {
		sqlite3_bind_blob(work->insert, 1, work->letter->cover.start,
				  (int)work->letter->cover.length, SQLITE_STATIC);
		sqlite3_bind_blob(work->insert, 2, work->payload, (int)work->length, SQLITE_STATIC);
		sqlite3_bind_blob(work->insert, 3, work->letter->cover.start,
				  (int)work->letter->cover.length, SQLITE_STATIC);
		sqlite3_step(work->insert);
		sqlite3_reset(work->insert);
	}
	sqlite3_exec(work->store, "COMMIT", NULL, NULL, NULL);
}

static const struct {
	void (*work)(struct floor_work *work);
	int messages; /* in one call */
	const char *what;
} floors[STEPS] = {
	[OPEN] = { floor_open, 1, "libxml2 parses the envelope" },
	[VERIFY] = { floor_verify, 1, "two SHA-256, one EVP verify (P-256)" },
	[PARSE] = { floor_parse, 1, "libxml2 parses the payload" },
	[VALIDATE] = { floor_validate, 1, "libxml2 validates the tree" },
	[CHECK] = { floor_check, 1, "one XPath walk over the tree" },
	[ANSWER] = { floor_answer, 1, "one SHA-256, one EVP sign (P-256)" },
	[JOURNAL] = { floor_journal, BATCH, "SQLite: one row each, 64 a commit" },
};

static double floor_of(struct floor_work *work, size_t step)
{
	double runs[RUNS];

	if (floors[step].work == NULL)
		return 0;
	for (size_t i = 0; i < RUNS; i++) {
		double began = cpu_us(), now;
		long count = 0;

		do {
			floors[step].work(work);
			count += floors[step].messages;
			now = cpu_us();
		} while (now - began < LEAST / 4.0);
		runs[i] = (now - began) / (double)count;
	}
	return median(runs, RUNS);
}

static void prepare(struct floor_work *work, const char *store)
{
	struct failure why;
	xmlSchemaParserCtxtPtr context;

	must(document_allow_files("schemas", &why), &why);
	context = xmlSchemaNewParserCtxt("schemas/dec-imp/dec-imp-1.xsd");
	work->schema = xmlSchemaParse(context);
	xmlSchemaFreeParserCtxt(context);
	document_forbid_files();
	work->tree = read_xml(work->payload, work->length);
	work->key = EVP_EC_gen("P-256");
	floor_answer(work);
	assert_int_equal(sqlite3_open(store, &work->store), SQLITE_OK);
	sqlite3_exec(work->store,
		     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		     "CREATE TABLE m(n INTEGER PRIMARY KEY, a BLOB, b BLOB, c BLOB)",
		     NULL, NULL, NULL);
	assert_int_equal(sqlite3_prepare_v2(work->store,
					    "INSERT INTO m(a, b, c) VALUES(?1, ?2, ?3)", -1,
					    &work->insert, NULL),
			 SQLITE_OK);
}

static void give_back(struct floor_work *work)
{
	sqlite3_finalize(work->insert);
	sqlite3_close(work->store);
	EVP_PKEY_free(work->key);
	xmlFreeDoc(work->tree);
	xmlSchemaFree(work->schema);
}

/* ---- the table ---------------------------------------------------------------------------- */

static void measure(struct counter *counter, const struct letter *letter, const char *payload,
		    double *out)
{
	static double runs[STEPS][RUNS];

	for (size_t run = 0; run < RUNS; run++) {
		double spent[STEPS] = { 0 }, began = cpu_us();
		long count = 0;

		do {
			struct message *message = taken(letter, MORNING);

			walk(&counter->gateway.house, message, spent);
			message_free(message);
			count++;
		} while (cpu_us() - began < LEAST);
		for (size_t i = 0; i < JOURNAL; i++)
			runs[i][run] = spent[i] / (double)count;
		runs[JOURNAL][run] = file_batch(counter, payload);
	}
	for (size_t i = 0; i < STEPS; i++)
		out[i] = median(runs[i], RUNS);
}

static void show(int items, size_t bytes, const double *stage, const double *floor)
{
	double all = 0, bare = 0;

	printf("%d items, %zu bytes\n", items, bytes);
	printf("  %-10s %10s %10s %7s  %s\n", "STAGE", "US", "FLOOR US", "RATIO", "FLOOR");
	for (size_t i = 0; i < STEPS; i++) {
		all += stage[i];
		bare += floor[i];
		printf("  %-10s %10.1f ", stages[i].name, stage[i]);
		if (floors[i].work == NULL)
			printf("%10s %7s  none: nothing that a library would do\n", "-", "-");
		else
			printf("%10.1f %7.1f  %s\n", floor[i], stage[i] / floor[i], floors[i].what);
	}
	printf("  %-10s %10.1f %10.1f %7.1f\n\n", "all", all, bare, all / bare);
}

static void bench(int items)
{
	double stage[STEPS], floor[STEPS];
	struct counter *counter;
	struct floor_work work = { 0 };
	void *state;

	counter_open(&state);
	counter = state;
	work.payload = declared(counter->arena, items);
	work.length = strlen(work.payload);
	work.letter = letter_sealed(counter->arena, TRADER, "DEC-IMP", work.payload);
	measure(counter, work.letter, work.payload, stage);
	prepare(&work, scratch_path(counter->scratch, "floor.db"));
	for (size_t i = 0; i < STEPS; i++)
		floor[i] = floor_of(&work, i);
	show(items, work.length, stage, floor);
	give_back(&work);
	counter_close(&state);
}

static int standard[] = { 1, 10, 50 };

static void bench_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(standard); i++)
		bench(standard[i]);
}

/* Payloads for others to send, each under a reference of its own. */
static int write_all(int items, int count, const char *folder)
{
	struct arena *arena = arena_new();
	char *text = declared(arena, items);

	for (int i = 0; i < count; i++) {
		FILE *file = fopen(arena_printf(arena, "%s/%d.xml", folder, i), "w");

		assert_non_null(file);
		fputs(replaced(arena, text, "<FunctionalReferenceID>BENCH",
			       arena_printf(arena, "<FunctionalReferenceID>B-%d-%d", items, i)),
		      file);
		fclose(file);
	}
	arena_free(arena);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest all[] = { cmocka_unit_test(bench_all) };

	if (argc == 5 && strcmp(argv[1], "write") == 0)
		return write_all(atoi(argv[2]), atoi(argv[3]), argv[4]);
	return cmocka_run_group_tests(all, people_gather, counter_leave);
}
