/*
 * shelf - control tables as a test writes them, with register and calendar beside the first.
 *
 * Parties: MoF sees DEC-IMP and WCO-DEC, MARD DEC-IMP and APPLY, MoH APPLY, ASW-TH nothing. The
 * calendar is one/rollout.xml of the shelf's scratch folder, the register one/procedures.xml;
 * without them nobody is registered and everybody is LIVE.
 */
#ifndef NSW_TEST_SHELF_H
#define NSW_TEST_SHELF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/scratch.h"
#include "deliver/plan.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define CONTROL(rows)  "<control xmlns='urn:nsw:control:1'>\n" rows "</control>\n"
#define REGISTER(rows) "<procedures xmlns='urn:nsw:procedures:1'>\n" rows "</procedures>\n"
#define CALENDAR(rows) "<rollout xmlns='urn:nsw:rollout:1'>\n" rows "</rollout>\n"
#define MOF	       "<row kind='*' to='MoF' procedure='P' releases='yes'/>\n"

#define REGISTERED                                                                                 \
	REGISTER("<procedure id='CLEAR' party='MoF' title='Customs' source='the law' mark='A' "    \
		 "paper-time='1d' electronic-time='1h' fee='0' documents='929'/>\n"                \
		 "<procedure id='ANIMALS' party='MARD' title='Animals' title-vi='Dong vat' "       \
		 "hs='01-05' paper-time='4d' electronic-time='1d' fee='0' documents='853'/>\n"     \
		 "<procedure id='DRUGS' party='MoH' title='Drugs' hs='30' from='2015-06-01' "      \
		 "paper-time='9d' electronic-time='7d' fee='0' documents='911'/>\n"                \
		 "<procedure id='FORM-D' party='' title='Proof of origin' paper-time='1d' "        \
		 "electronic-time='1m' fee='0' documents='861'/>\n")

#define HS(code)	 "<item><hs>" code "</hs></item>"
#define FROM(code, land) "<item><hs>" code "</hs><origin>" land "</origin></item>"

struct shelf {
	struct scratch *scratch;
	const char *folders[3];
	struct procedures *procedures;
	struct rollout *rollout;
	struct plan *plan;
	struct arena *arena;
	struct failure why;
};

#define ON_SHELF(test) cmocka_unit_test_setup_teardown(test, shelf_open, shelf_close)

/* The group's set-up and tear-down, and a test's. */
int shelf_gather(void **state);
int shelf_leave(void **state);
int shelf_open(void **state);
int shelf_close(void **state);

/* Checked and loaded. The second table may be NULL: there is none. */
bool shelf_load(struct shelf *shelf, const char *one, const char *two);
void shelf_must_load(struct shelf *shelf, const char *control);

/* The tasks for a message with these facts; a date, or a date-time. */
size_t shelf_plan(struct shelf *shelf, const char *kind, const char *facts_inside, const char *at,
		  struct plan_task **task);
/* "MoF/P* MARD/Q": tasks in order; releasing ones with a star. */
const char *shelf_tasks(struct shelf *shelf, const char *kind, const char *facts_inside,
			const char *at);

#endif
