/*
 * pki - a PKI of its own for a test program, and copies of it to spoil.
 *
 * pki_make and pki_remove are cmocka's group setup and teardown: certs-example/make-pki runs
 * once a program, in a temporary folder with
 *
 *	pki/	parties MoF (p256), MARD (rsa2048), T1 (p256), T2 (p384)
 *	bad/	certificates for T1 that must be refused
 *
 * Whatever goes wrong in here fails the test.
 */
#ifndef NSW_TEST_PKI_H
#define NSW_TEST_PKI_H

#include <stdbool.h>
#include <stddef.h>

#include "core/clock.h"
#include "core/failure.h"
#include "core/keyring.h"

int pki_make(void **state);
int pki_remove(void **state);

/* A path in the temporary folder; good until eight more were asked for. */
const char *pki_path(const char *format, ...) PRINTF_LIKE(1, 2);

/* A shell command, run with D as the temporary folder, P as the present copy, B as bad/ and the
 * project's root as current folder. */
void shell(const char *format, ...) PRINTF_LIKE(1, 2);

/* A fresh copy of pki/, which the shell then knows as $P; its path. */
const char *pki_copy(void);

/* A certificate for T1's key by the copy's issuing authority, with extensions as a section of
 * OpenSSL's configuration; into $P/parties/T1/sign.crt. Options as `openssl ca` takes them. */
void pki_issue(const char *options, const char *extensions);
/* A revocation list of the copy's issuing authority, likewise. */
void pki_list(const char *options, const char *extensions);

struct keyring *pki_open(const char *folder);

/* A certificate file's DER. */
struct der {
	unsigned char bytes[4096];
	size_t length;
};
struct der pki_der(const char *path);

/* keyring_check() with one time for signing and receipt: "" when it may sign, else the code. */
const char *verdict_at(struct keyring *keyring, const char *path, const char *time);

gateway_time moment(const char *text);

#endif
