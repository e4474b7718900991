#include "counter.h"

static struct lives *lives;
static struct plan *plan;

/* ---- opening ------------------------------------------------------------------------------ */

static void furnish(struct counter *counter, gateway_time start)
{
	struct gateway *gateway = &counter->gateway;
	struct bus_settings bus = {
		.endpoint = arena_printf(counter->arena, "ipc://%s/bus",
					 scratch_folder(counter->scratch)),
		.party = GATEWAY,
	};

	memset(gateway, 0, sizeof *gateway);
	memset(&counter->clerk, 0, sizeof counter->clerk);
	gateway->house = people_house;
	gateway->house.settings = &counter->settings;
	gateway->house.clock = clock_new(start);
	pthread_mutex_init(&gateway->door, NULL);
	gateway->lives = lives;
	gateway->plan = plan;
	gateway->presence = presence_new();
	gateway->work = queue_new();
	gateway->desk = queue_new();
	gateway->out = queue_new();
	counter->clerk.gateway = gateway;
	counter->clerk.leases = leases_new();
	must(bus_open(&gateway->bus, &bus, people_house.keyring, &counter->why), &counter->why);
	must(journal_open(&gateway->journal, counter->journal_path, GATEWAY, &counter->why),
	     &counter->why);
}

static void clear_out(struct counter *counter)
{
	struct gateway *gateway = &counter->gateway;

	queue_free(gateway->work);
	queue_free(gateway->desk);
	queue_free(gateway->out);
	free(counter->clerk.outgoing.slip);
	free(counter->clerk.done.slip);
	free(counter->clerk.sending.entries);
	leases_free(counter->clerk.leases);
	journal_close(gateway->journal);
	bus_close(gateway->bus);
	presence_free(gateway->presence);
	clock_free(gateway->house.clock);
	pthread_mutex_destroy(&gateway->door);
}

/* What follows from the kinds. */
static void load(struct counter *counter)
{
	struct plan_data data = plan_data_of(people_house.kinds, people_house.parties);

	must(lives_load(&lives, people_house.kinds, people_folders(), &counter->why) &&
		     plan_load(&plan, &data, people_folders(), &counter->why),
	     &counter->why);
}

static void unload(void)
{
	lives_free(lives);
	plan_free(plan);
	lives = NULL;
	plan = NULL;
}

int counter_open(void **state)
{
	struct counter *counter = must_alloc(sizeof *counter);

	if (lives == NULL)
		load(counter);
	counter->arena = arena_new();
	counter->scratch = scratch_new();
	counter->journal_path = scratch_path(counter->scratch, "journal.db");
	counter->settings = people_settings(counter->arena, scratch_folder(counter->scratch));
	furnish(counter, MORNING);
	*state = counter;
	return 0;
}

int counter_close(void **state)
{
	struct counter *counter = *state;

	clear_out(counter);
	free(counter->left);
	scratch_free(counter->scratch);
	arena_free(counter->arena);
	free(counter);
	return 0;
}

int counter_leave(void **state)
{
	unload();
	return people_leave(state);
}

void counter_restart(struct counter *counter)
{
	gateway_time now = counter_now(counter);

	clear_out(counter);
	furnish(counter, now);
}

void counter_restart_with(struct counter *counter, const struct kinds *kinds)
{
	gateway_time now = counter_now(counter);

	clear_out(counter);
	unload();
	people_house.kinds = kinds;
	load(counter);
	furnish(counter, now);
}

void counter_begin(struct counter *counter, gateway_time when)
{
	static int begun;

	clear_out(counter);
	counter->journal_path =
		arena_string(counter->arena,
			     scratch_path(counter->scratch,
					  arena_printf(counter->arena, "journal-%d.db", ++begun)));
	counter->left_count = 0;
	furnish(counter, when);
}

/* ---- the front ---------------------------------------------------------------------------- */

static struct address connection(const char *party, int number)
{
	struct address address = { .descriptor = number };

	address.length = (size_t)snprintf((char *)address.bytes, sizeof address.bytes, "%.2s%s%02d",
					  party, party + strlen(party) - 2, number);
	return address;
}

static const char *owner(const struct address *address)
{
	static const char *const everybody[] = { CUSTOMS, MINISTRY,  OPERATOR, TRADER,
						 RIVAL,	  "LIBRARY", "MUSEUM" };

	for (size_t i = 0; i < COUNT_OF(everybody); i++) {
		struct address known = connection(everybody[i], address->descriptor);

		if (address_same(&known, address))
			return everybody[i];
	}
	fail_msg("something was sent to nobody");
	return NULL;
}

