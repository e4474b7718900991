/*
 * control - what an operator may ask a running gateway (protocol.md beside this file).
 *
 * One thread with a reader's journal of its own: questions never hold up the clerk. It does
 * not know the rest of the gateway; what it needs of it are the links below, all of which
 * may be called from the control thread.
 */
#ifndef NSW_CONTROL_H
#define NSW_CONTROL_H

#include "core/bus.h"
#include "core/house.h"
#include "core/text.h"
#include "deliver/presence.h"

struct control;
struct journal;

struct control_figures { /* since the start, and now */
	uint64_t accepted, refused, busy, duplicates;
	size_t inside;
};

/* What an operator wants changed: the members of the question, NULL where it has none. */
struct control_order {
	const char *name, *tag;
	const char *id; /* retry, drop; paper: of the case */
	const char *agency, *procedure, *permit, *status, *text; /* paper */
	const char *to;						 /* date, settle */
	const char *what;					 /* fault, agency: what to do */
	const char *line, *run;					 /* fault */
	const char *age;					 /* prune */
	bool leap;						 /* settle */
};

struct control_links {
	const struct house *house;
	struct presence *presence;
	const char *journal_path;
	const char *endpoint;
	void *gateway;
	void (*reply)(void *gateway, const struct address *to, const struct text *rows);
	void (*order)(void *gateway, const struct address *from, const char *party,
		      const struct control_order *order);
	void (*figures)(void *gateway, struct control_figures *out);
};

/* FAULT JRN-901 when the journal cannot be read. The links' strings are borrowed. */
MUST_CHECK bool control_start(struct control **out, const struct control_links *links,
			      struct failure *why);
/* Ends the thread; what is being waited for is answered with what there is. NULL is fine. */
void control_stop(struct control *control);

/* A question came in (copied); any thread, and cheap: nothing of it is read here. REJECT CTL-002
 * of a party that is no operator, CTL-006 too long, both without a tag. */
void control_ask(struct control *control, const struct address *from, const char *party,
		 const unsigned char *question, size_t length);
/* Something was committed: those who wait for events look again. Any thread, coalesces. */
void control_committed(struct control *control); /* NULL is fine */

/* How things stand when nothing is in flight. */
struct control_settled {
	gateway_time time, next; /* next: 0 when nothing will fall due */
	int64_t seq;
	bool leapt, done;
};

/* The rows that end an order. */
void control_write_done(struct text *out, const char *tag, size_t count);
void control_write_settled(struct text *out, const char *tag,
			   const struct control_settled *settled);
/* The fault of that id, as it stands; `journal` is the asking thread's. */
void control_write_fault(struct text *out, const char *tag, struct journal *journal,
			 const char *id);
void control_write_error(struct text *out, const char *tag, const struct failure *why);

#endif
