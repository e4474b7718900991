/* visit - a trader trades with one life of the gateway. */
#ifndef VISIT_H
#define VISIT_H

#include "harness.h"

/* One life, ended by the crash point, by chance after `random_after` ms, or (-1) after a
 * while. True when it ended by itself. */
bool live_through(struct harness *harness, const char *crash_at, int random_after);
/* The last life of an era: no crash, until all is quiet, and judged. */
void settle(struct harness *harness);

#endif