static void note(struct counter *counter, enum verb verb, const struct address *to,
		 struct bytes envelope, struct bytes payload)
{
	struct arena *arena = counter->arena;
	struct left left = { .verb = verb, .party = owner(to), .number = to->descriptor };

	left.envelope.start = arena_copy(arena, envelope.start, envelope.length);
	left.envelope.length = envelope.length;
	left.payload.start = arena_copy(arena, payload.start, payload.length);
	left.payload.length = payload.length;
	if (counter->left_count == counter->left_room) {
		counter->left_room = 2 * counter->left_room + 16;
		counter->left =
			must_realloc(counter->left, counter->left_room * sizeof *counter->left);
	}
	counter->left[counter->left_count++] = left;
}

static void send_delivery(struct counter *counter, struct slip *slip)
{
	if (slip->good && slip->delivery.push && counter->cut)
		slip->good = defer(&slip->why, "BUS-020", "the peer is gone");
	if (slip->good)
		note(counter, VERB_DELIVER, &slip->address, slip->envelope, slip->payload);
	slip->type = SLIP_ATTEMPT;
	queue_put(counter->gateway.desk, slip);
}

static void send_one(struct counter *counter, struct slip *slip)
{
	struct message *message = slip->message;

	if (slip->type == SLIP_SEND) {
		send_delivery(counter, slip);
		return;
	}
	if (slip->type == SLIP_ANSWER) {
		note(counter, message->refused ? VERB_REFUSAL : VERB_RECEIPT,
		     &message->parcel.address, message->answer_envelope, message->answer_payload);
		gateway_left(&counter->gateway, message);
	} else {
		note(counter, slip->verb, &slip->address, slip->envelope, slip->payload);
	}
	slip_free(slip);
}

/* What must leave in this order; most slips are alone. */
static void send_chain(struct counter *counter, struct slip *slip)
{
	for (struct slip *next; slip != NULL; slip = next) {
		next = slip->next;
		slip->next = NULL;
		send_one(counter, slip);
	}
}

/* ---- everybody's turn --------------------------------------------------------------------- */

/* pipeline_worker() runs until its queue is closed: so it gets one for each turn. */
static void workers_turn(struct gateway *gateway)
{
	queue_close(gateway->work);
	pipeline_worker(gateway);
	queue_free(gateway->work);
	gateway->work = queue_new();
}

static void clerks_turn(struct counter *counter)
{
	struct clerk *clerk = &counter->clerk;
	struct slip *slip = queue_take(counter->gateway.desk, 0);
	bool more = true;

	if (slip != NULL) {
		must(clerk_begin(clerk, &counter->why), &counter->why);
		for (; slip != NULL; slip = queue_take(counter->gateway.desk, 0))
			must(clerk_handle(clerk, slip, &counter->why), &counter->why);
		must(clerk_commit(clerk, &counter->why), &counter->why);
	}
	while (more)
		must(clerk_due(clerk, &more, &counter->why), &counter->why);
}

void counter_work(struct counter *counter)
{
	struct gateway *gateway = &counter->gateway;
	struct slip *slip;

	do {
		workers_turn(gateway);
		clerks_turn(counter);
		while ((slip = queue_take(gateway->out, 0)) != NULL)
			send_chain(counter, slip);
	} while (queue_length(gateway->work) + queue_length(gateway->desk) != 0);
}

/* ---- time and parties --------------------------------------------------------------------- */

gateway_time counter_now(const struct counter *counter)
{
	return clock_now(counter->gateway.house.clock);
}

void counter_at(struct counter *counter, gateway_time when)
{
	clock_advance(counter->gateway.house.clock, when);
	counter_work(counter);
}

void counter_connect(struct counter *counter, const char *party, int number, size_t credit)
{
	struct address address = connection(party, number);
	struct slip *slip = slip_new(SLIP_PRESENT);

	presence_hello(counter->gateway.presence, party, &address, credit, false, monotonic_ms());
	slip->party = arena_string(slip->arena, party);
	slip->address = address;
	queue_put(counter->gateway.desk, slip);
	counter_work(counter);
}

void counter_connect_both(struct counter *counter)
{
	counter_connect(counter, CUSTOMS, 1, 8);
	counter_connect(counter, MINISTRY, 2, 8);
}

void counter_disconnect(struct counter *counter, const char *party, int number)
{
	struct address address = connection(party, number);

	presence_gone(counter->gateway.presence, &address, monotonic_ms());
}

