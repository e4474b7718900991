/* What an operator may ask: answers from a journal with a few declarations in it. */
#include "counter.h"

#include <sqlite3.h>

#include "control/control.h"
#include "core/row.h"

#define SHRIMP	    "shrimp-thailand"
#define MACHINE	    "machine-parts-japan"
#define PATIENCE_MS 30000
#define ROWS_MOST   200

/* A control room at work beside a counter; what it says and orders comes through queues. */
struct room {
	struct counter *counter;
	struct control *control;
	struct queue *answers; /* of struct text */
	char *ordered;	       /* "retry ID TAG by PARTY"; written by the control thread */
	struct arena *arena;
	struct row *rows[ROWS_MOST]; /* of the last answer */
	size_t count;
};

static void take_rows(void *gateway, const struct address *to, const struct text *rows)
{
	struct room *room = gateway;
	struct text *copy = must_alloc(sizeof *copy);

	(void)to;
	text_add(copy, "");
	text_add_bytes(copy, rows->bytes, rows->length);
	queue_put(room->answers, copy);
}

static void take_order(void *gateway, const struct address *from, const char *party,
		       const struct control_order *order)
{
	struct room *room = gateway;
	struct text rows = TEXT_EMPTY;

	text_printf(&rows, "%s %s by %s", order->name, order->id, party);
	room->ordered = text_take(&rows);
	control_write_done(&rows, order->tag, 1);
	take_rows(gateway, from, &rows);
	text_free(&rows);
}

static void tell_figures(void *gateway, struct control_figures *out)
{
	(void)gateway;
	*out = (struct control_figures){ 4, 3, 2, 1, 5 };
}

static void forget_rows(struct room *room)
{
	for (size_t i = 0; i < room->count; i++)
		row_free(room->rows[i]);
	room->count = 0;
}

static int open_room(void **state)
{
	struct room *room = must_alloc(sizeof *room);
	struct control_links links = { .gateway = room,
				       .endpoint = "ipc://here",
				       .reply = take_rows,
				       .order = take_order,
				       .figures = tell_figures };
	void *counter;
	struct failure why;

	counter_open(&counter);
	room->counter = counter;
	room->arena = arena_new();
	room->answers = queue_new();
	links.house = &room->counter->gateway.house;
	links.presence = room->counter->gateway.presence;
	links.journal_path = room->counter->journal_path;
	must(control_start(&room->control, &links, &why), &why);
	*state = room;
	return 0;
}

static int close_room(void **state)
{
	struct room *room = *state;
	void *counter = room->counter;
	struct text *text;

	control_stop(room->control);
	while ((text = queue_take(room->answers, 0)) != NULL) {
		text_free(text);
		free(text);
	}
	queue_free(room->answers);
	forget_rows(room);
	free(room->ordered);
	arena_free(room->arena);
	free(room);
	return counter_close(&counter);
}

/* ---- asking ------------------------------------------------------------------------------- */

static void put(struct room *room, const char *party, const char *question)
{
	control_ask(room->control, &(struct address){ .length = 1 }, party,
		    (const unsigned char *)question, strlen(question));
}

static void hear(struct room *room)
{
	struct text *text = queue_take(room->answers, PATIENCE_MS);
	struct failure why;

	assert_non_null(text);
	forget_rows(room);
	for (char *line = text->bytes; *line != '\0'; line += strcspn(line, "\n") + 1) {
		assert_in_range(room->count, 0, ROWS_MOST - 1);
		must(row_read(&room->rows[room->count++], line, strcspn(line, "\n"), &why), &why);
	}
	text_free(text);
	free(text);
}

static void ask(struct room *room, const char *question)
{
	put(room, OPERATOR, question);
	hear(room);
}

static void ask_about(struct room *room, const char *what, const char *id)
{
	ask(room, arena_printf(room->arena, "{\"ask\":\"%s\",\"id\":\"%s\"}", what, id));
}

static void assert_error(struct room *room, const char *code)
{
	assert_int_equal(room->count, 1);
	assert_string_equal(row_type(room->rows[0]), "error");
	assert_string_equal(row_get(room->rows[0], "code"), code);
	assert_string_equal(row_get(room->rows[0], "verdict"), "REJECT");
}

/* The nth row of a type; NULL past the last. */
static const struct row *row_of(const struct room *room, const char *type, size_t n)
{
	for (size_t i = 0; i < room->count; i++)
		if (strcmp(row_type(room->rows[i]), type) == 0 && n-- == 0)
			return room->rows[i];
	return NULL;
}

static size_t rows_of(const struct room *room, const char *type)
{
	size_t count = 0;

	while (row_of(room, type, count) != NULL)
		count++;
	return count;
}

