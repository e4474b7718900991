/*
 * keyring - which certificate and transport key belongs to which party.
 *
 * A keyring is a folder, made by certs-example/make-pki for the sandbox:
 *
 *	ca/NAME.crt		authorities (PEM, one a file): self-signed ones are trusted, the
 *				others must chain to one of those
 *	ca/NAME.crl		revocation lists, exactly one of each authority
 *	parties/ID/sign*.crt	the party's signing certificates; two while keys overlap
 *	parties/ID/sign*.key	their private keys: only where this process is that party
 *	parties/ID/expired.crt	optional: a certificate of sign.key that nobody has on file and
 *				whose time is over; for a simulation that is to be refused
 *	parties/ID/curve.pub	its transport keys (Z85, 40 characters a line; two while keys
 *				overlap); absent: it never connects
 *	parties/ID/curve.key	the secret of the first of them, likewise only at home
 *	parties/ID/anchor	optional: the NAME of the one authority under which this party's
 *				certificates must chain (per-peer trust anchor)
 *
 * The party of a certificate is its subject's serialNumber attribute; it must
 * equal the folder's name. A folder without a certificate of its own party is
 * refused at load with the file's name. Names that begin with a dot are not
 * read. Private keys are read when first asked for, and only if nobody else may.
 *
 * All questions are asked with a gateway time. Trust takes a chain verification
 * and is remembered for each certificate on file, for the time in which every
 * certificate and revocation list it rests on is good; keyring_reload() forgets
 * it. Refusals are not remembered. A certificate on a revocation list is
 * revoked, whatever date stands beside it. A list past its next update counts
 * for KEYRING_CRL_GRACE_DAYS more, with a warning in the log once a gateway day.
 *
 * Any thread may ask; keyring_reload() may run meanwhile: it swaps the whole
 * content under a lock or leaves the old one in place.
 */
#ifndef NSW_KEYRING_H
#define NSW_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/failure.h"

struct keyring;

/* A private key with its certificate; borrowed from the keyring. */
struct signing_key {
	struct evp_pkey_st *private_key;  /* an EVP_PKEY; only core/signature.c looks inside */
	const unsigned char *certificate; /* DER */
	size_t certificate_length;
	gateway_time not_before, not_after; /* good until just before not_after */
};

#define PARTY_ID_SIZE	       36
#define CURVE_TEXT_SIZE	       41
#define KEYRING_CRL_GRACE_DAYS 7

/* FAULT KEY-001 folder or file unreadable, KEY-002 a certificate, key or CRL that does not
 * parse or does not fit its folder (place names the file), KEY-003 a private key that others
 * may read or replace, or that is another user's. The three may also come from the questions about private keys below. */
MUST_CHECK bool keyring_open(struct keyring **out, const char *folder, struct failure *why);
void keyring_close(struct keyring *keyring); /* NULL is fine */
MUST_CHECK bool keyring_reload(struct keyring *keyring, struct failure *why);

/* The party that owns a transport public key (Z85): true and its id; false when nobody does. */
bool keyring_party_of_curve(struct keyring *keyring, const char *curve_public,
			    char party[PARTY_ID_SIZE]);
bool keyring_knows(struct keyring *keyring, const char *party);
/* Transport keys of a party: the first of curve.pub and, only at home, its secret; secret_key
 * NULL asks for the public one alone. Wipe the secret after use. FAULT KEY-004 when the party
 * or the file is missing, KEY-002 when the two are no pair. */
MUST_CHECK bool keyring_curve(struct keyring *keyring, const char *party,
			      char public_key[CURVE_TEXT_SIZE], char secret_key[CURVE_TEXT_SIZE],
			      struct failure *why);
/* Ids of all parties, sorted; borrowed from the arena. */
size_t keyring_parties(struct keyring *keyring, struct arena *arena, const char ***ids);

/* The key this party signs with at a moment: the newest whose certificate is valid then, among
 * those whose private key is here. FAULT KEY-005 when there is none. Stays good until
 * keyring_close(). */
MUST_CHECK bool keyring_signing_key(struct keyring *keyring, const char *party, gateway_time at,
				    const struct signing_key **key, struct failure *why);

/* The key of expired.crt: what it signs has to be refused (SIG-011). FAULT KEY-005 when there is
 * none. Stays good until keyring_close(). */
MUST_CHECK bool keyring_expired_key(struct keyring *keyring, const char *party,
				    const struct signing_key **key, struct failure *why);

/*
 * May this certificate (DER) sign for its party, as of signing time and as of receipt?
 * REJECT SIG-007 not a certificate, SIG-010 not issued under an anchor we hold, SIG-011 expired,
 * SIG-012 not yet valid, SIG-013 revoked, SIG-014 key usage forbids it, SIG-015 issued to no
 * party we know or not that party's certificate on file, SIG-016 key too weak or of a kind we do
 * not accept, SIG-017 a path, name or anchor constraint broken; DEFER SIG-018 revocation list
 * stale (place names it); FAULT KEY-006 OpenSSL cannot work.
 */
MUST_CHECK bool keyring_check(struct keyring *keyring, const unsigned char *certificate,
			      size_t length, gateway_time signed_at, gateway_time received_at,
			      char party[PARTY_ID_SIZE], struct failure *why);

#endif
