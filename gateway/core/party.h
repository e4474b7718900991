/*
 * party - who takes part: the identity half of a party's profile.
 *
 * adapters/ID.xml (urn:nsw:party:1) says who a ministry, the bank or a partner is: names in
 * English and Vietnamese, role, aliases, push or pull, which kinds it may see. The other
 * half, how its simulation decides, is read by the adapter engine alone. A party of the
 * keyring without a profile is a trader: role "trader", delivery pull.
 *
 * Read-only after loading; any thread may look.
 */
#ifndef NSW_PARTY_H
#define NSW_PARTY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/clock.h"
#include "core/datafile.h"
#include "core/failure.h"

#define PARTY_NS "urn:nsw:party:1"

/* Of the whole file, both halves, for whoever reads one of them. */
extern const struct datafile_element party_grammar[];
/* Its rows for a <step> and what stands in one: a decision may also come alone. */
/* clang-format off */
#define PARTY_STEP_GRAMMAR \
	{ "step", "name! after! when result status note items send template", "refusal? document*" }, \
	{ "refusal", "code! text! text-vi hint", "" }, \
	{ "document", "type! number! valid when as", "" }
/* clang-format on */

struct party_name {
	const char *text;
	bool vietnamese;
	gateway_time from, until; /* from its first day to the first day without it */
};

struct party {
	const char *id;		    /* "MARD" */
	const char *role;	    /* customs agency bank peer trader gateway operator */
	bool push;		    /* the gateway delivers and retries; otherwise a mailbox */
	const char *name, *name_vi; /* the first ones of the file */
	const struct party_name *names;
	size_t name_count;
	const char *successor; /* who does its work from that day on; NULL */
	gateway_time successor_from;
	const char *const *sees; /* kinds that it takes */
	const char *file;	 /* of the profile; NULL for a party without one */
};

struct parties;

/* Every *.xml of the folders whose root is a party, sorted by id. FAULT PTY-901 profile
 * broken (place FILE:LINE), PTY-902 the same id twice, IO-001. */
MUST_CHECK bool parties_load(struct parties **out, const char *const folders[], size_t count,
			     struct failure *why);
void parties_free(struct parties *parties); /* NULL is fine */

size_t parties_count(const struct parties *parties);
const struct party *parties_at(const struct parties *parties, size_t index);
/* NULL when it has no profile. */
const struct party *parties_find(const struct parties *parties, const char *id);
/* As a person writes it: upper or lower case does not matter. REJECT PTY-004 there is no such
 * party, with the nearest id. */
MUST_CHECK bool parties_meant(const struct parties *parties, const char *written,
			      const struct party **out, struct failure *why);
/* The role of any party: that of its profile, else "trader". */
const char *parties_role(const struct parties *parties, const char *id);
bool parties_push(const struct parties *parties, const char *id);
/* What it was called at that time; where the file says nothing of the day, the first name. */
const char *party_name_on(const struct party *party, gateway_time at, bool vietnamese);
/* May it be sent messages of that kind? */
bool party_sees(const struct party *party, const char *kind);

#endif
