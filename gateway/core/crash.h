/*
 * crash - the places where a crash would hurt most, by name.
 *
 * Each stands in the code as crash_point(CRASH_…). In ordinary life that is one load and
 * one branch. Under the crash harness (tests/crash) the variable NSW_CRASH_AT names a point
 * and the how-manieth passage kills the process there with SIGKILL ("after-commit:3"), and
 * NSW_CRASH_LOG names a file that receives a line for each first passage of a point, so
 * that the report can say which points were never reached.
 */
#ifndef NSW_CRASH_H
#define NSW_CRASH_H

#include <stdbool.h>

enum crash_point {
	CRASH_MESSAGE_TAKEN,	/* off the wire, nothing kept yet */
	CRASH_RECEIPT_SIGNED,	/* receipt exists in memory only */
	CRASH_BATCH_BEGUN,	/* transaction open */
	CRASH_MESSAGE_FILED,	/* message recorded, life cycle not moved */
	CRASH_CASE_MOVED,	/* state changed, deliveries not planned */
	CRASH_DELIVERY_PLANNED, /* outbox row written, not committed */
	CRASH_BEFORE_COMMIT,
	CRASH_AFTER_COMMIT, /* durable, nobody told */
	CRASH_RECEIPT_SENT,
	CRASH_DELIVERY_SEALED,	/* signed, not sent */
	CRASH_DELIVERY_SENT,	/* sent, attempt not recorded */
	CRASH_ATTEMPT_RECORDED, /* in the transaction, not committed */
	CRASH_ANSWER_HELD,	/* decision journalled until it takes effect */
	CRASH_ANSWER_RELEASED,	/* taken from the held ones, not applied */
	CRASH_MAILBOX_LEASED,	/* handed to the trader, not acknowledged */
	CRASH_MAILBOX_ACKED,	/* acknowledgement recorded, not committed */
	CRASH_CHECKPOINT,	/* before the write-ahead log is folded in */
	CRASH_POINTS
};

/* Reads the two variables; call once, before threads exist. */
void crash_setup(void);

extern bool crash_armed; /* written by crash_setup only */
void crash_passed(enum crash_point point);

static inline void crash_point(enum crash_point point)
{
	if (__builtin_expect(crash_armed, false))
		crash_passed(point);
}

const char *crash_point_name(enum crash_point point); /* "after-commit"; NULL past the end */

#endif
