/* retain - how long bodies are kept: by the setting, and when an operator says so. */
#include "clerk/retain.h"

#include "control/control.h"
#include "core/log.h"
#include "journal/prune.h"

#define AT_A_TIME 512 /* bodies in one transaction */

static bool is_final(const void *context, const char *kind, const char *state)
{
	const struct conduct *conduct = context;
	const struct kind *known = kinds_named(conduct->kinds, kind);
	const struct life *life = known != NULL ? life_of(conduct->lives, known) : NULL;

	return life != NULL && life_final(life, state);
}

static bool prune(const struct conduct *conduct, gateway_time now, int64_t age, const char *by,
		  size_t *count, struct failure *why)
{
	const struct pruning pruning = { .at = now,
					 .before = now - age,
					 .by = by,
					 .limit = AT_A_TIME,
					 .is_final = is_final,
					 .context = conduct };

	return journal_prune(conduct->journal, conduct->arena, &pruning, count, why);
}

bool step_prune(struct step *step, const struct slip *slip, size_t *count, struct failure *why)
{
	gateway_time now = clock_now(step->outbox.house->clock);
	struct failure reason;
	int64_t age;

	if (slip->order->age == NULL || !duration_parse(slip->order->age, &age, &reason))
		return reject(why, "CTL-005", "'prune' needs an age: a duration, as 90d");
	return prune(&step->conduct, now, age, slip->party, count, why);
}

/* ---- by the setting ------------------------------------------------------------------------ */

static bool prune_some(struct due *due, const void *thing, struct failure *why)
{
	size_t *count = *(size_t *const *)thing;

	return prune(&due->conduct, due->now, due->outbox.house->settings->retention, "retention",
		     count, why);
}

bool due_retain(struct due *due, struct failure *why)
{
	static const struct sort sort = { prune_some, NULL, sizeof(size_t *) };
	struct clerk *clerk = due->clerk;
	size_t count = 0, *counted = &count;

	if (due->outbox.house->settings->retention == 0 || due->now < clerk->prunes)
		return true;
	if (!due_do(due, &sort, &counted, 1, why))
		return false;
	if (count == AT_A_TIME)
		due->more = true;
	else
		clerk->prunes = due->now + RETAIN_EVERY;
	if (count != 0)
		log_line(LOG_NOTE, "pruned", "text", "bodies of what is long over were given up",
			 NULL);
	return true;
}
