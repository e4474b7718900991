/*
 * bundle - messages as a folder that anybody can verify.
 *
 *	DIR/message/{envelope.xml,payload.xml}	the declaration as the trader signed it
 *	DIR/receipt/...				the gateway's receipt, and so on: one folder each
 *	DIR/ca-N.pem				the authorities that must be trusted
 *	DIR/README.txt				how, with nothing but the public xmlsec1 tool
 *
 * bundle_verify() is our own verifier over the same folders: signature, both references, the
 * certificate at the time of signing, signer and stated sender.
 */
#ifndef NSW_BUNDLE_H
#define NSW_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/envelope.h"
#include "core/failure.h"
#include "core/keyring.h"

/* May this message be written there? REJECT CLI-017 when DIR holds another one, so that what was
 * exported is never a mixture of two. */
MUST_CHECK bool bundle_free_for(const char *folder, const void *envelope, size_t envelope_length,
				struct failure *why);
/* Make DIR, with README.txt and the authorities of the keyring folder. REJECT CLI-006. */
MUST_CHECK bool bundle_begin(const char *folder, const char *keys, struct failure *why);
/* One message; the name must be a plain one. REJECT CLI-006, FAULT IO-003. */
MUST_CHECK bool bundle_add(const char *folder, const char *name, const void *envelope,
			   size_t envelope_length, const void *payload, size_t payload_length,
			   struct failure *why);

/* One message straight into DIR, which is made: DIR/envelope.xml and DIR/payload.xml. */
MUST_CHECK bool bundle_write(const char *folder, const void *envelope, size_t envelope_length,
			     const void *payload, size_t payload_length, struct failure *why);

/* The folders of a bundle that hold an envelope, sorted; DIR itself when it is one ("."). In
 * the arena. REJECT CLI-009 when there is none. */
MUST_CHECK bool bundle_list(const char *folder, struct arena *arena, const char ***names,
			    size_t *count, struct failure *why);

/* REJECT CLI-012, with what is wrong as its text: which reference, which code. IO-… */
MUST_CHECK bool bundle_verify(const char *folder, struct keyring *keyring, struct arena *arena,
			      struct envelope *cover, struct signature *signature,
			      struct failure *why);
/* The same for what is in memory; `name` stands for it. */
MUST_CHECK bool bundle_verify_bytes(const char *name, const void *envelope, size_t envelope_length,
				    const void *payload, size_t payload_length,
				    struct keyring *keyring, struct arena *arena,
				    struct envelope *cover, struct signature *signature,
				    struct failure *why);

#endif