/* ---- saying ------------------------------------------------------------------------------- */

static const struct left *last(const struct counter *counter)
{
	assert_int_not_equal(counter->left_count, 0);
	return &counter->left[counter->left_count - 1];
}

static void hand_in(struct counter *counter, const struct letter *letter)
{
	struct slip *slip = slip_new(SLIP_ACCEPT);
	struct message *message = message_new(counter_now(counter));
	struct parcel *parcel = &message->parcel;

	parcel->verb = VERB_SUBMIT;
	snprintf(parcel->party, sizeof parcel->party, "%s", letter->from);
	parcel->address = connection(letter->from, 0);
	parcel->envelope = arena_copy(message->arena, letter->cover.start, letter->cover.length);
	parcel->envelope_length = letter->cover.length;
	parcel->payload = arena_copy(message->arena, letter->payload, letter->payload_length);
	parcel->payload_length = letter->payload_length;
	slip->message = message;
	atomic_fetch_add(&counter->gateway.inside, 1);
	atomic_fetch_add(&counter->gateway.inside_bytes,
			 parcel->envelope_length + parcel->payload_length);
	queue_put(counter->gateway.work, slip);
}

/* The latest that is an answer; what else went out because of it may stand behind it. */
static const struct left *last_answer(const struct counter *counter, size_t since)
{
	for (size_t i = counter->left_count; i-- > since;)
		if (counter->left[i].verb == VERB_RECEIPT ||
		    counter->left[i].verb == VERB_REFUSAL || counter->left[i].verb == VERB_BUSY)
			return &counter->left[i];
	fail_msg("there was no answer");
	return NULL;
}

const struct left *counter_say(struct counter *counter, const struct letter *letter)
{
	size_t since = counter->left_count;

	hand_in(counter, letter);
	counter_work(counter);
	return last_answer(counter, since);
}

const char *counter_code(struct counter *counter, const struct left *answer)
{
	const char *code;

	if (answer->verb == VERB_RECEIPT)
		return "";
	if (answer->verb == VERB_REFUSAL)
		return element_text(counter->arena, answer->payload.start, answer->payload.length,
				    "ValidationCode");
	code = strstr((const char *)answer->payload.start, "code=");
	assert_non_null(code);
	return arena_printf(counter->arena, "%.*s", (int)strcspn(code + 5, "\n"), code + 5);
}

void counter_accepts(struct counter *counter, const struct letter *letter)
{
	const struct left *answer = counter_say(counter, letter);

	if (answer->verb != VERB_RECEIPT)
		fail_msg("%.*s", (int)answer->payload.length, (const char *)answer->payload.start);
}

void counter_refuses(struct counter *counter, const struct letter *letter, const char *code)
{
	const struct left *answer = counter_say(counter, letter);

	assert_string_equal(counter_code(counter, answer), code);
}

struct letter *counter_lodge(struct counter *counter, const char *sample, const char *reference)
{
	struct letter *letter = letter_sealed(counter->arena, TRADER, "DEC-IMP",
					      declaration(counter->arena, sample, reference));

	counter_accepts(counter, letter);
	return letter;
}

/* ---- deliveries --------------------------------------------------------------------------- */

static bool waits(const struct left *left, const char *party)
{
	return left->verb == VERB_DELIVER && !left->taken && strcmp(left->party, party) == 0;
}

struct envelope counter_take(struct counter *counter, const char *party)
{
	for (size_t i = 0; i < counter->left_count; i++) {
		struct left *left = &counter->left[i];

		if (!waits(left, party))
			continue;
		left->taken = true;
		return opened(counter->arena, left->envelope.start, left->envelope.length,
			      left->payload.start, left->payload.length, counter_now(counter));
	}
	fail_msg("nothing was delivered to %s", party);
	return (struct envelope){ .id = NULL };
}

size_t counter_untaken(const struct counter *counter, const char *party)
{
	size_t count = 0;

	for (size_t i = 0; i < counter->left_count; i++)
		count += waits(&counter->left[i], party);
	return count;
}

void counter_answers(struct counter *counter, const char *party, const struct envelope *delivery,
		     const struct reply *reply)
{
	counter_accepts(counter, letter_reply(counter->arena, party, delivery, reply));
}

/* ---- mailbox and orders ------------------------------------------------------------------- */

static struct slip *from(const char *party, int number, enum slip_type type)
{
	struct slip *slip = slip_new(type);

