/*
 * keyring_parts - what the files of the keyring share. Private to keyring*.c.
 *
 * A `ring` is what one reading of the folder brought. It does not change any more, but for what
 * is remembered in it under its lock; all of it lives in one arena and ends with ring_free().
 *
 *	keyring.c		the ring in force, its locks, the simple questions
 *	keyring_ring.c		a folder becomes a ring, or a reason why not
 *	keyring_authority.c	its ca/
 *	keyring_member.c	its parties/
 *	keyring_path.c		its path to a trusted authority, and for how long that is good
 *	keyring_check.c		is this certificate to be trusted?
 *	keyring_home.c		private keys, read when they are first asked for
 *	keyring_curve.c		transport keys and their Z85 spelling
 *	keyring_file.c		bytes, PEM, dates
 */
#ifndef NSW_KEYRING_PARTS_H
#define NSW_KEYRING_PARTS_H

#include <openssl/x509.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/failure.h"
#include "core/keyring.h"

/* ---- a ring (keyring_ring.c) ---------------------------------------------------------- */

struct span {
	gateway_time from, until; /* until is the first moment outside */
};

struct authority {
	const char *name; /* of ca/NAME.crt */
	X509 *certificate;
	X509_CRL *list;
	const char *list_file;
	struct span listed; /* this update to next update */
};

/* What makes a certificate good, and for how long. */
struct trust {
	struct span valid;		  /* all certificates of its path */
	struct span listed;		  /* all revocation lists it rests on, grace included */
	const struct authority *next_due; /* the list that must be renewed first */
};

/* One sign*.crt of a party. */
struct filed_certificate {
	const struct member *owner;
	const char *name;	     /* "sign-2" */
	const char *file, *key_file; /* paths */
	X509 *certificate;
	const unsigned char *der;
	size_t length;
	struct digest digest; /* of der */
	struct span valid;
	bool examined;
	struct trust trust;	       /* once examined; both under ring->memory */
	const struct signing_key *key; /* NULL: not yet read; under keyring->home */
};

#define CURVE_KEYS_MAX 4

struct member {
	char id[PARTY_ID_SIZE];
	const char *folder, *curve_key;		/* paths */
	struct filed_certificate *certificates; /* newest first */
	size_t count;
	char curves[CURVE_KEYS_MAX][CURVE_TEXT_SIZE];
	size_t curve_count;
	const struct authority *anchor; /* NULL: any */
};

struct curve_owner {
	const char *curve;
	const struct member *member;
};

struct ring {
	struct arena *arena;
	struct authority *authorities;
	size_t authority_count;
	X509_STORE *anchors;		/* self-signed authorities, and all revocation lists */
	STACK_OF(X509) * intermediates; /* the other authorities, borrowed */
	struct member *members;		/* by id */
	size_t member_count;
	struct filed_certificate **filed; /* by digest */
	size_t filed_count;
	struct curve_owner *curves; /* by key */
	size_t curve_count;

	pthread_mutex_t memory; /* guards what follows, and what each certificate remembers */
	gateway_time warned;	/* when last, of an overdue revocation list */
};

MUST_CHECK bool ring_load(struct ring **out, const char *folder, struct failure *why);
void ring_free(struct ring *ring); /* NULL is fine */

/* Both NULL when there is none. */
const struct member *ring_member(const struct ring *ring, const char *id);
struct filed_certificate *ring_filed(const struct ring *ring, const struct digest *digest);

struct names {
	char **at; /* sorted */
	size_t count;
};

/* The names in a folder with that beginning and end. FAULT KEY-001. */
MUST_CHECK bool list_names(struct names *out, struct arena *arena, const char *folder,
			   const char *prefix, const char *suffix, struct failure *why);

/* Steps of ring_load(), in this order (keyring_authority.c, keyring_member.c). */
MUST_CHECK bool load_authorities(struct ring *ring, const char *folder, struct failure *why);
MUST_CHECK bool load_lists(struct ring *ring, const char *folder, struct failure *why);
MUST_CHECK bool load_members(struct ring *ring, const char *folder, struct failure *why);