static int64_t number(const struct row *row, const char *name)
{
	int64_t value = -1;

	assert_non_null(row);
	if (!row_get_number(row, name, &value))
		fail_msg("no number %s", name);
	return value;
}

/* ---- what there is to ask about ----------------------------------------------------------- */

static struct letter *lodge(struct room *room, const char *sample, const char *reference,
			    const char *run)
{
	struct counter *counter = room->counter;
	struct letter *letter = letter_new(counter->arena, TRADER, "DEC-IMP",
					   declaration(counter->arena, sample, reference));

	letter->envelope.run = run;
	letter_seal(letter, NULL);
	counter_accepts(counter, letter);
	return letter;
}

static struct letter *lodge_wrong(struct room *room)
{
	struct counter *counter = room->counter;
	char *text = declaration(counter->arena, MACHINE, "WRONG");
	struct letter *letter;

	text = replaced(counter->arena, text, "<TotalPackageQuantity>6<",
			"<TotalPackageQuantity>7<");
	text = replaced(counter->arena, text, "<TypeCode>A12<", "<TypeCode>B11<");
	letter = letter_sealed(counter->arena, TRADER, "DEC-IMP", text);
	(void)counter_say(counter, letter);
	return letter;
}

/* R1 cleared, R2 waiting for both, WRONG refused. */
static void a_morning(struct room *room)
{
	struct counter *counter = room->counter;
	struct envelope customs;

	lodge(room, MACHINE, "R1", "early");
	counter_connect(counter, CUSTOMS, 1, 1);
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &received);
	counter_answers(counter, CUSTOMS, &customs, &released);
	lodge(room, SHRIMP, "R2", "late");
	lodge_wrong(room);
}

/* ---- who, and what ------------------------------------------------------------------------ */

static void test_questions_that_are_none_are_refused_by_name(void **state)
{
	static const struct {
		const char *party, *question, *code;
	} rows[] = {
		{ OPERATOR, "", "CTL-001" },
		{ OPERATOR, "status", "CTL-001" },
		{ OPERATOR, "[]", "CTL-001" },
		{ OPERATOR, "{\"ask\":", "CTL-001" },
		{ OPERATOR, "{}", "CTL-005" },
		{ OPERATOR, "{\"ask\":\"weather\"}", "CTL-005" },
		{ OPERATOR, "{\"ask\":7}", "CTL-005" },
		{ OPERATOR, "{\"ask\":\"message\"}", "CTL-005" },
		{ OPERATOR, "{\"ask\":\"retry\"}", "CTL-005" },
		{ OPERATOR, "{\"ask\":\"drop\",\"id\":7}", "CTL-005" },
		{ OPERATOR, "{\"ask\":\"message\",\"id\":\"nobody\"}", "CTL-003" },
		{ OPERATOR, "{\"ask\":\"message\",\"id\":\"\"}", "CTL-003" },
		{ OPERATOR, "{\"ask\":\"export\",\"id\":\"nobody\"}", "CTL-003" },
		{ TRADER, "{\"ask\":\"status\"}", "CTL-002" },
		{ CUSTOMS, "{\"ask\":\"reload\"}", "CTL-002" },
		{ GATEWAY, "{\"ask\":\"status\"}", "CTL-002" },
		{ "", "{\"ask\":\"status\"}", "CTL-002" },
		{ TRADER, "no JSON either", "CTL-002" }, /* not even read */
	};
	struct room *room = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		put(room, rows[i].party, rows[i].question);
		hear(room);
		assert_error(room, rows[i].code);
	}
}

/* A question of `length` bytes: what follows the object is white space. */
static char *question_of(struct room *room, size_t length)
{
	static const char object[] = "{\"ask\":\"reload\",\"tag\":\"long\"}";
	char *question = arena_alloc(room->arena, length + 1);

	memset(question, ' ', length);
	memcpy(question, object, strlen(object));
	return question;
}

static void test_a_question_has_a_longest_length(void **state)
{
	struct room *room = *state;

	ask(room, question_of(room, 64 * 1024));
	assert_string_equal(row_type(room->rows[0]), "done");
	assert_string_equal(row_get(room->rows[0], "tag"), "long");
	ask(room, question_of(room, 64 * 1024 + 1));
	assert_error(room, "CTL-006");
	assert_null(row_get(room->rows[0], "tag"));
	put(room, TRADER, question_of(room, 64 * 1024 + 1));
	hear(room);
	assert_error(room, "CTL-002"); /* who asks comes first */
}

