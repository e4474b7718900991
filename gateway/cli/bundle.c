#include "cli/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/sandbox.h"
#include "core/document.h"
#include "core/text.h"

/* ---- writing ---------------------------------------------------------------------------------- */

static bool make(const char *folder, struct failure *why)
{
	if (folder_make(folder, 0777))
		return true;
	reject(why, "CLI-006", "cannot be made: %s", strerror(errno));
	return failure_at(why, "%s", folder);
}

static int is_certificate(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end != NULL && strcmp(end, ".crt") == 0;
}

static bool copy_file(const char *from, const char *to, struct failure *why)
{
	struct text bytes = TEXT_EMPTY;
	bool copied;

	copied = text_read_file(&bytes, from, 1 << 20, why) &&
		 file_write(to, bytes.bytes, bytes.length, 0644, why);
	text_free(&bytes);
	return copied;
}

/* xmlsec1 reads one certificate from a file, hence a file an authority. */
static bool copy_authorities(const char *folder, const char *keys, struct arena *arena, int *count,
			     struct failure *why)
{
	const char *authorities = arena_printf(arena, "%s/ca", keys);
	struct dirent **entries;
	bool copied = true;

	*count = scandir(authorities, &entries, is_certificate, alphasort);
	if (*count < 0) {
		reject(why, "IO-001", "cannot be read: %s", strerror(errno));
		return failure_at(why, "%s", authorities);
	}
	for (int i = 0; i < *count; i++) {
		copied = copied &&
			 copy_file(arena_printf(arena, "%s/%s", authorities, entries[i]->d_name),
				   arena_printf(arena, "%s/ca-%d.pem", folder, i + 1), why);
		free(entries[i]);
	}
	free(entries);
	return copied;
}

static bool write_readme(const char *folder, struct arena *arena, int authorities,
			 struct failure *why)
{
	const char *path = arena_printf(arena, "%s/README.txt", folder);
	struct text text = TEXT_EMPTY;
	bool written;

	text_add(&text, "Messages of the single window, each in a folder of its own: envelope.xml "
			"as it was\n"
			"signed, payload.xml as it was sent, byte for byte.\n\n"
			"Each can be verified with the public xmlsec1 tool, inside its folder:\n\n"
			"    cd message\n"
			"    xmlsec1 --verify --enabled-key-data x509");
	for (int i = 1; i <= authorities; i++)
		text_printf(&text, " \\\n        --trusted-pem ../ca-%d.pem", i);
	text_add(&text,
		 " envelope.xml\n\n"
		 "It says OK while not one byte of either file has been changed. `nsw verify`\n"
		 "checks the same, and that the signer is the stated sender.\n\n"
		 "Simulation: not connected to any government system.\n");
	written = file_write(path, text.bytes, text.length, 0644, why);
	text_free(&text);
	return written;
}

bool bundle_begin(const char *folder, const char *keys, struct failure *why)
{
	struct arena *arena = arena_new();
	int authorities = 0;
	bool begun;

	begun = make(folder, why) && copy_authorities(folder, keys, arena, &authorities, why) &&
		write_readme(folder, arena, authorities, why);
	arena_free(arena);
	return begun;
}

/* A name from the gateway becomes a folder's: nothing that could lead elsewhere. */
static bool plain_name(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return *name != '\0' && *name != '.' && strspn(name, plain) == strlen(name);
}

bool bundle_write(const char *folder, const void *envelope, size_t envelope_length,
		  const void *payload, size_t payload_length, struct failure *why)
{
	struct arena *arena = arena_new();
	bool written;

	written = make(folder, why) &&
		  file_write(arena_printf(arena, "%s/envelope.xml", folder), envelope,
			     envelope_length, 0644, why) &&
		  file_write(arena_printf(arena, "%s/payload.xml", folder), payload, payload_length,
			     0644, why);
	arena_free(arena);
	return written;
}

bool bundle_add(const char *folder, const char *name, const void *envelope, size_t envelope_length,
		const void *payload, size_t payload_length, struct failure *why)
{
	struct arena *arena;
	bool added;

	if (!plain_name(name))
		return reject(why, "CLI-006", "'%s' cannot be the name of a folder", name);
	arena = arena_new();
	added = bundle_write(arena_printf(arena, "%s/%s", folder, name), envelope, envelope_length,
			     payload, payload_length, why);
	arena_free(arena);
	return added;
}

