#include "control/control.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/answers.h"
#include "core/log.h"
#include "core/queue.h"

#define WAIT_MOST     30000	  /* ms an `events` may wait */
#define QUESTION_MOST (64 * 1024) /* bytes */

struct asked {
	struct asked *next; /* among those who wait */
	struct arena *arena;
	struct bytes question; /* as it came; read by the control thread */
	struct row *ask;
	struct address from;
	const char *party;
	uint64_t until; /* monotonic; of those who wait */
};

struct control {
	struct control_links links;
	struct journal *journal;
	struct queue *questions;
	struct asked *waiting;
	pthread_t thread;
	atomic_bool news;
	char wake; /* its address in the queue means: look at those who wait */
};

/* ---- rows ---------------------------------------------------------------------------------- */

void control_write_row(struct text *out, const char *tag, struct row *row)
{
	if (tag != NULL)
		row_put(row, "tag", tag);
	row_write(out, row);
	row_free(row);
}

void say(struct question_asked *asked, struct row *row)
{
	control_write_row(asked->rows, asked->tag, row);
}

void control_write_done(struct text *out, const char *tag, size_t count)
{
	struct row *row = row_new("done");

	row_put_number(row, "count", (int64_t)count);
	control_write_row(out, tag, row);
}

void control_write_settled(struct text *out, const char *tag, const struct control_settled *settled)
{
	struct row *row = row_new("settled");
	char text[TIME_TEXT_SIZE];

	row_put(row, "time", time_text(settled->time, text));
	row_put_number(row, "seq", settled->seq);
	row_put(row, "next", settled->next != 0 ? time_text(settled->next, text) : NULL);
	row_put_flag(row, "leapt", settled->leapt);
	row_put_flag(row, "done", settled->done);
	control_write_row(out, tag, row);
}

void control_write_error(struct text *out, const char *tag, const struct failure *why)
{
	struct row *row = row_new("error");

	row_put(row, "code", why->code);
	row_put(row, "verdict", verdict_name(why->verdict));
	row_put(row, "text", why->text);
	control_write_row(out, tag, row);
}

/* ---- questions ----------------------------------------------------------------------------- */

static const struct {
	const char *name;
	answer_function *answer; /* NULL: an order, for the clerk */
	const char *orders_with; /* with this member it is an order as well; NULL */
} questions[] = {
	{ "status", answer_status, NULL },
	{ "messages", answer_messages, NULL },
	{ "message", answer_message, NULL },
	{ "events", answer_events, NULL },
	{ "export", answer_export, NULL },
	{ "deliveries", answer_deliveries, NULL },
	{ "reload", answer_reload, NULL },
	{ "papers", answer_papers, NULL },
	{ "date", answer_date, "to" },
	{ "retry", NULL, NULL },
	{ "drop", NULL, NULL },
	{ "paper", NULL, NULL },
	{ "settle", NULL, NULL },
	{ "faults", answer_faults, NULL },
	{ "fault", NULL, NULL },
	{ "agency", NULL, NULL },
	{ "prune", NULL, NULL },
};

static void reply(struct control *control, const struct asked *asked, const struct text *rows)
{
	control->links.reply(control->links.gateway, &asked->from, rows);
}

static void reply_error(struct control *control, const struct asked *asked,
			const struct failure *why)
{
	struct text rows = TEXT_EMPTY;

	control_write_error(&rows, asked->ask != NULL ? row_get(asked->ask, "tag") : NULL, why);
	reply(control, asked, &rows);
	text_free(&rows);
}

/* No rows at all would carry no tag, and nobody could tell whose answer that is. */
static void reply_rows(struct control *control, const struct asked *asked, struct text *rows)
{
	if (rows->length == 0)
		control_write_row(rows, row_get(asked->ask, "tag"), row_new("none"));
	reply(control, asked, rows);
}

static void forget(struct asked *asked)
{
	row_free(asked->ask);
	arena_free(asked->arena);
}

/* The journal as it stands now, and stays until thawed. A reader that failed once is never believed again: anew. */
static bool look_into_journal(struct control *control, struct failure *why)
{
	struct journal *fresh;

	if (!journal_broken(control->journal))
		return journal_freeze(control->journal, why);
	if (!journal_open_reader(&fresh, control->links.journal_path, why))
		return false;
	journal_close(control->journal);
	control->journal = fresh;
	return journal_freeze(fresh, why);
}

