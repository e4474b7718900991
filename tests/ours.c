#include "ours.h"

#include <stdio.h>

struct ours ours;

static bool load(struct failure *why)
{
	static const char *const schemas[] = { "schemas", NULL };
	static const char *const adapters[] = { "adapters" };
	struct plan_data data;

	if (!kinds_load(&ours.kinds, schemas, 1, why) ||
	    !lives_load(&ours.lives, ours.kinds, schemas, why) ||
	    !parties_load(&ours.parties, adapters, 1, why))
		return false;
	data = plan_data_of(ours.kinds, ours.parties);
	return plan_load(&ours.plan, &data, schemas, why);
}

int ours_open(void **state)
{
	struct failure why;
	char line[1024];

	(void)state;
	document_setup();
	if (load(&why))
		return 0;
	fprintf(stderr, "%s\n", failure_line(&why, line, sizeof line));
	return -1;
}

int ours_close(void **state)
{
	(void)state;
	plan_free(ours.plan);
	parties_free(ours.parties);
	lives_free(ours.lives);
	kinds_free(ours.kinds);
	return 0;
}

const struct life *ours_life(const char *kind)
{
	return life_of(ours.lives, kinds_named(ours.kinds, kind));
}