/* ---- reading ------------------------------------------------------------------------------------ */

static int any_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool holds_envelope(struct arena *arena, const char *folder)
{
	return path_exists(arena_printf(arena, "%s/envelope.xml", folder));
}

bool bundle_list(const char *folder, struct arena *arena, const char ***names, size_t *count,
		 struct failure *why)
{
	struct dirent **entries;
	int found = scandir(folder, &entries, any_name, alphasort);

	*count = 0;
	if (found < 0) {
		reject(why, "IO-001", "cannot be read: %s", strerror(errno));
		return failure_at(why, "%s", folder);
	}
	*names = arena_alloc(arena, (size_t)(found + 1) * sizeof **names);
	if (holds_envelope(arena, folder))
		(*names)[(*count)++] = ".";
	for (int i = 0; i < found; i++) {
		if (holds_envelope(arena, arena_printf(arena, "%s/%s", folder, entries[i]->d_name)))
			(*names)[(*count)++] = arena_string(arena, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (*count > 0)
		return true;
	reject(why, "CLI-009", "holds no envelope.xml, nor does a folder in it");
	return failure_at(why, "%s", folder);
}

/* Is that very envelope in the file? */
static bool holds(const char *path, const void *envelope, size_t length)
{
	struct text bytes = TEXT_EMPTY;
	struct failure ignored;
	bool same;

	same = text_read_file(&bytes, path, ENVELOPE_LIMIT, &ignored) && bytes.length == length &&
	       memcmp(bytes.bytes, envelope, length) == 0;
	text_free(&bytes);
	return same;
}

/* What belongs to a message stands beside its folder `message`, or it stands alone. */
bool bundle_free_for(const char *folder, const void *envelope, size_t envelope_length,
		     struct failure *why)
{
	struct arena *arena = arena_new();
	struct failure empty;
	const char **names;
	size_t count;
	bool free_for;

	free_for = !bundle_list(folder, arena, &names, &count, &empty) ||
		   holds(arena_printf(arena, "%s/message/envelope.xml", folder), envelope,
			 envelope_length) ||
		   holds(arena_printf(arena, "%s/envelope.xml", folder), envelope, envelope_length);
	arena_free(arena);
	if (free_for)
		return true;
	reject(why, "CLI-017", "holds another message already");
	return failure_at(why, "%s", folder);
}

bool bundle_verify_bytes(const char *name, const void *envelope, size_t envelope_length,
			 const void *payload, size_t payload_length, struct keyring *keyring,
			 struct arena *arena, struct envelope *cover, struct signature *signature,
			 struct failure *why)
{
	struct document *document;
	struct failure broken;

	/* Judged as of the day it was signed: certificates may have expired since. */
	if (envelope_parse(cover, &document, arena, envelope, envelope_length, &broken)) {
		document_free(document);
		if (envelope_open(cover, signature, arena, envelope, envelope_length, payload,
				  payload_length, keyring, cover->created, &broken))
			return true;
	}
	reject(why, "CLI-012", "%s: %s", broken.code, broken.text);
	return failure_at(why, "%s", name);
}

bool bundle_verify(const char *folder, struct keyring *keyring, struct arena *arena,
		   struct envelope *cover, struct signature *signature, struct failure *why)
{
	struct text envelope = TEXT_EMPTY, payload = TEXT_EMPTY;
	bool good;

	text_add(&payload, "");
	good = text_read_file(&envelope, arena_printf(arena, "%s/envelope.xml", folder),
			      ENVELOPE_LIMIT, why) &&
	       text_read_file(&payload, arena_printf(arena, "%s/payload.xml", folder), SIZE_MAX / 2,
			      why) &&
	       bundle_verify_bytes(folder, envelope.bytes, envelope.length, payload.bytes,
				   payload.length, keyring, arena, cover, signature, why);
	text_free(&envelope);
	text_free(&payload);
	return good;
}