static void test_every_row_of_an_answer_repeats_the_tag(void **state)
{
	static const char *const questions[] = {
		"{\"ask\":\"status\",\"tag\":\"T\"}",
		"{\"ask\":\"messages\",\"tag\":\"T\"}",
		"{\"ask\":\"message\",\"id\":\"R2\",\"tag\":\"T\"}",
		"{\"ask\":\"events\",\"tag\":\"T\"}",
		"{\"ask\":\"export\",\"id\":\"R1\",\"tag\":\"T\"}",
		"{\"ask\":\"deliveries\",\"tag\":\"T\"}",
		"{\"ask\":\"reload\",\"tag\":\"T\"}",
		"{\"ask\":\"retry\",\"id\":\"MoF\",\"tag\":\"T\"}",
		"{\"ask\":\"weather\",\"tag\":\"T\"}",
	};
	struct room *room = *state;

	a_morning(room);
	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		ask(room, questions[i]);
		assert_int_not_equal(room->count, 0);
		for (size_t j = 0; j < room->count; j++) {
			assert_string_equal(row_get(room->rows[j], "tag"), "T");
			assert_int_equal(number(room->rows[j], "v"), 1);
		}
	}
}

static void test_an_answer_without_rows_has_a_tag_as_well(void **state)
{
	static const char *const questions[] = { "messages", "deliveries" };
	struct room *room = *state;

	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		ask(room,
		    arena_printf(room->arena, "{\"ask\":\"%s\",\"tag\":\"T\"}", questions[i]));
		assert_int_equal(room->count, 1);
		assert_string_equal(row_type(room->rows[0]), "none");
		assert_string_equal(row_get(room->rows[0], "tag"), "T");
	}
}

/* ---- status, messages, deliveries --------------------------------------------------------- */

static const struct row *party_row(const struct room *room, const char *id)
{
	const struct row *row;

	for (size_t i = 0; (row = row_of(room, "party", i)) != NULL; i++)
		if (strcmp(row_get(row, "id"), id) == 0)
			return row;
	fail_msg("no row for %s", id);
	return NULL;
}

/* All that the gateway delivers to, customs and the ministry apart. */
static void connect_the_rest(struct counter *counter)
{
	const struct parties *parties = counter->gateway.house.parties;

	for (size_t i = 0; i < parties_count(parties); i++) {
		const char *id = parties_at(parties, i)->id;

		if (parties_push(parties, id) && strcmp(id, CUSTOMS) != 0 &&
		    strcmp(id, MINISTRY) != 0)
			counter_connect(counter, id, (int)i + 10, 1);
	}
}

static void test_status_counts_what_waits_for_whom(void **state)
{
	struct room *room = *state;
	struct journal_head head;
	const struct row *gateway;

	a_morning(room);
	head = journal_head(room->counter->gateway.journal);
	ask(room, "{\"ask\":\"status\"}");
	gateway = row_of(room, "gateway", 0);
	assert_string_equal(row_get(gateway, "instance"), GATEWAY);
	assert_string_equal(row_get(gateway, "environment"), "TEST");
	assert_string_equal(row_get(gateway, "endpoint"), "ipc://here");
	assert_string_equal(row_get(gateway, "head"), head.hash);
	assert_int_equal(number(gateway, "seq"), head.seq);
	assert_int_equal(number(gateway, "accepted"), 4);
	assert_int_equal(number(gateway, "refused"), 3);
	assert_int_equal(number(gateway, "busy"), 2);
	assert_int_equal(number(gateway, "duplicates"), 1);
	assert_int_equal(number(gateway, "queued"), 5);
	assert_false(row_get_flag(gateway, "ready")); /* the ministry is not there */
	assert_true(row_get_flag(party_row(room, CUSTOMS), "connected"));
	assert_false(row_get_flag(party_row(room, MINISTRY), "connected"));
	assert_true(row_get_flag(party_row(room, MINISTRY), "expected"));
	assert_int_equal(number(party_row(room, CUSTOMS), "in_flight"), 1);
	assert_int_equal(number(party_row(room, MINISTRY), "waiting"), 1);
	assert_int_equal(rows_of(room, "gateway"), 1);

	counter_connect(room->counter, MINISTRY, 2, 1);
	ask(room, "{\"ask\":\"status\"}");
	assert_false(row_get_flag(row_of(room, "gateway", 0), "ready")); /* nor are others */
	connect_the_rest(room->counter);
	ask(room, "{\"ask\":\"status\"}");
	assert_true(row_get_flag(row_of(room, "gateway", 0), "ready"));
}

