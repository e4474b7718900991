#include "core/digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Fetched once: looking an algorithm up costs more than hashing a small message. */
static EVP_MD *sha256;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void broken(void)
{
	fputs("OpenSSL has no working SHA-256\n", stderr);
	abort();
}

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha256 == NULL)
		broken();
}

/* A digest_stream is OpenSSL's context under our own name. */
static EVP_MD_CTX *context_of(struct digest_stream *stream)
{
	return (EVP_MD_CTX *)stream;
}

struct digest_stream *digest_begin(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	pthread_once(&fetched, fetch);
	if (context == NULL || EVP_DigestInit_ex(context, sha256, NULL) != 1)
		broken();
	return (struct digest_stream *)context;
}

void digest_add(struct digest_stream *stream, const void *bytes, size_t length)
{
	if (EVP_DigestUpdate(context_of(stream), bytes, length) != 1)
		broken();
}

void digest_add_field(struct digest_stream *stream, const void *bytes, size_t length)
{
	unsigned char prefix[8];

	for (int i = 0; i < 8; i++)
		prefix[i] = (unsigned char)((uint64_t)length >> (56 - 8 * i));
	digest_add(stream, prefix, sizeof prefix);
	digest_add(stream, bytes, length);
}

struct digest digest_end(struct digest_stream *stream)
{
	struct digest digest;

	if (EVP_DigestFinal_ex(context_of(stream), digest.bytes, NULL) != 1)
		broken();
	EVP_MD_CTX_free(context_of(stream));
	return digest;
}

struct digest digest_of(const void *bytes, size_t length)
{
	struct digest_stream *stream = digest_begin();

	digest_add(stream, bytes, length);
	return digest_end(stream);
}

const char *digest_text(const struct digest *digest, char buffer[DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < DIGEST_SIZE; i++) {
		buffer[2 * i] = digits[digest->bytes[i] >> 4];
		buffer[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	buffer[2 * DIGEST_SIZE] = '\0';
	return buffer;
}
