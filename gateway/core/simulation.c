/* simulation - what the gateway tells a simulated party to do wrong; see fault.h. */
#include <stdlib.h>
#include <string.h>

#include "core/fault.h"

#define SHOWN	       60 /* bytes of what is refused */
#define ATTEMPT_DIGITS 9

void simulation_write(struct text *out, const struct simulation *simulation)
{
	text_printf(out, "message=%s\nattempt=%lld\n", simulation->message,
		    (long long)simulation->attempt);
	for (size_t i = 0; i < simulation->count; i++) {
		const struct fault *fault = &simulation->faults[i];

		text_printf(out, "fault=%s\non=%s\n", fault_kind_name(fault->kind),
			    fault_side_name(fault->on));
		if (fault->code != NULL)
			text_printf(out, "code=%s\n", fault->code);
		if (fault->text != NULL)
			text_printf(out, "text=%s\n", fault->text);
	}
}

static bool take_message(struct simulation *simulation, const char *value)
{
	if (!uuid_valid(value))
		return false;
	memcpy(simulation->message, value, UUID_SIZE);
	return true;
}

static bool take_attempt(struct simulation *simulation, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || digits > ATTEMPT_DIGITS || value[digits] != '\0')
		return false;
	simulation->attempt = strtoll(value, NULL, 10);
	return true;
}

static bool begin_fault(struct simulation *simulation, const char *kind, struct failure *why)
{
	simulation->faults[simulation->count] = FAULT_NEW;
	simulation->faults[simulation->count].party = ""; /* whoever is told */
	return fault_set(&simulation->faults[simulation->count++], NULL, "kind", kind, why);
}

/* A line that belongs to the fault begun last, if it is one that a simulation knows. */
static bool take_detail(struct simulation *simulation, struct arena *arena, const char *name,
			const char *value, struct failure *why)
{
	if (strcmp(name, "on") != 0 && strcmp(name, "code") != 0 && strcmp(name, "text") != 0)
		return true;
	if (simulation->count == 0)
		return reject(why, "FLT-006", "'%s' belongs to no fault", name);
	return fault_set(&simulation->faults[simulation->count - 1], arena, name, value, why);
}

static bool take_line(struct simulation *simulation, struct arena *arena, char *line,
		      struct failure *why)
{
	char *equals = strchr(line, '=');
	const char *value = equals != NULL ? equals + 1 : "";

	if (equals == NULL)
		return reject(why, "FLT-006", "'%.*s' is not name=value", SHOWN, line);
	*equals = '\0';
	if (strcmp(line, "message") == 0)
		return take_message(simulation, value) ||
		       reject(why, "FLT-006", "'%.*s' is no message id", SHOWN, value);
	if (strcmp(line, "attempt") == 0)
		return take_attempt(simulation, value) ||
		       reject(why, "FLT-006", "'%.*s' is no attempt", SHOWN, value);
	if (strcmp(line, "fault") == 0)
		return begin_fault(simulation, value, why);
	return take_detail(simulation, arena, line, value, why);
}

static size_t lines_of(const char *lines)
{
	size_t count = 1;

	for (const char *at = lines; *at != '\0'; at++)
		count += *at == '\n';
	return count;
}

bool simulation_read(struct simulation *out, struct arena *arena, const char *lines, size_t length,
		     struct failure *why)
{
	char *rest = arena_copy(arena, lines, length), *line;

	*out = (struct simulation){ .count = 0 };
	out->faults = arena_alloc(arena, lines_of(rest) * sizeof *out->faults);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && !take_line(out, arena, line, why))
			return false;
	if (out->message[0] == '\0')
		return reject(why, "FLT-006", "a simulation names no message");
	for (size_t i = 0; i < out->count; i++)
		if (!fault_finish(&out->faults[i], NULL, why))
			return false;
	return true;
}
