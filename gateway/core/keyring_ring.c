#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/keyring_parts.h"

/* ---- names in a folder ---------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool fits(const char *name, const char *prefix, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	/* A leading dot marks what somebody is still writing. */
	return name[0] != '.' && strncmp(name, prefix, strlen(prefix)) == 0 && length > tail &&
	       strcmp(name + length - tail, suffix) == 0;
}

bool list_names(struct names *out, struct arena *arena, const char *folder, const char *prefix,
		const char *suffix, struct failure *why)
{
	DIR *stream = opendir(folder);
	size_t room = 0;

	*out = (struct names){ NULL, 0 };
	if (stream == NULL) {
		fault(why, "KEY-001", "cannot be read: %s", strerror(errno));
		return failure_at(why, "%s", folder);
	}
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
		if (!fits(entry->d_name, prefix, suffix))
			continue;
		if (out->count == room) {
			char **more = arena_alloc(arena, 2 * (room + 8) * sizeof *more);

			if (room != 0)
				memcpy(more, out->at, room * sizeof *more);
			out->at = more;
			room = 2 * (room + 8);
		}
		out->at[out->count++] = arena_string(arena, entry->d_name);
	}
	closedir(stream);
	if (out->count != 0)
		qsort(out->at, out->count, sizeof *out->at, by_text);
	return true;
}

/* ---- finding -------------------------------------------------------------------------- */

static int by_digest(const void *a, const void *b)
{
	const struct filed_certificate *const *one = a, *const *other = b;

	return memcmp(&(*one)->digest, &(*other)->digest, sizeof(struct digest));
}

static int by_curve(const void *a, const void *b)
{
	const struct curve_owner *one = a, *other = b;

	return strcmp(one->curve, other->curve);
}

static void index_member(struct ring *ring, struct member *member)
{
	for (size_t i = 0; i < member->count; i++)
		ring->filed[ring->filed_count++] = &member->certificates[i];
	for (size_t i = 0; i < member->curve_count; i++)
		ring->curves[ring->curve_count++] =
			(struct curve_owner){ member->curves[i], member };
}

static bool index_ring(struct ring *ring, struct failure *why)
{
	size_t filed = 0, curves = 0;

	for (size_t i = 0; i < ring->member_count; i++) {
		filed += ring->members[i].count;
		curves += ring->members[i].curve_count;
	}
	ring->filed = arena_alloc(ring->arena, filed * sizeof *ring->filed);
	ring->curves = arena_alloc(ring->arena, curves * sizeof *ring->curves);
	for (size_t i = 0; i < ring->member_count; i++)
		index_member(ring, &ring->members[i]);
	qsort(ring->filed, filed, sizeof *ring->filed, by_digest);
	qsort(ring->curves, curves, sizeof *ring->curves, by_curve);

	/* A transport key is a name: nobody may share it. */
	for (size_t i = 1; i < curves; i++)
		if (by_curve(&ring->curves[i - 1], &ring->curves[i]) == 0)
			return unfit(why, ring->curves[i].member->folder,
				     "has the transport key of '%s'",
				     ring->curves[i - 1].member->id);
	return true;
}

static int id_is(const void *id, const void *member)
{
	return strcmp(id, ((const struct member *)member)->id);
}

const struct member *ring_member(const struct ring *ring, const char *id)
{
	return bsearch(id, ring->members, ring->member_count, sizeof *ring->members, id_is);
}

static int digest_is(const void *digest, const void *filed)
{
	return memcmp(digest, &(*(struct filed_certificate *const *)filed)->digest,
		      sizeof(struct digest));
}

struct filed_certificate *ring_filed(const struct ring *ring, const struct digest *digest)
{
	struct filed_certificate **found =
		bsearch(digest, ring->filed, ring->filed_count, sizeof *ring->filed, digest_is);

	return found != NULL ? *found : NULL;
}

bool span_holds(const struct span *span, gateway_time at)
{
	return at >= span->from && at < span->until;
}

/* ---- all of it ------------------------------------------------------------------------ */

static struct ring *ring_new(void)
{
	struct arena *arena = arena_new();
	struct ring *ring = arena_alloc(arena, sizeof *ring);

	ring->arena = arena;
	ring->anchors = X509_STORE_new();
	ring->intermediates = sk_X509_new_null();
	pthread_mutex_init(&ring->memory, NULL);
	if (ring->anchors == NULL || ring->intermediates == NULL)
		abort(); /* no memory: as an arena does */
	return ring;
}

void ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	X509_STORE_free(ring->anchors);
	sk_X509_free(ring->intermediates);
	pthread_mutex_destroy(&ring->memory);
	arena_free(ring->arena);
}

bool ring_load(struct ring **out, const char *folder, struct failure *why)
{
	struct ring *ring = ring_new();
	const char *authorities = arena_printf(ring->arena, "%s/ca", folder);
	const char *parties = arena_printf(ring->arena, "%s/parties", folder);

	if (!load_authorities(ring, authorities, why) || !load_lists(ring, authorities, why) ||
	    !load_members(ring, parties, why) || !index_ring(ring, why)) {
		ring_free(ring);
		return false;
	}
	*out = ring;
	return true;
}
