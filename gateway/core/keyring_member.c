#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/keyring_parts.h"

bool certificate_party(const X509 *certificate, char party[PARTY_ID_SIZE])
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int first = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
	const ASN1_STRING *value;
	size_t length;

	if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_serialNumber, first) >= 0)
		return false;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first));
	length = (size_t)ASN1_STRING_length(value);
	if (length == 0 || length >= PARTY_ID_SIZE)
		return false;
	memcpy(party, ASN1_STRING_get0_data(value), length);
	party[length] = '\0';
	return strlen(party) == length;
}

static bool load_certificate(struct ring *ring, struct member *member,
			     struct filed_certificate *filed, const char *file, struct failure *why)
{
	char party[PARTY_ID_SIZE];

	filed->owner = member;
	filed->name = arena_printf(ring->arena, "%.*s", (int)(strlen(file) - strlen(".crt")), file);
	filed->file = arena_printf(ring->arena, "%s/%s.crt", member->folder, filed->name);
	filed->key_file = arena_printf(ring->arena, "%s/%s.key", member->folder, filed->name);
	if (!certificate_read(&filed->certificate, ring->arena, &filed->der, &filed->length,
			      filed->file, why))
		return false;
	if (!certificate_span(filed->certificate, &filed->valid))
		return unfit(why, filed->file, "has no well-formed validity");
	if (!certificate_party(filed->certificate, party))
		return unfit(why, filed->file,
			     "does not name one party (serialNumber of its subject)");
	if (strcmp(party, member->id) != 0)
		return unfit(why, filed->file, "was issued to '%s', not to '%s'", party,
			     member->id);
	filed->digest = digest_of(filed->der, filed->length);
	return true;
}

/* Of two that begin at the same moment, sign-2 is newer than sign, and sign-10 than sign-2. */
static int newest_first(const void *a, const void *b)
{
	const struct filed_certificate *one = a, *other = b;

	if (one->valid.from != other->valid.from)
		return one->valid.from < other->valid.from ? 1 : -1;
	return strverscmp(other->name, one->name);
}

static bool load_certificates(struct ring *ring, struct member *member, struct failure *why)
{
	struct names names;

	if (!list_names(&names, ring->arena, member->folder, "sign", ".crt", why))
		return false;
	if (names.count == 0)
		return unfit(why, member->folder, "holds no signing certificate (sign*.crt)");
	member->count = names.count;
	member->certificates = arena_alloc(ring->arena, names.count * sizeof *member->certificates);
	for (size_t i = 0; i < names.count; i++)
		if (!load_certificate(ring, member, &member->certificates[i], names.at[i], why))
			return false;
	qsort(member->certificates, member->count, sizeof *member->certificates, newest_first);
	return true;
}

static bool load_anchor(struct ring *ring, struct member *member, struct failure *why)
{
	const char *path = arena_printf(ring->arena, "%s/anchor", member->folder);
	struct key_file file;

	if (!file_exists(path))
		return true;
	if (!key_file_read(&file, path, PUBLIC, why))
		return false;
	file.bytes[strcspn(file.bytes, " \t\r\n")] = '\0';
	for (size_t i = 0; i < ring->authority_count; i++)
		if (strcmp(ring->authorities[i].name, file.bytes) == 0)
			member->anchor = &ring->authorities[i];
	if (member->anchor == NULL)
		unfit(why, path, "names '%.60s', which is no authority of ca/", file.bytes);
	key_file_forget(&file);
	return member->anchor != NULL;
}

static bool is_party_id(const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && strchr("._-", *at) == NULL)
			return false;
	return strlen(name) < PARTY_ID_SIZE;
}

static bool load_member(struct ring *ring, struct member *member, const char *folder,
			const char *id, struct failure *why)
{
	const char *curves = arena_printf(ring->arena, "%s/%s/curve.pub", folder, id);

	member->folder = arena_printf(ring->arena, "%s/%s", folder, id);
	member->curve_key = arena_printf(ring->arena, "%s/%s/curve.key", folder, id);
	if (!is_party_id(id))
		return unfit(why, member->folder,
			     "is no party id: letters, digits, . _ - (at "
			     "most %d)",
			     PARTY_ID_SIZE - 1);
	strcpy(member->id, id);
	return load_certificates(ring, member, why) && curve_load(member, curves, why) &&
	       load_anchor(ring, member, why);
}

static bool is_folder(const char *folder, const char *name, struct arena *arena)
{
	struct stat file;

	return stat(arena_printf(arena, "%s/%s", folder, name), &file) == 0 &&
	       S_ISDIR(file.st_mode);
}

bool load_members(struct ring *ring, const char *folder, struct failure *why)
{
	struct names names;

	if (!list_names(&names, ring->arena, folder, "", "", why))
		return false;
	ring->members = arena_alloc(ring->arena, names.count * sizeof *ring->members);
	for (size_t i = 0; i < names.count; i++) {
		struct member *member = &ring->members[ring->member_count];

		if (!is_folder(folder, names.at[i], ring->arena))
			continue;
		if (!load_member(ring, member, folder, names.at[i], why))
			return false;
		ring->member_count++;
	}
	return true;
}
