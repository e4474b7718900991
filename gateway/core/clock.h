/*
 * clock - the two clocks.
 *
 * Gateway time says what date it is for customs: certificates, rollout,
 * deadlines, retries and processing times use it. It is milliseconds since
 * 1970-01-01T00:00:00Z, ticks with the wall from wherever it was set, moves
 * only forward, and in skip mode jumps to the next due moment when nothing is
 * in flight. A clock that is held stands still instead, and moves by clock_advance()
 * alone. Only the gateway owns one; everybody else is told the time by the
 * handshake and passes it on as an argument.
 *
 * Monotonic time runs heartbeats, socket time-outs and latency figures. It is
 * never written down and never compared with gateway time.
 *
 * A clock may be read by any thread; clock_advance() is for one thread.
 */
#ifndef NSW_CLOCK_H
#define NSW_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/failure.h"

typedef int64_t gateway_time; /* ms since the epoch, UTC */

struct clock;

/* A clock that shows `start` now and ticks with the wall's monotonic rate. */
struct clock *clock_new(gateway_time start);
void clock_free(struct clock *clock); /* NULL is fine */
/* From now on it stands still, for good; before other threads read it. */
void clock_hold(struct clock *clock);
bool clock_is_held(const struct clock *clock);

gateway_time clock_now(const struct clock *clock);
void clock_advance(struct clock *clock, gateway_time to); /* earlier than now: no effect */

uint64_t monotonic_ms(void);
gateway_time wall_now(void); /* the machine's date, for first starts and file names */

/* "2014-02-26T00:00:00.000Z"; every written time has this one form. */
#define TIME_TEXT_SIZE 32
const char *time_text(gateway_time when, char buffer[TIME_TEXT_SIZE]);

/* The same moment on a Vietnamese office's clock (UTC+7, no summer time): "2014-02-26". */
const char *date_text(gateway_time when, char buffer[TIME_TEXT_SIZE]);

/* A date (00:00 Asia/Ho_Chi_Minh), or a date-time with zone. REJECT TIM-001 otherwise. */
MUST_CHECK bool time_parse(const char *text, gateway_time *when, struct failure *why);

/* "800ms", "10s", "2m", "8h", "5d". REJECT TIM-002 otherwise. */
MUST_CHECK bool duration_parse(const char *text, int64_t *ms, struct failure *why);

#endif
