#include "core/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "core/keyring_parts.h"

struct keyring {
	char *folder;
	pthread_rwlock_t lock; /* who reads `ring` holds it; who replaces it holds it alone */
	struct ring *ring;
	pthread_mutex_t home; /* guards `kept`, and every filed_certificate->key */
	struct kept_key *kept;
};

/* Readers come without pause; a reload must not wait for a gap between them. */
static void lock_init(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t kind;

	pthread_rwlockattr_init(&kind);
	pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &kind);
	pthread_rwlockattr_destroy(&kind);
}

static struct ring *enter(struct keyring *keyring)
{
	pthread_rwlock_rdlock(&keyring->lock);
	return keyring->ring;
}

static void leave(struct keyring *keyring)
{
	pthread_rwlock_unlock(&keyring->lock);
}

bool keyring_open(struct keyring **out, const char *folder, struct failure *why)
{
	struct keyring *keyring;
	struct ring *ring;

	if (!ring_load(&ring, folder, why))
		return false;
	keyring = must_alloc(sizeof *keyring);
	keyring->folder = must_string(folder);
	keyring->ring = ring;
	lock_init(&keyring->lock);
	pthread_mutex_init(&keyring->home, NULL);
	*out = keyring;
	return true;
}

void keyring_close(struct keyring *keyring)
{
	if (keyring == NULL)
		return;
	ring_free(keyring->ring);
	kept_keys_free(keyring->kept);
	pthread_rwlock_destroy(&keyring->lock);
	pthread_mutex_destroy(&keyring->home);
	free(keyring->folder);
	free(keyring);
}

bool keyring_reload(struct keyring *keyring, struct failure *why)
{
	struct ring *fresh, *old;

	if (!ring_load(&fresh, keyring->folder, why))
		return false;
	pthread_rwlock_wrlock(&keyring->lock);
	old = keyring->ring;
	keyring->ring = fresh;
	pthread_rwlock_unlock(&keyring->lock);
	ring_free(old); /* whoever was in it has left */
	return true;
}

static int curve_is(const void *curve, const void *owner)
{
	return strcmp(curve, ((const struct curve_owner *)owner)->curve);
}

bool keyring_party_of_curve(struct keyring *keyring, const char *curve_public,
			    char party[PARTY_ID_SIZE])
{
	const struct ring *ring = enter(keyring);
	const struct curve_owner *owner = bsearch(curve_public, ring->curves, ring->curve_count,
						  sizeof *ring->curves, curve_is);

	if (owner != NULL)
		strcpy(party, owner->member->id);
	leave(keyring);
	return owner != NULL;
}

bool keyring_knows(struct keyring *keyring, const char *party)
{
	bool known = ring_member(enter(keyring), party) != NULL;

	leave(keyring);
	return known;
}

static bool member_curve(const struct member *member, char public_key[CURVE_TEXT_SIZE],
			 char secret_key[CURVE_TEXT_SIZE], struct failure *why)
{
	if (member->curve_count == 0) {
		fault(why, "KEY-004", "no transport keys (curve.pub)");
		return failure_at(why, "%s", member->folder);
	}
	strcpy(public_key, member->curves[0]);
	if (secret_key == NULL)
		return true;
	if (!file_exists(member->curve_key)) {
		fault(why, "KEY-004", "this is not the party's home: no curve.key");
		return failure_at(why, "%s", member->folder);
	}
	return curve_secret(member->curve_key, public_key, secret_key, why);
}

bool keyring_curve(struct keyring *keyring, const char *party, char public_key[CURVE_TEXT_SIZE],
		   char secret_key[CURVE_TEXT_SIZE], struct failure *why)
{
	const struct member *member = ring_member(enter(keyring), party);
	bool good = member != NULL
			    ? member_curve(member, public_key, secret_key, why)
			    : fault(why, "KEY-004", "nobody known here is called '%s'", party);

	leave(keyring);
	return good;
}

size_t keyring_parties(struct keyring *keyring, struct arena *arena, const char ***ids)
{
	const struct ring *ring = enter(keyring);
	size_t count = ring->member_count;

	*ids = arena_alloc(arena, count * sizeof **ids);
	for (size_t i = 0; i < count; i++)
		(*ids)[i] = arena_string(arena, ring->members[i].id);
	leave(keyring);
	return count;
}

bool keyring_signing_key(struct keyring *keyring, const char *party, gateway_time at,
			 const struct signing_key **key, struct failure *why)
{
	const struct member *member = ring_member(enter(keyring), party);
	bool good;

	pthread_mutex_lock(&keyring->home);
	good = member != NULL ? member_signing_key(member, at, &keyring->kept, key, why)
			      : fault(why, "KEY-005", "nobody known here is called '%s'", party);
	pthread_mutex_unlock(&keyring->home);
	leave(keyring);
	return good;
}

bool keyring_expired_key(struct keyring *keyring, const char *party, const struct signing_key **key,
			 struct failure *why)
{
	const struct member *member = ring_member(enter(keyring), party);
	bool good;

	pthread_mutex_lock(&keyring->home);
	good = member != NULL ? member_expired_key(member, &keyring->kept, key, why)
			      : fault(why, "KEY-005", "nobody known here is called '%s'", party);
	pthread_mutex_unlock(&keyring->home);
	leave(keyring);
	return good;
}

bool keyring_check(struct keyring *keyring, const unsigned char *certificate, size_t length,
		   gateway_time signed_at, gateway_time received_at, char party[PARTY_ID_SIZE],
		   struct failure *why)
{
	bool good =
		ring_check(enter(keyring), certificate, length, signed_at, received_at, party, why);

	leave(keyring);
	return good;
}
