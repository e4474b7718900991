#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/keyring_parts.h"

#define FILE_LIMIT (16 * 1024 * 1024) /* a revocation list may be long */

bool unfit(struct failure *why, const char *path, const char *text, ...)
{
	char sentence[sizeof why->text];
	va_list arguments;

	va_start(arguments, text);
	vsnprintf(sentence, sizeof sentence, text, arguments);
	va_end(arguments);
	fault(why, "KEY-002", "%s", sentence);
	return failure_at(why, "%s", path);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool unreadable(struct failure *why, const char *path, int reason)
{
	fault(why, "KEY-001", "cannot be read: %s", strerror(reason));
	return failure_at(why, "%s", path);
}

static bool read_all(struct key_file *out, int descriptor, size_t size)
{
	ssize_t got = 1;

	out->bytes = must_alloc(size + 1);
	for (out->length = 0; out->length < size && got > 0; out->length += (size_t)got) {
		got = TEMP_FAILURE_RETRY(
			read(descriptor, out->bytes + out->length, size - out->length));
		if (got < 0)
			return false;
	}
	return true;
}

static bool exposed(struct failure *why, const char *path, const char *text)
{
	fault(why, "KEY-003", "%s", text);
	return failure_at(why, "%s", path);
}

/* Whoever may write to a folder may put another key in the place of ours. */
static bool closed_folder(const char *file, const char *path, struct failure *why)
{
	const char *slash = strrchr(file, '/');
	size_t length = slash != NULL ? (size_t)(slash - file) : 1;
	char folder[PATH_MAX];
	struct stat found;

	snprintf(folder, sizeof folder, "%.*s", (int)length, slash != NULL ? file : ".");
	if (stat(*folder != '\0' ? folder : "/", &found) != 0)
		return unreadable(why, path, errno);
	return (found.st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
	       exposed(why, path, "others may write to the folder of this private key: chmod go-w");
}

/* A link is allowed; both the folder it stands in and the one it leads to must be closed. */
static bool kept_private(const struct stat *file, const char *path, struct failure *why)
{
	char real[PATH_MAX];

	if ((file->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return exposed(why, path, "others may read this private key: chmod 600");
	if (file->st_uid != geteuid())
		return exposed(why, path, "this private key belongs to another user: chown");
	if (realpath(path, real) == NULL)
		return unreadable(why, path, errno);
	return closed_folder(path, path, why) && closed_folder(real, path, why);
}

static bool fit_to_read(int descriptor, const char *path, enum secrecy secrecy, size_t *size,
			struct failure *why)
{
	struct stat file;

	if (fstat(descriptor, &file) != 0)
		return unreadable(why, path, errno);
	if (!S_ISREG(file.st_mode))
		return unreadable(why, path, S_ISDIR(file.st_mode) ? EISDIR : EINVAL);
	if (file.st_size > FILE_LIMIT)
		return unreadable(why, path, EFBIG);
	if (secrecy == PRIVATE && !kept_private(&file, path, why))
		return false;
	*size = (size_t)file.st_size;
	return true;
}

bool key_file_read(struct key_file *out, const char *path, enum secrecy secrecy,
		   struct failure *why)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	bool good;

	*out = (struct key_file){ NULL, 0 };
	if (descriptor < 0)
		return unreadable(why, path, errno);
	good = fit_to_read(descriptor, path, secrecy, &size, why);
	if (good && !read_all(out, descriptor, size)) {
		good = unreadable(why, path, errno);
		key_file_forget(out);
	}
	close(descriptor);
	return good;
}

void key_file_forget(struct key_file *file)
{
	if (file->bytes != NULL)
		explicit_bzero(file->bytes, file->length);
	free(file->bytes);
	*file = (struct key_file){ NULL, 0 };
}

/* ---- PEM ------------------------------------------------------------------------------ */

struct der {
	const unsigned char *bytes;
	size_t length;
};

/* False at the end of the file, and for an object of another kind. */
static bool next_pem(BIO *bio, const char *kind, struct arena *arena, struct der *out)
{
	char *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	long length = 0;
	bool found =
		PEM_read_bio(bio, &name, &header, &bytes, &length) == 1 && strcmp(name, kind) == 0;

	if (found)
		*out = (struct der){ arena_copy(arena, bytes, (size_t)length), (size_t)length };
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_clear_free(bytes, (size_t)length); /* a key may stand in the wrong file */
	ERR_clear_error();			   /* the end of the file counts as an error */
	return found;
}

/* One object of that kind: a file with several would leave open which is meant. */
static bool pem_read(struct der *out, struct arena *arena, const char *path, const char *kind,
		     struct failure *why)
{
	struct key_file file;
	struct der second;
	bool first, more;
	BIO *bio;

	if (!key_file_read(&file, path, PUBLIC, why))
		return false;
	bio = BIO_new_mem_buf(file.bytes, (int)file.length);
	first = bio != NULL && next_pem(bio, kind, arena, out);
	more = first && next_pem(bio, kind, arena, &second);
	BIO_free(bio);
	key_file_forget(&file);
	if (!first)
		return unfit(why, path, "holds no PEM object '%s'", kind);
	return !more || unfit(why, path, "holds more than one PEM object '%s'", kind);
}

static void free_certificate(void *certificate)
{
	X509_free(certificate);
}

static void free_list(void *list)
{
	X509_CRL_free(list);
}

bool certificate_read(X509 **out, struct arena *arena, const unsigned char **der, size_t *length,
		      const char *path, struct failure *why)
{
	const unsigned char *end;
	struct der pem = { NULL, 0 };

	if (!pem_read(&pem, arena, path, "CERTIFICATE", why))
		return false;
	*der = end = pem.bytes;
	*length = pem.length;
	*out = d2i_X509(NULL, &end, (long)pem.length);
	arena_on_free(arena, free_certificate, *out);
	ERR_clear_error();
	return (*out != NULL && end == pem.bytes + pem.length) ||
	       unfit(why, path, "is not a well-formed certificate");
}

bool list_read(X509_CRL **out, struct arena *arena, const char *path, struct failure *why)
{
	const unsigned char *end;
	struct der pem = { NULL, 0 };

	if (!pem_read(&pem, arena, path, "X509 CRL", why))
		return false;
	end = pem.bytes;
	*out = d2i_X509_CRL(NULL, &end, (long)pem.length);
	arena_on_free(arena, free_list, *out);
	ERR_clear_error();
	return (*out != NULL && end == pem.bytes + pem.length) ||
	       unfit(why, path, "is not a well-formed revocation list");
}

/* Without it OpenSSL would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *nothing)
{
	(void)buffer, (void)size, (void)writing, (void)nothing;
	return -1;
}

bool private_key_read(EVP_PKEY **out, const char *path, struct failure *why)
{
	struct key_file file;
	BIO *bio;

	*out = NULL;
	if (!key_file_read(&file, path, PRIVATE, why))
		return false;
	bio = BIO_new_mem_buf(file.bytes, (int)file.length);
	if (bio != NULL)
		*out = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	key_file_forget(&file);
	ERR_clear_error();
	return *out != NULL || unfit(why, path, "is not an unencrypted private key in PEM");
}

/* ---- dates ---------------------------------------------------------------------------- */

bool asn1_date(const ASN1_TIME *date, gateway_time *when)
{
	struct tm parts;

	/* Without a date OpenSSL would give today's. */
	if (date == NULL || ASN1_TIME_to_tm(date, &parts) != 1)
		return false;
	*when = (gateway_time)timegm(&parts) * 1000;
	return true;
}

bool certificate_span(const X509 *certificate, struct span *span)
{
	return asn1_date(X509_get0_notBefore(certificate), &span->from) &&
	       asn1_date(X509_get0_notAfter(certificate), &span->until);
}