/* The party a certificate was issued to; false when it does not name exactly one. */
bool certificate_party(const X509 *certificate, char party[PARTY_ID_SIZE]);
bool span_holds(const struct span *span, gateway_time at);

/* ---- keyring_path.c ------------------------------------------------------------------- */

/* One certificate at one moment; also what OpenSSL's callback is told. */
struct examination {
	struct ring *ring;
	X509 *certificate;
	const unsigned char *der;
	size_t length;
	const struct authority *anchor; /* NULL: any */
	gateway_time at;
	X509_STORE_CTX *context;
	int unlisted; /* why revocation is unknown; 0: it is known */
};

/*
 * The path from the certificate to a trusted authority. A revocation list out of date does not
 * matter yet, one of no use sets `unlisted`. REJECT SIG-010..013, SIG-016, SIG-017; FAULT
 * KEY-006.
 */
MUST_CHECK bool path_verify(struct examination *it, struct failure *why);
/* How long a path that was found good will be so. REJECT SIG-017 when it leads past the anchor;
 * FAULT KEY-006. */
MUST_CHECK bool path_weigh(const struct examination *it, struct trust *trust, struct failure *why);
void path_close(struct examination *it);

/* ---- keyring_check.c ------------------------------------------------------------------ */

/* keyring_check() on the ring in force. */
MUST_CHECK bool ring_check(struct ring *ring, const unsigned char *certificate, size_t length,
			   gateway_time signed_at, gateway_time received_at,
			   char party[PARTY_ID_SIZE], struct failure *why);

/* ---- keyring_home.c ------------------------------------------------------------------- */

/* Signing keys once handed out; they outlive the ring they were found by. */
struct kept_key {
	struct kept_key *next;
	struct signing_key key;
	struct digest certificate;
};

/* keyring_signing_key() of a member. Keys read from now on are put in front of *kept. */
MUST_CHECK bool member_signing_key(const struct member *member, gateway_time at,
				   struct kept_key **kept, const struct signing_key **key,
				   struct failure *why);
/* keyring_expired_key() of a member; likewise. */
MUST_CHECK bool member_expired_key(const struct member *member, struct kept_key **kept,
				   const struct signing_key **key, struct failure *why);
void kept_keys_free(struct kept_key *kept);

/* ---- keyring_curve.c ------------------------------------------------------------------ */

/* curve.pub of a member, if there is one. */
MUST_CHECK bool curve_load(struct member *member, const char *path, struct failure *why);
/* The secret that belongs to a public key. */
MUST_CHECK bool curve_secret(const char *path, const char *public_key,
			     char secret_key[CURVE_TEXT_SIZE], struct failure *why);

/* ---- keyring_file.c ------------------------------------------------------------------- */

struct key_file {
	char *bytes; /* NUL behind */
	size_t length;
};

enum secrecy { PUBLIC, PRIVATE };

bool file_exists(const char *path);
/* FAULT KEY-001, KEY-003; place is the path. */
MUST_CHECK bool key_file_read(struct key_file *out, const char *path, enum secrecy secrecy,
			      struct failure *why);
void key_file_forget(struct key_file *file); /* wiped and freed */

/* FAULT KEY-001, KEY-002, KEY-003; place is the path. Certificates (with their DER) and lists
 * belong to the arena; a private key is yours to free as OpenSSL does. */
MUST_CHECK bool certificate_read(X509 **out, struct arena *arena, const unsigned char **der,
				 size_t *length, const char *path, struct failure *why);
MUST_CHECK bool list_read(X509_CRL **out, struct arena *arena, const char *path,
			  struct failure *why);
MUST_CHECK bool private_key_read(EVP_PKEY **out, const char *path, struct failure *why);

/* False for a date that is missing or malformed. */
bool asn1_date(const ASN1_TIME *date, gateway_time *when);
bool certificate_span(const X509 *certificate, struct span *span);

/* FAULT KEY-002 there. */
bool unfit(struct failure *why, const char *path, const char *text, ...) PRINTF_LIKE(3, 4);

#endif