/* The case that an order means, by whatever name it is known. */
static bool find_case(struct control *control, const struct asked *asked, const char **id,
		      struct failure *why)
{
	struct question_asked question = { .links = &control->links,
					   .arena = asked->arena,
					   .ask = asked->ask };
	struct journal_message message;
	bool found;

	if (!look_into_journal(control, why))
		return false;
	question.journal = control->journal;
	found = find_message(&question, &message, why);
	journal_thaw(control->journal);
	if (!found)
		return false;
	*id = message.case_id;
	return message.case_id != NULL ||
	       reject(why, "CTL-003", "%s belongs to no case", message.id);
}

static bool stands_alone(const char *order)
{
	static const char *const names[] = { "settle", "fault", "prune" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], order) == 0)
			return true;
	return false;
}

static bool order(struct control *control, const struct asked *asked, const char *name,
		  struct failure *why)
{
	struct control_order order = {
		.name = name,
		.tag = row_get(asked->ask, "tag"),
		.id = row_get(asked->ask, "id"),
		.agency = row_get(asked->ask, "agency"),
		.procedure = row_get(asked->ask, "procedure"),
		.permit = row_get(asked->ask, "permit"),
		.status = row_get(asked->ask, "status"),
		.text = row_get(asked->ask, "text"),
		.to = row_get(asked->ask, "to"),
		.leap = row_get_flag(asked->ask, "leap"),
		.what = row_get(asked->ask, "do"),
		.line = row_get(asked->ask, "spec"),
		.run = row_get(asked->ask, "run"),
		.age = row_get(asked->ask, "age"),
	};

	if (order.id == NULL && order.to == NULL && !stands_alone(name))
		return reject(why, "CTL-005", "'%s' needs an id", name);
	if (strcmp(name, "paper") == 0 && order.agency == NULL)
		return reject(why, "CTL-005", "'%s' needs an agency", name);
	if (strcmp(name, "paper") == 0 && !find_case(control, asked, &order.id, why))
		return false;
	control->links.order(control->links.gateway, &asked->from, asked->party, &order);
	return true;
}

static bool ask_journal(struct control *control, struct question_asked *question,
			answer_function *function, struct failure *why)
{
	bool good;

	if (!look_into_journal(control, why))
		return false;
	question->journal = control->journal;
	good = function(question, why);
	journal_thaw(control->journal);
	if (!good)
		return false;
	if (journal_broken(control->journal)) /* what is missing above is not known to be missing */
		return fault(why, "JRN-904", "the journal could not be read");
	return true;
}

/* True when a reply was sent; false while nothing has happened and there is time to wait. */
static bool answer(struct control *control, struct asked *asked, answer_function *function)
{
	bool last = monotonic_ms() >= asked->until;
	struct text rows = TEXT_EMPTY;
	struct arena *arena = arena_new();
	struct question_asked question = {
		.links = &control->links,
		.arena = arena,
		.ask = asked->ask,
		.tag = row_get(asked->ask, "tag"),
		.rows = &rows,
	};
	struct failure why;
	bool replied = true;

	if (!ask_journal(control, &question, function, &why))
		reply_error(control, asked, &why);
	else if (last || !question.nothing_yet)
		reply_rows(control, asked, &rows);
	else
		replied = false;
	if (!replied) /* what was looked through need not be looked through again */
		row_put_number(asked->ask, "since", question.seen);
	text_free(&rows);
	arena_free(arena);
	return replied;
}

static void set_deadline(struct asked *asked)
{
	int64_t wait = 0;

	if (!row_get_number(asked->ask, "wait", &wait) || wait < 0)
		wait = 0;
	asked->until = monotonic_ms() + (uint64_t)(wait < WAIT_MOST ? wait : WAIT_MOST);
}

static bool orders(const struct asked *asked, const char *member)
{
	return member != NULL && row_get(asked->ask, member) != NULL;
}

