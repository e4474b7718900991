#include "deliver/leases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

struct lease {
	struct lease *next;
	char delivery[UUID_SIZE];
	struct address holder;
	uint64_t until;
};

struct leases {
	struct lease *first;
};

struct leases *leases_new(void)
{
	return must_alloc(sizeof(struct leases));
}

void leases_free(struct leases *leases)
{
	if (leases == NULL)
		return;
	for (struct lease *lease = leases->first, *next; lease != NULL; lease = next) {
		next = lease->next;
		free(lease);
	}
	free(leases);
}

/* Drops the leases that are over on the way, so that the list holds live ones only. */
static struct lease *find(struct leases *leases, const char *delivery, uint64_t now)
{
	struct lease *found = NULL;

	for (struct lease **link = &leases->first; *link != NULL;) {
		struct lease *lease = *link;

		if (lease->until <= now) {
			*link = lease->next;
			free(lease);
			continue;
		}
		if (strcmp(lease->delivery, delivery) == 0)
			found = lease;
		link = &lease->next;
	}
	return found;
}

bool leases_take(struct leases *leases, const char *delivery, const struct address *holder,
		 uint64_t now, uint64_t until)
{
	struct lease *lease = find(leases, delivery, now);

	if (lease != NULL && (!address_same(&lease->holder, holder)))
		return false;
	if (lease == NULL) {
		lease = must_alloc(sizeof *lease);
		snprintf(lease->delivery, sizeof lease->delivery, "%s", delivery);
		lease->next = leases->first;
		leases->first = lease;
	}
	lease->holder = *holder;
	lease->until = until;
	return true;
}

void leases_end(struct leases *leases, const char *delivery)
{
	struct lease *lease = find(leases, delivery, 0);

	if (lease != NULL)
		lease->until = 0; /* dropped at the next look */
}

void leases_return(struct leases *leases, const struct address *holder)
{
	for (struct lease *lease = leases->first; lease != NULL; lease = lease->next)
		if (address_same(&lease->holder, holder))
			lease->until = 0;
}
