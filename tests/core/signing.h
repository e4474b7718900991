/*
 * signing - keys made for one test run, and xmlsec1 as the independent judge.
 *
 * signing_open() makes a folder with a CA, whose certificates are; signing_close() removes it.
 * Both fit cmocka's group set-up and tear-down. Keys that are good: rsa2048, rsa3072, p256,
 * other (P-256 too), p384. Keys that the profile must refuse: rsa1024, exponent3, p521,
 * secp256k1, explicit (P-256 with its parameters spelled out), ed25519.
 */
#ifndef NSW_TEST_SIGNING_H
#define NSW_TEST_SIGNING_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/keyring.h"
#include "core/text.h"

int signing_open(void **state);
int signing_close(void **state);

/* Made when first asked for (by one thread), borrowed until signing_close(). The test fails when
 * there is none of that name. */
const struct signing_key *signing_key(const char *name);

/* Is the document, with the payload beside it, valid to xmlsec1 under our CA? */
bool judge_accepts(const struct text *document, const void *payload, size_t length);
/* xmlsec1 fills in the Signature of a template with a key; appended to `out`. */
bool judge_signs(struct text *out, const char *document, const void *payload, size_t length,
		 const char *key);

/* A tree as bytes, appended. */
void tree_text(struct text *out, xmlDocPtr tree);

/* From the first `from` to the end of the first `through` behind it, `with` instead; the test
 * fails when there is no such place. `through` NULL: `from` alone. */
void text_replace(struct text *text, const char *from, const char *through, const char *with);

#endif
