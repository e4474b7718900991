#include "core/failure.h"

#include <stdarg.h>
#include <stdio.h>

static void PRINTF_LIKE(4, 0) fill(struct failure *why, enum verdict verdict, const char *code,
				   const char *text, va_list arguments)
{
	if (why == NULL)
		return;
	why->verdict = verdict;
	why->place[0] = '\0';
	snprintf(why->code, sizeof why->code, "%s", code);
	vsnprintf(why->text, sizeof why->text, text, arguments);
}

bool reject(struct failure *why, const char *code, const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	fill(why, REJECT, code, text, arguments);
	va_end(arguments);
	return false;
}

bool defer(struct failure *why, const char *code, const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	fill(why, DEFER, code, text, arguments);
	va_end(arguments);
	return false;
}

bool fault(struct failure *why, const char *code, const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	fill(why, FAULT, code, text, arguments);
	va_end(arguments);
	return false;
}

bool failure_at(struct failure *why, const char *place, ...)
{
	va_list arguments;

	if (why == NULL || why->place[0] != '\0')
		return false;
	va_start(arguments, place);
	vsnprintf(why->place, sizeof why->place, place, arguments);
	va_end(arguments);
	return false;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "REJECT", "DEFER", "FAULT" };

	return names[verdict];
}

const char *failure_line(const struct failure *why, char *buffer, size_t size)
{
	const char *separator = why->place[0] != '\0' ? ": " : "";

	snprintf(buffer, size, "%s%s%s: %s", why->place, separator, why->code, why->text);
	return buffer;
}
