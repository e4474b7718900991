/*
 * scenario - a story with what it expects, as a tester writes it down.
 *
 *	<scenario xmlns="urn:nsw:scenario:1" name="moit-flaky-permit">
 *	  <given date="2014-02-26" seed="42">
 *	    <fault at="MoIT" kind="drop" on="request" first="2"/>
 *	  </given>
 *	  <step name="permit is granted after two lost requests">
 *	    <submit file="samples/motorcycles-moit.xml" as="d1">
 *	      <set xpath="FunctionalReferenceID" value="VN14-${run}-1"/>
 *	    </submit>
 *	    <expect of="d1" from="MoIT" state="APPROVED" within="5d">
 *	      <xpath test="count(//attempt)=3"/>
 *	    </expect>
 *	  </step>
 *	</scenario>
 *
 * schemas/grammar/scenario.xsd is the same for editors. A step is a list of deeds, done one after
 * the other; the first that is not met fails the step, and the steps behind it are skipped.
 *
 *	submit		sign a document, hand it in; it must be accepted unless a <refused>, or an
 *			<expect state="REFUSED"> of the gateway, names it
 *	accepted	the gateway answered with a receipt
 *	refused		it answered with a refusal that has this code among its findings
 *	expect		seen within so much gateway time (1d) after the last deed that did something,
 *			or the last <never>. `from` absent or "gateway": a state of the case, or RECEIVED or
 *			REFUSED of the message; else what that party said (APPROVED, RECEIVED for its
 *			receipt, or for its decision where that is one in this life), or what stands with it (PAPER_DUE, SENT, DEAD, fault). What
 *			was seen before counts, unless the same expectation was met by it before.
 *			Without state and code: anything that was said.
 *	never		not seen so far, but for what an expectation was met by, nor in so much
 *			gateway time from now, which passes
 *	date, advance	gateway time moves; what falls due on the way is done
 *	agency		a party is cut off, or comes back
 *	paper		an agency has decided at its counter
 *	fault		something goes wrong from now on (core/fault.h); fault-reset ends all
 *	retry		what was given up is tried again
 *	calendar	the link of a party or a procedure is in that state on gateway time's day; or
 *			(says) a row of that day has this in its title
 *	codes		a code list has just these values on gateway time's day
 *	follow		what a party began in the case of a submit (the e-Form D it issued, the payment
 *			notice it wrote) gets an alias of its own, once it has taken effect
 *	remember	what an XPath finds in a trace is ${name} from then on
 *
 * In `value` of <set>, `test` of <xpath>, and permit and text of <paper>, ${run} is the run's label or
 * else the seed, ${seed}, ${as} the alias at hand; and of an earlier submit d1 ${d1.id},
 * ${d1.number}, ${d1.reference}, ${d1.permit}: the last document that an answer to it issued. <set>
 * changes a document before it is signed, <alter> afterwards.
 *
 * A scenario is read whole and checked before anything is run: parties, aliases, settings, faults,
 * XPaths, files. It is read-only then; strings live in the arena given.
 */
#ifndef NSW_SCENARIO_H
#define NSW_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/session.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/failure.h"
#include "core/fault.h"
#include "core/party.h"
#include "core/rollout.h"

#define SCENARIO_NS "urn:nsw:scenario:1"

enum deed_kind {
	DEED_SUBMIT,
	DEED_ACCEPTED,
	DEED_REFUSED,
	DEED_EXPECT,
	DEED_NEVER,
	DEED_DATE,
	DEED_ADVANCE,
	DEED_AGENCY,
	DEED_PAPER,
	DEED_FAULT,
	DEED_FAULT_RESET,
	DEED_RETRY,
	DEED_CALENDAR,
	DEED_CODES,
	DEED_FOLLOW,
	DEED_REMEMBER,
	DEED_KINDS
};

/* <set name= value=>, <set xpath= value=>, <alter xpath= value=>; of <xpath test=> the name alone. */
struct deed_value {
	const char *name, *value;
	unsigned line;
};

struct deed {
	enum deed_kind kind;
	unsigned line;
	const char *of;	   /* alias of an earlier submit */
	const char *party; /* as its profile spells it; NULL: the gateway */
	const char *state, *code, *procedure, *place, *text, *permit, *list;
	int64_t lasts;		/* within, during, by: ms */
	const char *lasts_text; /* as written */
	gateway_time at;	/* date set; sign-at */
	bool on;		/* agency */
	enum link_state link;
	struct fault fault;

	/* submit; `as` and `document` (a kind) of follow; `as` and `text` (an XPath) of remember */
	const char *as, *path, *ref, *id_of, *document, *by, *from, *sign_as;
	bool unsigned_, shift; /* shift: its dates move to today */
	bool may_be_refused;   /* something behind it expects that */

	struct deed_value *values, *alters; /* <set> or <xpath>; <alter> */
	size_t value_count, alter_count;
};

struct scenario_step {
	const char *name;
	unsigned line;
	struct deed *deeds;
	size_t count;
};

struct scenario {
	const char *file, *name, *title; /* title may be NULL */
	const char *date, *seed;	 /* as written */
	const char *calendar;		 /* a path, "none"; NULL: that of the kinds */
	gateway_time at;
	struct deed_value *settings;
	size_t setting_count;
	struct deed *given; /* faults and agencies */
	size_t given_count;
	struct scenario_step *steps;
	size_t count;
};

/* REJECT SCN-001 with FILE:LINE and the nearest word where there is one; IO-001. */
MUST_CHECK bool scenario_read(struct scenario **out, struct session *session, struct arena *arena,
			      const struct parties *parties, const char *path, struct failure *why);

/* A list of files: `path` itself, or of a folder, and the folders in it, every file that is XML of
 * our namespace, by name. NULL-terminated. REJECT SCN-002 when a folder has none, IO-001. */
MUST_CHECK bool scenario_files(const char *const **out, struct arena *arena, const char *path,
			       struct failure *why);

#endif
