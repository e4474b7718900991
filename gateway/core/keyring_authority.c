#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "core/keyring_parts.h"

static bool load_authority(struct ring *ring, struct authority *authority, const char *folder,
			   const char *file, struct failure *why)
{
	const char *path = arena_printf(ring->arena, "%s/%s", folder, file);
	const unsigned char *der;
	size_t length;

	if (!certificate_read(&authority->certificate, ring->arena, &der, &length, path, why))
		return false;
	if (X509_check_ca(authority->certificate) != 1)
		return unfit(why, path, "is not the certificate of an authority");
	authority->name =
		arena_printf(ring->arena, "%.*s", (int)(strlen(file) - strlen(".crt")), file);
	if (X509_self_signed(authority->certificate, 1) == 1)
		return X509_STORE_add_cert(ring->anchors, authority->certificate) == 1 ||
		       unfit(why, path, "is not accepted by OpenSSL");
	return sk_X509_push(ring->intermediates, authority->certificate) != 0 ||
	       unfit(why, path, "is not accepted by OpenSSL");
}

bool load_authorities(struct ring *ring, const char *folder, struct failure *why)
{
	struct names names;

	if (!list_names(&names, ring->arena, folder, "", ".crt", why))
		return false;
	ring->authorities = arena_alloc(ring->arena, names.count * sizeof *ring->authorities);
	for (size_t i = 0; i < names.count; i++) {
		if (!load_authority(ring, &ring->authorities[i], folder, names.at[i], why))
			return false;
		ring->authority_count++;
	}
	if (ring->authority_count == (size_t)sk_X509_num(ring->intermediates))
		return unfit(why, folder, "holds no self-signed certificate (*.crt) to trust");
	return true;
}

static bool issued_by(X509_CRL *list, const struct authority *authority)
{
	X509 *issuer = authority->certificate;

	return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(issuer)) == 0 &&
	       X509_CRL_verify(list, X509_get0_pubkey(issuer)) == 1;
}

/* The list goes to its authority: to two of them when one has had its certificate renewed. */
static bool assign_list(struct ring *ring, X509_CRL *list, const char *path, struct failure *why)
{
	struct span listed;
	size_t issuers = 0;

	if (!asn1_date(X509_CRL_get0_lastUpdate(list), &listed.from) ||
	    !asn1_date(X509_CRL_get0_nextUpdate(list), &listed.until))
		return unfit(why, path, "does not say when it was and will be updated");
	for (size_t i = 0; i < ring->authority_count; i++) {
		struct authority *authority = &ring->authorities[i];

		if (!issued_by(list, authority))
			continue;
		if (authority->list != NULL)
			return unfit(why, path, "is a second revocation list of '%s', beside %s",
				     authority->name, authority->list_file);
		authority->list = list;
		authority->list_file = path;
		authority->listed = listed;
		issuers++;
	}
	ERR_clear_error();
	return issuers != 0 || unfit(why, path, "was not signed by an authority of this folder");
}

bool load_lists(struct ring *ring, const char *folder, struct failure *why)
{
	struct names names;

	if (!list_names(&names, ring->arena, folder, "", ".crl", why))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = arena_printf(ring->arena, "%s/%s", folder, names.at[i]);
		X509_CRL *list;

		if (!list_read(&list, ring->arena, path, why) ||
		    !assign_list(ring, list, path, why))
			return false;
		if (X509_STORE_add_crl(ring->anchors, list) != 1)
			return unfit(why, path, "is not accepted by OpenSSL");
	}
	/* Without one, every certificate it issued would be in doubt for ever. */
	for (size_t i = 0; i < ring->authority_count; i++)
		if (ring->authorities[i].list == NULL)
			return unfit(why, folder, "holds no revocation list (*.crl) of '%s'",
				     ring->authorities[i].name);
	return true;
}
