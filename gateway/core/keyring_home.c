#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "core/keyring_parts.h"

void kept_keys_free(struct kept_key *kept)
{
	for (struct kept_key *next; kept != NULL; kept = next) {
		next = kept->next;
		EVP_PKEY_free(kept->key.private_key);
		free((void *)kept->key.certificate);
		free(kept);
	}
}

static const struct signing_key *find_kept(const struct kept_key *kept,
					   const struct digest *certificate)
{
	for (; kept != NULL; kept = kept->next)
		if (memcmp(&kept->certificate, certificate, sizeof *certificate) == 0)
			return &kept->key;
	return NULL;
}

static const struct signing_key *keep(struct kept_key **kept, EVP_PKEY *private_key,
				      const struct filed_certificate *filed)
{
	struct kept_key *fresh = must_alloc(sizeof *fresh);
	unsigned char *der = must_alloc(filed->length);

	memcpy(der, filed->der, filed->length);
	fresh->certificate = filed->digest;
	fresh->key.private_key = private_key;
	fresh->key.certificate = der;
	fresh->key.certificate_length = filed->length;
	fresh->key.not_before = filed->valid.from;
	fresh->key.not_after = filed->valid.until;
	fresh->next = *kept;
	*kept = fresh;
	return &fresh->key;
}

/* The file is read anew for every ring, since it may have been opened to others meanwhile; the
 * key of a certificate that was handed out before stays the same object. */
static bool read_key(struct filed_certificate *filed, struct kept_key **kept, struct failure *why)
{
	EVP_PKEY *private_key;

	if (!private_key_read(&private_key, filed->key_file, why))
		return false;
	if (X509_check_private_key(filed->certificate, private_key) != 1) {
		EVP_PKEY_free(private_key);
		ERR_clear_error();
		return unfit(why, filed->key_file, "does not belong to %s", filed->file);
	}
	filed->key = find_kept(*kept, &filed->digest);
	if (filed->key == NULL)
		filed->key = keep(kept, private_key, filed);
	else
		EVP_PKEY_free(private_key);
	return true;
}

bool member_signing_key(const struct member *member, gateway_time at, struct kept_key **kept,
			const struct signing_key **key, struct failure *why)
{
	char when[TIME_TEXT_SIZE];

	for (size_t i = 0; i < member->count; i++) {
		struct filed_certificate *filed = &member->certificates[i];

		/* A new certificate may be on file everywhere before its key is put to use. */
		if (!span_holds(&filed->valid, at) ||
		    (filed->key == NULL && !file_exists(filed->key_file)))
			continue;
		if (filed->key == NULL && !read_key(filed, kept, why))
			return false;
		*key = filed->key;
		return true;
	}
	fault(why, "KEY-005", "no private key here whose certificate is valid at %s",
	      time_text(at, when));
	return failure_at(why, "%s", member->folder);
}

static bool read_expired(struct filed_certificate *expired, struct arena *arena,
			 const struct member *member, struct kept_key **kept, struct failure *why)
{
	expired->file = arena_printf(arena, "%s/expired.crt", member->folder);
	expired->key_file = arena_printf(arena, "%s/sign.key", member->folder);
	if (!file_exists(expired->file)) {
		fault(why, "KEY-005",
		      "there is no certificate that has expired (make-pki makes one)");
		return failure_at(why, "%s", expired->file);
	}
	if (!certificate_read(&expired->certificate, arena, &expired->der, &expired->length,
			      expired->file, why))
		return false;
	if (!certificate_span(expired->certificate, &expired->valid))
		return unfit(why, expired->file, "has no well-formed validity");
	expired->digest = digest_of(expired->der, expired->length);
	return read_key(expired, kept, why);
}

/* Read anew each time it is asked for, which is seldom: it is no certificate of the ring. */
bool member_expired_key(const struct member *member, struct kept_key **kept,
			const struct signing_key **key, struct failure *why)
{
	struct arena *arena = arena_new();
	struct filed_certificate expired = { .owner = member };
	bool read = read_expired(&expired, arena, member, kept, why);

	if (read)
		*key = expired.key;
	arena_free(arena);
	return read;
}
