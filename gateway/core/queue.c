#include "core/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/arena.h"

struct node {
	struct node *next;
	void *thing;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct node *first, **last;
	size_t length;
	bool closed;
};

struct queue *queue_new(void)
{
	struct queue *queue = must_alloc(sizeof *queue);
	pthread_condattr_t monotonic;

	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
	queue->last = &queue->first;
	return queue;
}

void queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	pthread_cond_destroy(&queue->filled);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

void queue_put(struct queue *queue, void *thing)
{
	struct node *node = must_alloc(sizeof *node);

	node->thing = thing;
	pthread_mutex_lock(&queue->lock);
	*queue->last = node;
	queue->last = &node->next;
	queue->length++;
	pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

static struct timespec deadline_in(int timeout_ms)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += timeout_ms / 1000;
	deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
	if (deadline.tv_nsec >= 1000000000L) {
		deadline.tv_nsec -= 1000000000L;
		deadline.tv_sec++;
	}
	return deadline;
}

/* With the lock held: until there is something, the queue is closed, or the time is over. */
static void wait_for_thing(struct queue *queue, int timeout_ms)
{
	struct timespec deadline;

	if (timeout_ms >= 0)
		deadline = deadline_in(timeout_ms);
	while (queue->first == NULL && !queue->closed && timeout_ms != 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&queue->filled, &queue->lock);
		else if (pthread_cond_timedwait(&queue->filled, &queue->lock, &deadline) ==
			 ETIMEDOUT)
			return;
	}
}

void *queue_take(struct queue *queue, int timeout_ms)
{
	struct node *node;
	void *thing = NULL;

	pthread_mutex_lock(&queue->lock);
	wait_for_thing(queue, timeout_ms);
	node = queue->first;
	if (node != NULL) {
		thing = node->thing;
		queue->first = node->next;
		if (queue->first == NULL)
			queue->last = &queue->first;
		queue->length--;
	}
	pthread_mutex_unlock(&queue->lock);
	free(node);
	return thing;
}

size_t queue_length(struct queue *queue)
{
	size_t length;

	pthread_mutex_lock(&queue->lock);
	length = queue->length;
	pthread_mutex_unlock(&queue->lock);
	return length;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

bool queue_closed(struct queue *queue)
{
	bool closed;

	pthread_mutex_lock(&queue->lock);
	closed = queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return closed;
}
