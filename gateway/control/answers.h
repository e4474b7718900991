/* answers - one function a question; private to gateway/control. */
#ifndef NSW_ANSWERS_H
#define NSW_ANSWERS_H

#include "control/control.h"
#include "core/row.h"
#include "journal/journal.h"

struct question_asked {
	const struct control_links *links;
	struct journal *journal; /* refreshed */
	struct arena *arena;	 /* of this question */
	const struct row *ask;
	const char *tag;
	struct text *rows; /* the answer grows here */
	bool nothing_yet;  /* nothing has happened: whoever asked to wait may wait */
	int64_t seen;	   /* then: the last record that was looked at */
};

/* Takes the row: adds the tag, writes it, frees it. */
void say(struct question_asked *asked, struct row *row);

/* REJECT CTL-003 unknown id, CTL-004 ambiguous id, CTL-005 a member missing or of the wrong type. */
typedef bool answer_function(struct question_asked *asked, struct failure *why);
answer_function answer_status, answer_messages, answer_message, answer_events, answer_export,
	answer_deliveries, answer_reload, answer_papers, answer_date, answer_faults;

/* Takes the row likewise, for an answer that grows elsewhere. */
void control_write_row(struct text *out, const char *tag, struct row *row);

/* A record as a row of type "hop". */
struct row *hop_row(struct journal *journal, struct arena *arena,
		    const struct journal_record *record);
struct row *message_row_of(struct journal *journal, struct arena *arena,
			   const struct journal_message *message);
/* The one message that an id, a prefix of 8 or more, a number or a reference means. */
bool find_message(struct question_asked *asked, struct journal_message *out, struct failure *why);

#endif
