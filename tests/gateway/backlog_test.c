/* A gateway that starts again over a long queue: how soon it is there, and how soon it serves. */
#include <sys/resource.h>

#include "core/clock.h"
#include "telephone.h"

/* The bounds are for a machine that does much else, and for a sanitizer. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BACKLOG	  2000
#define READY_MS  20000
#define MEMORY_MB 2000
#else
#define BACKLOG	  100000
#define READY_MS  5000
#define MEMORY_MB 300
#endif

/* Due by now, each in a conversation of its own, for somebody who is not there. */
static void wait_for(struct journal *journal, const char *payload, const char *id)
{
	struct failure why;

	must(journal_append(journal, MORNING, &why, "delivery", "delivery", id, "party", CUSTOMS,
			    "push", "1", "kind", "DEC-IMP", "declarant", TRADER, "conversation", id,
			    "cause", id, "payload", payload, "environment", "TEST", "created",
			    "1393380000000", "expires", "1395972000000", "due", "1393380000000",
			    NULL),
	     &why);
}

static void fill(struct exchange *exchange)
{
	const char *text = declaration(exchange->arena, MACHINE, "R0");
	struct bytes payload = { (const unsigned char *)text, strlen(text) };
	char digest[DIGEST_TEXT_SIZE], id[64];
	struct journal *journal;
	struct failure why;

	must(journal_open(&journal, exchange->journal_path, GATEWAY, &why) &&
		     journal_begin(journal, &why) && journal_body(journal, payload, digest, &why),
	     &why);
	for (int i = 0; i < BACKLOG; i++) {
		snprintf(id, sizeof id, "%08d-0000-4000-8000-000000000000", i);
		wait_for(journal, digest, id);
	}
	must(journal_commit(journal, &why), &why);
	journal_close(journal);
}

static long memory_mb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss / 1024;
}

static void test_a_long_queue_delays_neither_the_start_nor_new_business(void **state)
{
	struct exchange *exchange = *state;
	uint64_t begun, ready, served;
	struct call *trader, *customs;

	fill(exchange);
	begun = monotonic_ms();
	exchange_start(exchange);
	trader = call_open(exchange, TRADER, 0);
	ready = monotonic_ms() - begun;
	(void)call_says(trader,
			letter_sealed(exchange->arena, TRADER, "DEC-IMP",
				      declaration(exchange->arena, MACHINE, "R1")),
			VERB_RECEIPT);
	served = monotonic_ms() - begun;
	print_message("%d deliveries wait: ready after %llu ms, a receipt after %llu ms, %ld MB\n",
		      BACKLOG, (unsigned long long)ready, (unsigned long long)served, memory_mb());
	assert_true(ready < READY_MS);
	assert_true(served < 2 * READY_MS);
	assert_true(memory_mb() < MEMORY_MB);

	customs = call_open(exchange, CUSTOMS, 8); /* and who they wait for gets one of them */
	assert_non_null(strstr(call_delivery(customs).id, "-0000-4000-8000-000000000000"));
	call_close(customs);
	call_close(trader);
}

#define IN_SERVICE(test) cmocka_unit_test_setup_teardown(test, exchange_open, exchange_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SERVICE(test_a_long_queue_delays_neither_the_start_nor_new_business),
	};

	return cmocka_run_group_tests(tests, people_gather, people_leave);
}
