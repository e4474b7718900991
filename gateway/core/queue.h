/*
 * queue - what one thread hands to another: a list with a lock.
 *
 * Unbounded on purpose: what may enter the house is bounded once, at its door (see
 * pipeline.h), so that no thread behind it ever waits to hand something on and no two can
 * wait for each other.
 *
 * A thing in a queue belongs to the queue; a thing taken out belongs to the taker.
 */
#ifndef NSW_QUEUE_H
#define NSW_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue *queue); /* must be empty; NULL is fine */

void queue_put(struct queue *queue, void *thing);
/* The oldest thing. Waits up to timeout_ms (negative: for ever) and returns NULL when there is
 * none, when the time is over, or when the queue is closed and empty. */
void *queue_take(struct queue *queue, int timeout_ms);
size_t queue_length(struct queue *queue);
/* Nobody waits any longer; what is inside can still be taken. */
void queue_close(struct queue *queue);
bool queue_closed(struct queue *queue);

#endif