static void test_messages_are_found_by_what_is_asked(void **state)
{
	static const struct {
		const char *members;
		size_t count;
		const char *first; /* reference of the newest */
	} rows[] = {
		{ "", 3, "WRONG" },
		{ ",\"limit\":1", 1, "WRONG" },
		{ ",\"limit\":-1", 3, "WRONG" },
		{ ",\"state\":\"CLEARED\"", 1, "R1" },
		{ ",\"state\":\"REGISTERED\"", 1, "R2" },
		{ ",\"state\":\"REFUSED\"", 1, "WRONG" },
		{ ",\"state\":\"nothing\"", 0, NULL },
		{ ",\"failed\":true", 1, "WRONG" },
		{ ",\"party\":\"MARD\"", 1, "R2" },
		{ ",\"party\":\"MoF\"", 2, "R2" },
		{ ",\"party\":\"9900000023\"", 0, NULL },
		{ ",\"kind\":\"DEC-IMP\"", 3, "WRONG" },
		{ ",\"kind\":\"RES\"", 0, NULL },
		{ ",\"kind\":\"RES\",\"all\":true", 1, NULL },
		{ ",\"run\":\"early\"", 1, "R1" },
		{ ",\"run\":\"late\"", 1, "R2" },
		{ ",\"all\":true", 5, "WRONG" },
		{ ",\"state\":\"' OR 1=1 --\"", 0, NULL },
	};
	struct room *room = *state;

	a_morning(room);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ask(room, arena_printf(room->arena, "{\"ask\":\"messages\"%s}", rows[i].members));
		if (rows_of(room, "message") != rows[i].count)
			fail_msg("%s: %zu", rows[i].members, rows_of(room, "message"));
		if (rows[i].first != NULL)
			assert_string_equal(row_get(row_of(room, "message", 0), "reference"),
					    rows[i].first);
	}
	ask(room, "{\"ask\":\"messages\",\"state\":\"REFUSED\"}");
	assert_string_equal(row_get(row_of(room, "message", 0), "code"), "TOT-02");
}

static void test_deliveries_are_listed_by_party_and_state(void **state)
{
	static const struct {
		const char *members;
		size_t count;
	} rows[] = {
		{ "", 6 }, /* MoF twice, MARD once, three responses */
		{ ",\"party\":\"MoF\"", 2 },
		{ ",\"party\":\"MoF\",\"state\":\"DONE\"", 1 },
		{ ",\"state\":\"SENT\"", 1 },
		{ ",\"state\":\"DEAD\"", 0 },
		{ ",\"limit\":2", 2 },
	};
	struct room *room = *state;

	a_morning(room);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ask(room, arena_printf(room->arena, "{\"ask\":\"deliveries\"%s}", rows[i].members));
		if (rows_of(room, "delivery") != rows[i].count)
			fail_msg("%s: %zu", rows[i].members, rows_of(room, "delivery"));
	}
}

/* ---- one message -------------------------------------------------------------------------- */

static void test_a_message_has_many_names(void **state)
{
	struct room *room = *state;
	struct letter *letter = lodge(room, SHRIMP, "R2", NULL);
	struct journal_case case_ = counter_case(room->counter, "R2");
	const char *const names[] = { letter->envelope.id,
				      arena_printf(room->arena, "%.8s", letter->envelope.id),
				      case_.number, "R2", case_.id };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		ask_about(room, "message", names[i]);
		assert_int_equal(rows_of(room, "message"), 1);
		assert_string_equal(row_get(row_of(room, "message", 0), "id"), letter->envelope.id);
		assert_int_equal(rows_of(room, "task"), 3);
	}
	ask_about(room, "message", arena_printf(room->arena, "%.7s", letter->envelope.id));
	assert_error(room, "CTL-003");
}

/* Whatever a name looks like, it is compared and never interpreted. */
static void test_a_name_is_neither_a_pattern_nor_a_statement(void **state)
{
	static const char *const names[] = {
		"R1' OR '1'='1",
		"R1'; DROP TABLE record; --",
		"R_",
		"R%",
		"*",
		"../journal.db",
		"R1\\n",
		"R1\\u0000",
		"r1",
		"R1 ",
	};
	struct room *room = *state;

	lodge(room, SHRIMP, "R1", NULL);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		ask_about(room, "message", names[i]);
		if (room->count != 1 || strcmp(row_type(room->rows[0]), "error") != 0)
			fail_msg("%s: %zu rows", names[i], room->count);
		ask_about(room, "export", names[i]);
		assert_int_equal(rows_of(room, "body"), 0);
	}
	ask_about(room, "message", "nothing");
	assert_error(room, "CTL-003");
	ask_about(room, "message", "R1");
	assert_int_equal(rows_of(room, "message"), 1);
	counter_verify(room->counter);
}