	slip->party = arena_string(slip->arena, party);
	slip->address = connection(party, number);
	return slip;
}

const char *counter_fetch(struct counter *counter, const char *party, int number, int64_t credit)
{
	struct slip *slip = from(party, number, SLIP_FETCH);
	size_t since = counter->left_count;

	slip->number = credit;
	queue_put(counter->gateway.desk, slip);
	counter_work(counter);
	for (size_t i = since; i < counter->left_count; i++)
		if (counter->left[i].verb == VERB_FETCHED)
			return (const char *)counter->left[i].payload.start;
	fail_msg("there was no FETCHED");
	return NULL;
}

const struct left *counter_ack(struct counter *counter, const char *party, const char *id)
{
	struct slip *slip = from(party, 0, SLIP_ACK);

	slip->id = arena_string(slip->arena, id);
	queue_put(counter->gateway.desk, slip);
	counter_work(counter);
	return last(counter);
}

const char *counter_order_with(struct counter *counter, const struct control_order *order)
{
	struct slip *slip = from(OPERATOR, 0, SLIP_ORDER);
	struct control_order *copy = arena_alloc(slip->arena, sizeof *copy);
	size_t since = counter->left_count;

	*copy = *order;
	slip->order = copy;
	queue_put(counter->gateway.desk, slip);
	counter_work(counter);
	for (size_t i = since; i < counter->left_count; i++)
		if (counter->left[i].verb == VERB_ROWS)
			return (const char *)counter->left[i].payload.start;
	fail_msg("the order had no answer");
	return NULL;
}

const char *counter_order(struct counter *counter, const char *order, const char *id)
{
	return counter_order_with(counter, &(struct control_order){ .name = order, .id = id });
}

/* ---- the journal -------------------------------------------------------------------------- */

struct journal_case counter_case(struct counter *counter, const char *reference)
{
	static const char *const declarants[] = { TRADER, RIVAL, "LIBRARY" };
	struct journal *journal = counter->gateway.journal;
	struct journal_case case_;

	for (size_t i = 0; i < COUNT_OF(declarants); i++)
		for (size_t j = 0; j < kinds_count(people_house.kinds); j++)
			if (journal_case_by_reference(journal, counter->arena, declarants[i],
						      kind_id(kinds_at(people_house.kinds, j)),
						      reference, &case_))
				return case_;
	fail_msg("there is no case %s", reference);
	return (struct journal_case){ .id = NULL };
}

void counter_stands(struct counter *counter, const char *reference, const char *state)
{
	assert_string_equal(counter_case(counter, reference).state, state);
}

struct journal_task counter_task(struct counter *counter, const char *reference, const char *party)
{
	struct journal_case case_ = counter_case(counter, reference);
	struct journal_task *tasks;
	size_t count = journal_tasks(counter->gateway.journal, counter->arena, case_.id, &tasks);

	for (size_t i = 0; i < count; i++)
		if (strcmp(tasks[i].party, party) == 0)
			return tasks[i];
	return (struct journal_task){ .party = NULL };
}

struct journal_delivery counter_delivery(struct counter *counter, const char *reference,
					 const char *party)
{
	struct journal_case case_ = counter_case(counter, reference);
	struct journal_delivery *deliveries;
	size_t count =
		journal_deliveries(counter->gateway.journal, counter->arena, case_.id, &deliveries);

	while (count-- > 0)
		if (strcmp(deliveries[count].party, party) == 0)
			return deliveries[count];
	fail_msg("%s has no delivery to %s", reference, party);
	return (struct journal_delivery){ .id = NULL };
}

void counter_until(struct counter *counter, const char *reference, const char *party,
		   const char *state)
{
	for (int i = 0; strcmp(counter_delivery(counter, reference, party).state, state) != 0;
	     i++) {
		gateway_time next =
			journal_next_due(counter->gateway.journal, counter_now(counter), true);

		if (next == 0 || i == 200)
			fail_msg("it never was %s", state);
		counter_at(counter, next);
	}
}

size_t counter_records(struct counter *counter, const char *type)
{
	struct journal_record *records;
	size_t count = journal_records(counter->gateway.journal, counter->arena, 0, NULL, 100000,
				       &records);
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += strcmp(records[i].type, type) == 0;
	return found;
}

void counter_verify(struct counter *counter)
{
	struct journal_report report;

	if (!journal_verify(counter->journal_path, NULL, &report, &counter->why))
		fail_msg("%s: %s", counter->why.code, report.finding);
}
