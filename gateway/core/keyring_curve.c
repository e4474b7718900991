#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#include "core/keyring_parts.h"

#define RAW_SIZE   32
#define Z85_LENGTH (CURVE_TEXT_SIZE - 1)

/* Printed in ZeroMQ's manual, and so in a thousand configurations: everybody holds the secrets. */
static const char *const published[] = {
	"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
	"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
};

/* False when it is not the Z85 text of 32 bytes. */
static bool z85_parse(const char *text, unsigned char raw[RAW_SIZE])
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

	if (strlen(text) != Z85_LENGTH)
		return false;
	for (; *text != '\0'; text += 5, raw += 4) {
		uint64_t word = 0;

		for (int i = 0; i < 5; i++) {
			const char *digit = strchr(alphabet, text[i]);

			if (digit == NULL)
				return false;
			word = word * 85 + (uint64_t)(digit - alphabet);
		}
		if (word > UINT32_MAX)
			return false;
		for (int i = 0; i < 4; i++)
			raw[i] = (unsigned char)(word >> (24 - 8 * i));
	}
	return true;
}

static bool is_published(const char *public_key)
{
	for (size_t i = 0; i < sizeof published / sizeof *published; i++)
		if (strcmp(published[i], public_key) == 0)
			return true;
	return false;
}

/* The next word of *text, in place; NULL at the end. */
static char *next_word(char **text)
{
	char *word;

	do
		word = strsep(text, " \t\r\n");
	while (word != NULL && *word == '\0');
	return word;
}

static bool add_key(struct member *member, const char *path, const char *key, struct failure *why)
{
	unsigned char raw[RAW_SIZE];

	if (!z85_parse(key, raw))
		/* Not quoted: it may be a secret that was put in the wrong file. */
		return unfit(why, path, "key %zu is not a transport key (Z85, 40 characters)",
			     member->curve_count + 1);
	if (is_published(key))
		return unfit(why, path, "'%s' is a test key of ZeroMQ's documentation", key);
	if (member->curve_count == CURVE_KEYS_MAX)
		return unfit(why, path, "holds more than %d transport keys", CURVE_KEYS_MAX);
	strcpy(member->curves[member->curve_count++], key);
	return true;
}

bool curve_load(struct member *member, const char *path, struct failure *why)
{
	struct key_file file;
	bool good = true;
	char *rest, *key;

	if (!file_exists(path))
		return true; /* a party that never connects */
	if (!key_file_read(&file, path, PUBLIC, why))
		return false;
	rest = file.bytes;
	while (good && (key = next_word(&rest)) != NULL)
		good = add_key(member, path, key, why);
	key_file_forget(&file);
	return good && (member->curve_count != 0 || unfit(why, path, "holds no transport key"));
}

static bool are_a_pair(const unsigned char secret[RAW_SIZE], const unsigned char public[RAW_SIZE])
{
	unsigned char own[RAW_SIZE];
	size_t length = sizeof own;
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, RAW_SIZE);
	bool pair = key != NULL && EVP_PKEY_get_raw_public_key(key, own, &length) == 1 &&
		    memcmp(own, public, sizeof own) == 0;

	EVP_PKEY_free(key);
	return pair;
}

/* Never quotes what it read. */
static bool secret_parse(const char *text, const char *path, const char *public_key,
			 struct failure *why)
{
	unsigned char secret[RAW_SIZE], public[RAW_SIZE];
	bool good = true;

	if (text == NULL || !z85_parse(text, secret))
		good = unfit(why, path, "is not a transport key (Z85, 40 characters)");
	else if (!z85_parse(public_key, public) || !are_a_pair(secret, public))
		good = unfit(why, path, "is not the secret of the first key in curve.pub");
	explicit_bzero(secret, sizeof secret);
	return good;
}

bool curve_secret(const char *path, const char *public_key, char secret_key[CURVE_TEXT_SIZE],
		  struct failure *why)
{
	struct key_file file;
	char *rest, *text;
	bool good;

	if (!key_file_read(&file, path, PRIVATE, why))
		return false;
	rest = file.bytes;
	text = next_word(&rest);
	good = secret_parse(text, path, public_key, why);
	if (good)
		strcpy(secret_key, text);
	key_file_forget(&file);
	return good;
}