static void test_a_name_is_looked_up_in_one_run_alone(void **state)
{
	static const struct {
		const char *question;
		size_t found;
	} rows[] = {
		{ "{\"ask\":\"message\",\"id\":\"R2\",\"run\":\"late\"}", 1 },
		{ "{\"ask\":\"message\",\"id\":\"R2\",\"run\":\"early\"}", 0 },
		{ "{\"ask\":\"message\",\"id\":\"R2\",\"run\":\"nobody's\"}", 0 },
	};
	struct room *room = *state;

	a_morning(room);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ask(room, rows[i].question);
		assert_int_equal(rows_of(room, "message"), rows[i].found);
		if (rows[i].found == 0)
			assert_error(room, "CTL-003");
	}
	ask(room, "{\"ask\":\"export\",\"id\":\"R2\",\"run\":\"early\"}");
	assert_error(room, "CTL-003");
}

static void test_faults_are_listed_with_what_they_struck(void **state)
{
	struct room *room = *state;
	struct counter *counter = room->counter;
	struct control_order add = { .name = "fault", .what = "add" };

	add.line = "mof drop first=2 document=DEC-IMP";
	(void)counter_order_with(counter, &add);
	add.line = "MARD delay by=2s every=3 probability=0.5 for=1h id=slow";
	add.run = "late";
	(void)counter_order_with(counter, &add);
	a_morning(room);

	ask(room, "{\"ask\":\"faults\"}");
	assert_int_equal(rows_of(room, "fault"), 2);
	assert_string_equal(row_get(room->rows[0], "id"), "f-1");
	assert_string_equal(row_get(room->rows[0], "party"), CUSTOMS);
	assert_string_equal(row_get(room->rows[0], "kind"), "drop");
	assert_string_equal(row_get(room->rows[0], "on"), "request");
	assert_string_equal(row_get(room->rows[0], "document"), "DEC-IMP");
	assert_string_equal(row_get(room->rows[0], "spec"),
			    "MoF drop on=request document=DEC-IMP first=2");
	assert_int_equal(number(room->rows[0], "first"), 2);
	assert_int_equal(number(room->rows[0], "seen"), number(room->rows[0], "fired"));
	assert_in_range(number(room->rows[0], "fired"), 1, 2);
	assert_null(row_get(room->rows[0], "until"));
	assert_string_equal(row_get(room->rows[1], "probability"), "0.5");
	assert_int_equal(number(room->rows[1], "every"), 3);
	assert_non_null(row_get(room->rows[1], "until"));

	ask(room, "{\"ask\":\"faults\",\"run\":\"late\"}");
	assert_int_equal(rows_of(room, "fault"), 1);
	assert_string_equal(row_get(room->rows[0], "id"), "slow");
	counter_at(counter, counter_now(counter) + 2 * HOUR);
	ask(room, "{\"ask\":\"faults\",\"run\":\"late\"}");
	assert_int_equal(rows_of(room, "fault"), 0);
}

static void test_who_is_switched_off_is_not_connected_and_not_missed(void **state)
{
	struct room *room = *state;
	struct counter *counter = room->counter;
	const struct row *party;

	counter_connect(counter, CUSTOMS, 1, 8);
	(void)counter_order_with(
		counter, &(struct control_order){ .name = "agency", .id = "mof", .what = "off" });
	ask(room, "{\"ask\":\"status\"}");
	for (size_t i = 0; (party = row_of(room, "party", i)) != NULL; i++) {
		bool customs = strcmp(row_get(party, "id"), CUSTOMS) == 0;

		assert_int_equal(row_get_flag(party, "off"), customs);
		if (customs)
			assert_false(row_get_flag(party, "connected"));
	}
}

static void test_a_name_that_fits_several_messages_is_refused(void **state)
{
	struct room *room = *state;
	struct counter *counter = room->counter;

	for (int i = 0; i < 2; i++) {
		const char *reference = arena_printf(room->arena, "R%d", i);
		struct letter *letter = letter_new(counter->arena, TRADER, "DEC-IMP",
						   declaration(counter->arena, MACHINE, reference));

		letter->envelope.id =
			arena_printf(room->arena, "11111111-1111-4111-8111-11111111111%d", i);
		letter_seal(letter, NULL);
		counter_accepts(counter, letter);
	}
	ask_about(room, "message", "11111111-1111");
	assert_error(room, "CTL-004");
	ask_about(room, "message", "11111111-1111-4111-8111-111111111111");
	assert_string_equal(row_get(row_of(room, "message", 0), "reference"), "R1");
}

