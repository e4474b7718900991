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
