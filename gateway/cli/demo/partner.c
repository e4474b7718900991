/* partner - a partner abroad is connected beside paper, and sends a certificate of origin. */
#include "cli/demo/demo.h"
#include "core/document.h"

/* ---- the second day ------------------------------------------------------------------------------ */

static bool tell_second(struct demo *demo, const struct answer *about, struct failure *why)
{
	const struct story *story = &demo->stories[PARTNER];
	const struct row *message = about->rows[0];
	size_t count;

	demo_say(demo, "Nobody goes to the counters by hand this time:");
	demo_tell_moments(demo, about, 0);
	if (follow_refused(message))
		return demo_otherwise(why, "the declaration is cleared", "it is refused");
	if (!demo_tell_answers(demo, story, false, &count, why))
		return false;
	demo_result(demo, "%s, number %s, %zu answers", row_get(message, "state") ?: "?",
		    row_get(message, "number") ?: "-", count);
	return true;
}

static bool ask_and_tell(struct demo *demo, const struct story *story, struct failure *why)
{
	struct answer about;
	bool told;

	if (!demo_wait(demo, story->declaration.id, &demo_answered, &about, why))
		return false;
	told = demo_tell_tasks(demo, story, &about, why);
	answer_free(&about);
	return told;
}

bool demo_parallel(struct demo *demo, struct failure *why)
{
	struct story *story = &demo->stories[PARTNER];
	struct answer about;
	bool told;

	if (!demo_clock(demo, story->date, why))
		return false;
	demo_tell_day(demo, story);
	demo_say(demo, "The trader imports the same goods again, and gets a receipt.");
	if (!demo_hand_in(demo, story, why) || !ask_and_tell(demo, story, why))
		return false;
	demo_pause(demo);
	if (!demo_pass_time(demo, story->declaration.id, &demo_over, &about, why))
		return false;
	told = tell_second(demo, &about, why);
	answer_free(&about);
	return told;
}

/* ---- a certificate arrives ----------------------------------------------------------------------- */

static void tell_items(struct demo *demo, const struct facts *facts)
{
	for (xmlNodePtr item = child_named(facts_root(facts), "item"); item != NULL;
	     item = next_named(item, "item")) {
		xmlNodePtr quantity = child_named(item, "quantity");

		demo_say(demo, "  item %s: commodity %s, origin %s, %s %s",
			 child_text(demo->arena, item, "sequence") ?: "?",
			 child_text(demo->arena, item, "hs") ?: "?",
			 child_text(demo->arena, item, "origin") ?: "?",
			 quantity != NULL ? node_text(demo->arena, quantity) ?: "?" : "?",
			 quantity != NULL ? attribute_text(demo->arena, quantity, "unit") ?: ""
					  : "");
	}
}

static void tell_certificate(struct demo *demo, const struct facts *facts)
{
	demo_say(demo,
		 "%s sends an electronic form D, signed with its own key:", demo->document->party);
	demo_say(demo, "  certificate %s, issued %.10s to %s", facts_get(facts, "reference") ?: "?",
		 facts_get(facts, "issued") ?: "?", facts_get(facts, "exporter") ?: "?");
	tell_items(demo, facts);
}

/* It goes on to customs, and a business receipt goes back. */
static bool has_arrived(const struct demo *demo, const struct answer *about, int64_t number)
{
	(void)number;
	return demo_has_answered(about, demo->customs->party) &&
	       demo_has_answered(about, demo->document->party);
}

static void tell_parcel(struct demo *demo, const struct row *planned)
{
	const char *id = row_get(planned, "text") ?: "?";
	const struct kind *kind = kinds_named(demo->follower.kinds, id);

	demo_say(demo, "  %-7s gets a %s: %s", row_get(planned, "hop") ?: "?", id,
		 kind != NULL ? kind_title(kind, false) : "?");
}

static void tell_carried(struct demo *demo, const struct answer *about)
{
	for (size_t i = 0; i < about->count; i++)
		if (demo_is(about->rows[i], "event", "planned"))
			tell_parcel(demo, about->rows[i]);
	demo_say(demo, "  the certificate is %s, number %s",
		 row_get(about->rows[0], "state") ?: "?", row_get(about->rows[0], "number") ?: "?");
}

static bool send_certificate(struct demo *demo, struct failure *why)
{
	const struct outgoing_choice choice = { .as = demo->document->party };
	struct facts *facts;
	struct reply reply;
	const char *path;

	if (!demo_sample(demo, "coo-iss", demo->stories[JOINED].sample, &path, why) ||
	    !demo_facts(demo, path, &facts, why) ||
	    !demo_seal(demo, path, &choice, &demo->certificate, why) ||
	    !demo_send(demo, &demo->certificate, &reply, why))
		return false;
	if (!reply.taken)
		return demo_otherwise(why, "a receipt for the certificate", reply.why.text);
	tell_certificate(demo, facts);
	demo_result(demo, "certificate %s received", facts_get(facts, "reference") ?: "?");
	return true;
}

bool demo_arriving(struct demo *demo, struct failure *why)
{
	static const struct demo_wish arrived = { "customs and the partner take their messages",
						  has_arrived, 0 };
	const struct story *story = &demo->stories[JOINED];
	struct answer about;

	if (!demo_clock(demo, story->date, why))
		return false;
	demo_tell_day(demo, story);
	if (!send_certificate(demo, why) ||
	    !demo_wait(demo, demo->certificate.id, &arrived, &about, why))
		return false;
	demo_pause(demo);
	demo_say(demo, "The gateway carries it on, as it came, and answers:");
	tell_carried(demo, &about);
	answer_free(&about);
	return true;
}
