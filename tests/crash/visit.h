/* visit - a trader trades with one life of the gateway. */
#ifndef VISIT_H
#define VISIT_H

#include "harness.h"

/* One life, ended by what befalls it, or after a while. True when it ended by itself. */
bool live_through(struct harness *harness, const struct fate *fate);
/* The last life of an era: no crash, until all is quiet, and judged. */
void settle(struct harness *harness);

#endif
