/*
 * failure - why something could not be done, and who must act on it.
 *
 * A function that can fail returns bool and takes `struct failure *why` as its
 * last argument; *why is filled in exactly when it returns false. There are
 * three verdicts, the three things the world can do next:
 *
 *	REJECT	the sender must change the message (or the user the input)
 *	DEFER	nobody is wrong; the same thing may succeed later
 *	FAULT	we are wrong: a bug, a disk, a configuration
 *
 * Codes are stable and stand in schemas/catalogue.xml with a text and a hint.
 * Texts are for the person who must act; nothing secret ever goes into one.
 */
#ifndef NSW_FAILURE_H
#define NSW_FAILURE_H

#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK	  __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum verdict { REJECT, DEFER, FAULT };

struct failure {
	enum verdict verdict;
	char code[24];	 /* "SIG-002" */
	char place[256]; /* "FILE:LINE", a field, an XPath; empty when there is none */
	char text[512];	 /* one sentence, no trailing newline */
};

/* Fill in *why and return false, so that `return reject(why, ...)` reads as prose.
 * cmocka owns the name fail(), hence these three. A NULL why is allowed. */
bool reject(struct failure *why, const char *code, const char *text, ...) PRINTF_LIKE(3, 4);
bool defer(struct failure *why, const char *code, const char *text, ...) PRINTF_LIKE(3, 4);
bool fault(struct failure *why, const char *code, const char *text, ...) PRINTF_LIKE(3, 4);

/* Say where it happened; keeps a place that is already there. Returns false. */
bool failure_at(struct failure *why, const char *place, ...) PRINTF_LIKE(2, 3);

/* "REJECT", "DEFER" or "FAULT": the word used in journal, log and responses. */
const char *verdict_name(enum verdict verdict);

/* "place: code: text" into a caller's buffer; returns buffer. */
const char *failure_line(const struct failure *why, char *buffer, size_t size);

#endif
