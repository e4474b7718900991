/*
 * ours - what a gateway reads of schemas/ and adapters/ before it takes a message.
 *
 * ours_open and ours_close are cmocka's group set-up and tear-down. What was loaded is read only.
 */
#ifndef NSW_TEST_OURS_H
#define NSW_TEST_OURS_H

#include "core/kind.h"
#include "core/party.h"
#include "deliver/plan.h"
#include "journal/life.h"

extern struct ours {
	struct kinds *kinds;
	struct lives *lives;
	struct parties *parties;
	struct plan *plan;
} ours;

int ours_open(void **state);
int ours_close(void **state);

const struct life *ours_life(const char *kind);

#endif
