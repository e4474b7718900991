#include "core/findings.h"

void findings_start(struct findings *findings, struct arena *arena)
{
	*findings = (struct findings){ .arena = arena };
	findings->last = &findings->first;
}

bool findings_full(const struct findings *findings)
{
	return findings->errors + findings->warnings >= FINDINGS_KEPT;
}

void findings_count(struct findings *findings, bool warning)
{
	if (warning)
		findings->warnings++;
	else
		findings->errors++;
}

static struct finding *copy(struct arena *arena, const struct finding *finding)
{
	struct finding *ours = arena_copy(arena, finding, sizeof *finding);
	const char **strings[] = { &ours->code,	   &ours->text, &ours->text_vi, &ours->hint,
				   &ours->hint_vi, &ours->path, &ours->pointer };

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = arena_string(arena, *strings[i]);
	ours->next = NULL;
	return ours;
}

void findings_add(struct findings *findings, const struct finding *finding)
{
	if (!findings_full(findings)) {
		*findings->last = copy(findings->arena, finding);
		findings->last = &(*findings->last)->next;
	}
	findings_count(findings, finding->warning);
}