static void test_a_message_tells_its_hops_in_order(void **state)
{
	static const struct {
		const char *hop, *event;
	} expected[] = {
		{ "gateway", "opened" }, { TRADER, "received" },  { "gateway", "numbered" },
		{ "gateway", "state" },	 { CUSTOMS, "task" },	  { CUSTOMS, "planned" },
		{ TRADER, "planned" },	 { CUSTOMS, "sent" },	  { CUSTOMS, "received" },
		{ CUSTOMS, "delivery" }, { CUSTOMS, "task" },	  { CUSTOMS, "received" },
		{ CUSTOMS, "delivery" }, { CUSTOMS, "RELEASED" }, { "gateway", "state" },
		{ TRADER, "planned" },
	};
	struct room *room = *state;
	int64_t seq = 0;

	a_morning(room);
	ask_about(room, "message", "R1");
	for (size_t i = 0, n = 0; i < COUNT_OF(expected); n++) {
		const struct row *hop = row_of(room, "hop", n);

		if (hop == NULL)
			fail_msg("no %s by %s", expected[i].event, expected[i].hop);
		assert_true(number(hop, "seq") > seq);
		seq = number(hop, "seq");
		if (strcmp(row_get(hop, "event"), "not sent") == 0)
			continue; /* how often depends on when customs came */
		assert_string_equal(row_get(hop, "event"), expected[i].event);
		assert_string_equal(row_get(hop, "hop"), expected[i].hop);
		i++;
	}
}

static void test_a_refused_message_tells_every_finding(void **state)
{
	struct room *room = *state;
	struct letter *letter = lodge_wrong(room);
	const struct row *finding;

	ask_about(room, "message", letter->envelope.id);
	assert_int_equal(rows_of(room, "finding"), 2);
	finding = row_of(room, "finding", 0);
	assert_string_equal(row_get(finding, "code"), "TOT-02");
	assert_string_equal(row_get(finding, "layer"), "R");
	assert_string_equal(row_get(finding, "pointer"), "42A/146");
	assert_false(row_get_flag(finding, "warning"));
	assert_non_null(row_get(finding, "text"));
	assert_non_null(row_get(finding, "text_vi"));
	assert_non_null(row_get(finding, "hint"));
	assert_non_null(strstr(row_get(finding, "path"), "TotalPackageQuantity"));
	assert_non_null(row_get(finding, "line"));
	assert_int_equal(rows_of(room, "hop"), 1);
	assert_string_equal(row_get(row_of(room, "hop", 0), "event"), "refused");
}

/* ---- export ------------------------------------------------------------------------------- */

static void test_export_gives_every_parcel_byte_for_byte(void **state)
{
	static const char *const names[] = { "message",	   "receipt",	   "delivery-MoF",
					     "response-1", "answer-MoF-1", "answer-MoF-2" };
	struct room *room = *state;
	struct counter *counter = room->counter;
	struct envelope customs;
	const struct row *body;
	struct letter *letter;
	unsigned char *bytes;
	size_t length;

	counter_connect(counter, CUSTOMS, 1, 1);
	letter = lodge(room, MACHINE, "R1", NULL);
	customs = counter_take(counter, CUSTOMS);
	counter_answers(counter, CUSTOMS, &customs, &received);
	counter_answers(counter, CUSTOMS, &customs, &released);
	counter_fetch(counter, TRADER, 0, 1);
	ask_about(room, "export", "R1");
	assert_int_equal(rows_of(room, "body"), COUNT_OF(names));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		bool found = false;

		for (size_t n = 0; (body = row_of(room, "body", n)) != NULL; n++)
			found = found || strcmp(row_get(body, "name"), names[i]) == 0;
		if (!found)
			fail_msg("no %s", names[i]);
	}
	body = row_of(room, "body", 0);
	bytes = base64_parse(room->arena, row_get(body, "payload"), &length);
	assert_int_equal(length, letter->payload_length);
	assert_memory_equal(bytes, letter->payload, length);
	bytes = base64_parse(room->arena, row_get(body, "envelope"), &length);
	assert_int_equal(length, letter->cover.length);
	assert_memory_equal(bytes, letter->cover.start, length);
}

/* ---- events ------------------------------------------------------------------------------- */

static void test_events_go_on_where_the_last_answer_ended(void **state)
{
	struct room *room = *state;
	int64_t seq = 0, head, told = 0;

	a_morning(room);
	head = journal_head(room->counter->gateway.journal).seq;
	while (seq < head) {
		ask(room,
		    arena_printf(room->arena, "{\"ask\":\"events\",\"since\":%lld,\"limit\":7}",
				 (long long)seq));
		assert_in_range(rows_of(room, "hop"), 1, 7);
		told += (int64_t)rows_of(room, "hop");
		assert_int_equal(number(row_of(room, "hop", 0), "seq"), seq + 1);
		seq = number(row_of(room, "end", 0), "seq");
	}
	assert_int_equal(told, head);
	ask(room, "{\"ask\":\"events\",\"since\":999999}");
	assert_int_equal(rows_of(room, "hop"), 0);
	assert_int_equal(number(row_of(room, "end", 0), "seq"), 999999);
}

