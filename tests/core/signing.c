#include "signing.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct {
	const char *name, *newkey; /* as openssl req wants it */
	struct signing_key key;
	unsigned char *certificate;
} signers[] = {
	{ "rsa2048", "rsa:2048", { 0 }, NULL },
	{ "rsa3072", "rsa:3072", { 0 }, NULL },
	{ "p256", "ec -pkeyopt ec_paramgen_curve:P-256", { 0 }, NULL },
	{ "other", "ec -pkeyopt ec_paramgen_curve:P-256", { 0 }, NULL },
	{ "p384", "ec -pkeyopt ec_paramgen_curve:P-384", { 0 }, NULL },
	{ "rsa1024", "rsa:1024", { 0 }, NULL },
	{ "exponent3", "rsa:2048 -pkeyopt rsa_keygen_pubexp:3", { 0 }, NULL },
	{ "p521", "ec -pkeyopt ec_paramgen_curve:P-521", { 0 }, NULL },
	{ "secp256k1", "ec -pkeyopt ec_paramgen_curve:secp256k1", { 0 }, NULL },
	{ "explicit",
	  "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
	  { 0 },
	  NULL },
	{ "ed25519", "ed25519", { 0 }, NULL },
};

static struct text folder = TEXT_EMPTY;

/* Run by the shell inside the folder, silently; true when it ends well. */
static bool run(const char *command, ...) PRINTF_LIKE(1, 2);
static bool run(const char *command, ...)
{
	struct text line = TEXT_EMPTY;
	char *filled;
	va_list arguments;
	bool done;

	va_start(arguments, command);
	assert_true(vasprintf(&filled, command, arguments) >= 0);
	va_end(arguments);
	text_printf(&line, "cd '%s' && { %s; } >/dev/null 2>&1", folder.bytes, filled);
	done = system(line.bytes) == 0;
	free(filled);
	text_free(&line);
	return done;
}

static char *path_of(const char *name, const char *suffix)
{
	struct text path = TEXT_EMPTY;

	text_printf(&path, "%s/%s%s", folder.bytes, name, suffix);
	return path.bytes;
}

static FILE *open_file(const char *name, const char *suffix)
{
	char *path = path_of(name, suffix);
	FILE *file = fopen(path, "r");

	free(path);
	return file;
}

static bool read_signer(size_t which)
{
	FILE *key = open_file(signers[which].name, ".key");
	FILE *certificate = open_file(signers[which].name, ".crt");
	X509 *parsed = NULL;
	int length = 0;

	if (key != NULL && certificate != NULL) {
		signers[which].key.private_key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
		parsed = PEM_read_X509(certificate, NULL, NULL, NULL);
	}
	if (parsed != NULL)
		length = i2d_X509(parsed, &signers[which].certificate);
	X509_free(parsed);
	if (key != NULL)
		fclose(key);
	if (certificate != NULL)
		fclose(certificate);
	signers[which].key.certificate = signers[which].certificate;
	signers[which].key.certificate_length = (size_t)length;
	return length > 0 && signers[which].key.private_key != NULL;
}

int signing_open(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	text_printf(&folder, "%s/signing.XXXXXX", base != NULL ? base : "/tmp");
	if (mkdtemp(folder.bytes) == NULL ||
	    !run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
		 " -keyout ca.key -out ca.crt -days 2 -subj /CN=CA"))
		return -1;
	return 0;
}

static bool make_signer(size_t which)
{
	const char *name = signers[which].name;

	return run("openssl req -newkey %s -nodes -keyout %s.key -out csr -subj /CN=%s",
		   signers[which].newkey, name, name) &&
	       run("openssl x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
		   " -out %s.crt",
		   name) &&
	       read_signer(which);
}

int signing_close(void **state)
{
	bool removed = run("rm -f -- * && rmdir -- \"$PWD\"");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(signers); i++) {
		EVP_PKEY_free(signers[i].key.private_key);
		OPENSSL_free(signers[i].certificate);
	}
	text_free(&folder);
	return removed ? 0 : -1;
}

const struct signing_key *signing_key(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(signers); i++)
		if (strcmp(signers[i].name, name) == 0) {
			if (signers[i].certificate == NULL && !make_signer(i))
				fail_msg("openssl makes no key %s", name);
			return &signers[i].key;
		}
	fail_msg("no key is called %s", name);
	return NULL;
}

static void put(const char *name, const void *bytes, size_t length)
{
	char *path = path_of(name, "");

	assert_true(file_write(path, bytes, length, 0600, NULL));
	free(path);
}

/* It takes payload.xml from the folder it runs in. */
bool judge_accepts(const struct text *document, const void *payload, size_t length)
{
	put("envelope.xml", document->bytes, document->length);
	put("payload.xml", payload, length);
	return run("xmlsec1 --verify --trusted-pem ca.crt --enabled-key-data x509 envelope.xml");
}

bool judge_signs(struct text *out, const char *document, const void *payload, size_t length,
		 const char *key)
{
	char *path = path_of("signed.xml", "");
	bool done;

	put("template.xml", document, strlen(document));
	put("payload.xml", payload, length);
	done = run("xmlsec1 --sign --privkey-pem %s.key,%s.crt --output signed.xml template.xml",
		   key, key) &&
	       text_read_file(out, path, 1 << 20, NULL);
	free(path);
	return done;
}

void tree_text(struct text *out, xmlDocPtr tree)
{
	xmlChar *bytes;
	int length;

	xmlDocDumpMemoryEnc(tree, &bytes, &length, "UTF-8");
	assert_non_null(bytes);
	text_add_bytes(out, bytes, (size_t)length);
	xmlFree(bytes);
}

void text_replace(struct text *text, const char *from, const char *through, const char *with)
{
	struct text result = TEXT_EMPTY;
	char *start = strstr(text->bytes, from), *end;

	if (start == NULL)
		fail_msg("\"%s\" is not there", from);
	end = through != NULL ? strstr(start, through) : start;
	if (end == NULL)
		fail_msg("\"%s\" is not there", through);
	end += strlen(through != NULL ? through : from);
	text_add_bytes(&result, text->bytes, (size_t)(start - text->bytes));
	text_add(&result, with);
	text_add(&result, end);
	text_free(text);
	*text = result;
}
