/* judge - the journal held against the trader's books. */
#ifndef JUDGE_H
#define JUDGE_H

#include "books.h"

/* After any crash: what was receipted is there, as it was sent; the chain holds and contains
 * every position that a response carried; nothing was decided twice. */
void judge_crash(struct books *books, const char *journal_path);
/* When all is quiet: besides, nothing is stuck and every final response was fetched. */
void judge_end(struct books *books, const char *journal_path);
/* Is everything final, delivered and acknowledged? */
bool judge_quiet(const char *journal_path);

#endif