static void test_events_of_one_run_alone(void **state)
{
	struct room *room = *state;
	const struct row *hop;

	a_morning(room);
	ask(room, "{\"ask\":\"events\",\"run\":\"late\"}");
	assert_int_not_equal(rows_of(room, "hop"), 0);
	for (size_t i = 0; (hop = row_of(room, "hop", i)) != NULL; i++)
		assert_string_equal(row_get(hop, "reference"), "R2");
	assert_int_equal(number(row_of(room, "end", 0), "seq"),
			 journal_head(room->counter->gateway.journal).seq);
}

/* However small the pages are, an answer is empty only when the run has nothing more. */
static void test_a_page_of_other_runs_is_no_answer(void **state)
{
	struct room *room = *state;
	int64_t seq = 0, head, told = 0, pages = 0;

	a_morning(room);
	head = journal_head(room->counter->gateway.journal).seq;
	ask(room, "{\"ask\":\"events\",\"run\":\"late\"}");
	told -= (int64_t)rows_of(room, "hop");
	do {
		ask(room, arena_printf(room->arena,
				       "{\"ask\":\"events\",\"since\":%lld,\"limit\":2,"
				       "\"wait\":30000,\"run\":\"late\",\"tag\":\"%lld\"}",
				       (long long)seq, (long long)pages++));
		assert_in_range(rows_of(room, "hop"), 1, 2);
		told += (int64_t)rows_of(room, "hop");
		seq = number(row_of(room, "end", 0), "seq");
	} while (told < 0);
	assert_int_equal(told, 0);
	ask(room, "{\"ask\":\"events\",\"limit\":2,\"run\":\"none\"}");
	assert_int_equal(rows_of(room, "hop"), 0);
	assert_int_equal(number(row_of(room, "end", 0), "seq"), head);
}

static void test_who_waits_for_a_run_is_not_woken_by_others(void **state)
{
	struct room *room = *state;

	a_morning(room);
	put(room, OPERATOR,
	    "{\"ask\":\"events\",\"wait\":30000,\"limit\":2,\"run\":\"last\",\"tag\":\"w\"}");
	ask(room, "{\"ask\":\"reload\",\"tag\":\"behind\"}");
	assert_string_equal(row_get(room->rows[0], "tag"), "behind");
	lodge(room, MACHINE, "R3", "other");
	control_committed(room->control);
	ask(room, "{\"ask\":\"reload\",\"tag\":\"behind\"}");
	assert_string_equal(row_get(room->rows[0], "tag"), "behind");
	lodge(room, MACHINE, "R4", "last");
	control_committed(room->control);
	hear(room);
	assert_string_equal(row_get(room->rows[0], "tag"), "w");
	assert_string_equal(row_get(row_of(room, "hop", 0), "reference"), "R4");
	assert_int_equal(rows_of(room, "hop"), 2);
}

static void test_who_waits_for_events_hears_of_a_commit(void **state)
{
	struct room *room = *state;

	put(room, OPERATOR, "{\"ask\":\"events\",\"wait\":30000,\"tag\":\"waiting\"}");
	put(room, OPERATOR,
	    "{\"ask\":\"events\",\"wait\":30000,\"run\":\"late\",\"tag\":\"late\"}");
	ask(room, "{\"ask\":\"reload\",\"tag\":\"behind\"}");
	assert_string_equal(row_get(room->rows[0], "tag"), "behind"); /* so the others wait */
	lodge(room, MACHINE, "R1", "early");
	control_committed(room->control);
	hear(room);
	assert_string_equal(row_get(room->rows[0], "tag"), "waiting");
	assert_int_equal(queue_length(room->answers), 0);
	lodge(room, MACHINE, "R2", "late");
	control_committed(room->control);
	hear(room);
	assert_string_equal(row_get(room->rows[0], "tag"), "late");
	assert_string_equal(row_get(room->rows[0], "reference"), "R2");
}

static void test_waiting_has_an_end(void **state)
{
	struct room *room = *state;

	ask(room, "{\"ask\":\"events\",\"wait\":5}");
	assert_int_equal(room->count, 1);
	assert_string_equal(row_type(room->rows[0]), "end");
}