/* True when the question is done with; false when it waits for events. */
static bool handle(struct control *control, struct asked *asked)
{
	const char *name = row_get(asked->ask, "ask");
	struct failure why;

	for (size_t i = 0; name != NULL && i < sizeof questions / sizeof *questions; i++) {
		if (strcmp(questions[i].name, name) != 0)
			continue;
		if (questions[i].answer != NULL && !orders(asked, questions[i].orders_with))
			return answer(control, asked, questions[i].answer);
		if (!order(control, asked, name, &why))
			reply_error(control, asked, &why);
		return true;
	}
	reject(&why, "CTL-005", "'%s' is no question of this protocol", name != NULL ? name : "");
	reply_error(control, asked, &why);
	return true;
}

static bool handle_first(struct control *control, struct asked *asked)
{
	struct failure why;

	if (!row_read(&asked->ask, (const char *)asked->question.start, asked->question.length,
		      &why)) {
		reply_error(control, asked, &why);
		return true;
	}
	set_deadline(asked);
	return handle(control, asked);
}

static void look_at_waiting(struct control *control)
{
	for (struct asked **link = &control->waiting; *link != NULL;) {
		struct asked *asked = *link;

		if (!handle(control, asked)) {
			link = &asked->next;
			continue;
		}
		*link = asked->next;
		forget(asked);
	}
}

static int next_wait(const struct control *control)
{
	uint64_t now = monotonic_ms(), first = UINT64_MAX;

	for (const struct asked *asked = control->waiting; asked != NULL; asked = asked->next)
		if (asked->until < first)
			first = asked->until;
	if (first == UINT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}

static void *run(void *argument)
{
	struct control *control = argument;
	void *thing;

	while (!queue_closed(control->questions) || queue_length(control->questions) != 0) {
		thing = queue_take(control->questions, next_wait(control));
		if (thing == &control->wake || thing == NULL) {
			atomic_store(&control->news, false);
			look_at_waiting(control);
			continue;
		}
		if (handle_first(control, thing)) {
			forget(thing);
		} else {
			((struct asked *)thing)->next = control->waiting;
			control->waiting = thing;
		}
	}
	return NULL;
}

/* ---- outside ------------------------------------------------------------------------------- */

bool control_start(struct control **out, const struct control_links *links, struct failure *why)
{
	struct control *control = must_alloc(sizeof *control);

	control->links = *links;
	if (!journal_open_reader(&control->journal, links->journal_path, why)) {
		free(control);
		return false;
	}
	control->questions = queue_new();
	if (pthread_create(&control->thread, NULL, run, control) != 0) {
		queue_free(control->questions);
		journal_close(control->journal);
		free(control);
		return fault(why, "CTL-901", "the control thread cannot be started");
	}
	*out = control;
	return true;
}

void control_stop(struct control *control)
{
	if (control == NULL)
		return;
	queue_close(control->questions);
	pthread_join(control->thread, NULL);
	for (struct asked *asked = control->waiting, *next; asked != NULL; asked = next) {
		next = asked->next;
		asked->until = 0;
		(void)handle(control, asked);
		forget(asked);
	}
	queue_free(control->questions);
	journal_close(control->journal);
	free(control);
}

/* By who asks and how much alone: what is not admitted is not read, hence has no tag. */
static bool admit(const struct control *control, const char *party, size_t length,
		  struct failure *why)
{
	if (strcmp(parties_role(control->links.house->parties, party), "operator") != 0)
		return reject(why, "CTL-002", "%s is no operator of this gateway", party);
	if (length > QUESTION_MOST)
		return reject(why, "CTL-006", "the question has %zu bytes; the limit is %d", length,
			      QUESTION_MOST);
	return true;
}

void control_ask(struct control *control, const struct address *from, const char *party,
		 const unsigned char *question, size_t length)
{
	struct arena *arena;
	struct asked *asked;
	struct failure why;

	if (!admit(control, party, length, &why)) {
		reply_error(control, &(struct asked){ .from = *from }, &why);
		return;
	}
	arena = arena_new();
	asked = arena_alloc(arena, sizeof *asked);
	asked->arena = arena;
	asked->from = *from;
	asked->party = arena_string(arena, party);
	asked->question.start = arena_copy(arena, question, length);
	asked->question.length = length;
	queue_put(control->questions, asked);
}

void control_committed(struct control *control)
{
	if (control != NULL && !atomic_exchange(&control->news, true))
		queue_put(control->questions, &control->wake);
}