static void test_who_waits_when_it_stops_is_answered(void **state)
{
	struct room *room = *state;

	put(room, OPERATOR, "{\"ask\":\"events\",\"wait\":30000,\"tag\":\"waiting\"}");
	ask(room, "{\"ask\":\"reload\"}");
	control_stop(room->control);
	room->control = NULL;
	hear(room);
	assert_string_equal(row_type(room->rows[0]), "end");
	assert_string_equal(row_get(room->rows[0], "tag"), "waiting");
}

/* ---- a journal that cannot be read --------------------------------------------------------- */

static void alter_journal(struct room *room, const char *sql)
{
	sqlite3 *tool;

	assert_int_equal(sqlite3_open(room->counter->journal_path, &tool), SQLITE_OK);
	assert_int_equal(sqlite3_exec(tool, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(tool);
}

static void test_what_could_not_be_read_is_not_told_as_nothing(void **state)
{
	struct room *room = *state;

	a_morning(room);
	alter_journal(room, "ALTER TABLE message RENAME TO hidden");
	for (int i = 0; i < 2; i++) {
		ask(room, "{\"ask\":\"messages\",\"tag\":\"T\"}");
		assert_int_equal(room->count, 1);
		assert_string_equal(row_get(room->rows[0], "code"), "JRN-904");
		assert_string_equal(row_get(room->rows[0], "verdict"), "FAULT");
		assert_string_equal(row_get(room->rows[0], "tag"), "T");
	}
	alter_journal(room, "ALTER TABLE hidden RENAME TO message");
	ask(room, "{\"ask\":\"messages\"}");
	assert_int_equal(rows_of(room, "message"), 3);
}

/* ---- orders ------------------------------------------------------------------------------- */

static void test_orders_are_handed_on_with_who_gave_them(void **state)
{
	struct room *room = *state;

	ask(room, "{\"ask\":\"retry\",\"id\":\"MoF\",\"tag\":\"one\"}");
	assert_string_equal(room->ordered, "retry MoF by " OPERATOR);
	assert_string_equal(row_type(room->rows[0]), "done");
	assert_string_equal(row_get(room->rows[0], "tag"), "one");
	free(room->ordered);
	ask(room, "{\"ask\":\"drop\",\"id\":\"x\"}");
	assert_string_equal(room->ordered, "drop x by " OPERATOR);
}

static void test_a_journal_that_is_not_there_stops_the_start(void **state)
{
	struct control_links links = { .journal_path = "/nowhere/journal.db" };
	struct control *control = NULL;
	struct failure why;

	(void)state;
	assert_false(control_start(&control, &links, &why));
	assert_failure(&why, FAULT, "JRN-901", NULL, "");
	control_stop(NULL);
}

#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOM(test_questions_that_are_none_are_refused_by_name),
		IN_ROOM(test_a_question_has_a_longest_length),
		IN_ROOM(test_every_row_of_an_answer_repeats_the_tag),
		IN_ROOM(test_an_answer_without_rows_has_a_tag_as_well),
		IN_ROOM(test_status_counts_what_waits_for_whom),
		IN_ROOM(test_messages_are_found_by_what_is_asked),
		IN_ROOM(test_deliveries_are_listed_by_party_and_state),
		IN_ROOM(test_a_message_has_many_names),
		IN_ROOM(test_a_name_is_neither_a_pattern_nor_a_statement),
		IN_ROOM(test_a_name_is_looked_up_in_one_run_alone),
		IN_ROOM(test_faults_are_listed_with_what_they_struck),
		IN_ROOM(test_who_is_switched_off_is_not_connected_and_not_missed),
		IN_ROOM(test_a_name_that_fits_several_messages_is_refused),
		IN_ROOM(test_a_message_tells_its_hops_in_order),
		IN_ROOM(test_a_refused_message_tells_every_finding),
		IN_ROOM(test_export_gives_every_parcel_byte_for_byte),
		IN_ROOM(test_events_go_on_where_the_last_answer_ended),
		IN_ROOM(test_events_of_one_run_alone),
		IN_ROOM(test_a_page_of_other_runs_is_no_answer),
		IN_ROOM(test_who_waits_for_a_run_is_not_woken_by_others),
		IN_ROOM(test_who_waits_for_events_hears_of_a_commit),
		IN_ROOM(test_waiting_has_an_end),
		IN_ROOM(test_who_waits_when_it_stops_is_answered),
		IN_ROOM(test_what_could_not_be_read_is_not_told_as_nothing),
		IN_ROOM(test_orders_are_handed_on_with_who_gave_them),
		cmocka_unit_test(test_a_journal_that_is_not_there_stops_the_start),
	};

	return cmocka_run_group_tests(tests, people_gather, counter_leave);
}
