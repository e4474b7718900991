#include "core/envelope_grammar.h"

#include <string.h>

/* A signed envelope has some thirty elements; the largest text is a certificate. */
const struct document_limits envelope_limits = {
	.bytes = ENVELOPE_LIMIT,
	.depth = 16,
	.elements = 100,
	.attributes = 16,
	.namespaces = 16,
	.text = 16384,
};

/* ---- how values are spelled ----------------------------------------------------------- */

#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"

/* Of these characters only, at least one and at most `longest`. */
static bool spelled(const char *text, const char *characters, size_t longest)
{
	size_t length = strspn(text, characters);

	return length > 0 && length <= longest && text[length] == '\0';
}

static bool is_party(const char *text)
{
	return spelled(text, UPPER LOWER DIGITS "-", PARTY_ID_SIZE - 1) && *text != '-';
}

static bool is_kind(const char *text)
{
	return spelled(text, UPPER DIGITS "-", 20) && strchr(UPPER, *text) != NULL;
}

static bool is_environment(const char *text)
{
	return strcmp(text, "TEST") == 0 || strcmp(text, "PARALLEL") == 0 ||
	       strcmp(text, "LIVE") == 0;
}

/* A time in the one written form, of this millennium: the same moment has one spelling. */
static bool is_time(const char *text)
{
	char written[TIME_TEXT_SIZE];
	gateway_time when;

	return *text == '2' && time_parse(text, &when, NULL) &&
	       strcmp(time_text(when, written), text) == 0;
}

static bool is_run(const char *text)
{
	return spelled(text, UPPER LOWER DIGITS "._-", 40);
}

static bool is_origin(const char *text)
{
	return spelled(text, DIGITS "abcdef", 64) && strlen(text) == 64;
}

static bool is_payload_name(const char *text)
{
	return strcmp(text, SIGNATURE_PAYLOAD_URI) == 0;
}

static bool is_media_type(const char *text)
{
	size_t type = strspn(text, LOWER);

	return type > 0 && type <= 20 && text[type] == '/' &&
	       spelled(text + type + 1, LOWER DIGITS "+.-", 60);
}

static bool is_size(const char *text)
{
	return spelled(text, DIGITS, 9) && (*text != '0' || text[1] == '\0');
}

/* ---- the rows ------------------------------------------------------------------------- */

#define A_UUID	    "a UUID in lower case"
#define A_PARTY	    "a party id (letters, digits, '-'; at most 35)"
#define A_TIME	    "a time such as 2014-02-26T00:00:00.000Z"
#define A_RUN	    "a run label (letters, digits, '.', '_', '-'; at most 40)"
#define FIELD(name) offsetof(struct envelope, name)

const struct envelope_value envelope_values[ENVELOPE_VALUES] = {
	{ "MessageID", true, uuid_valid, A_UUID, false, FIELD(id) },
	{ "ConversationID", true, uuid_valid, A_UUID, false, FIELD(conversation) },
	{ "RefToMessageID", false, uuid_valid, A_UUID, false, FIELD(ref) },
	{ "From", true, is_party, A_PARTY, false, FIELD(from) },
	{ "To", true, is_party, A_PARTY, false, FIELD(to) },
	{ "Kind", true, is_kind, "a kind such as DEC-IMP", false, FIELD(kind) },
	{ "Environment", true, is_environment, "TEST, PARALLEL or LIVE", false,
	  FIELD(environment) },
	{ "Created", true, is_time, A_TIME, true, FIELD(created) },
	{ "Expires", true, is_time, A_TIME, true, FIELD(expires) },
	{ "Effective", false, is_time, A_TIME, true, FIELD(effective) },
	{ "Run", false, is_run, A_RUN, false, FIELD(run) },
	{ "Origin", false, is_origin, "a digest of 64 hexadecimal digits in lower case", false,
	  FIELD(origin) },
};

const struct envelope_attribute envelope_payload[PAYLOAD_ATTRIBUTES] = {
	[PAYLOAD_NAME] = { "name", is_payload_name, SIGNATURE_PAYLOAD_URI },
	[PAYLOAD_TYPE] = { "mediaType", is_media_type, "a media type such as " PAYLOAD_TYPE_USUAL },
	[PAYLOAD_SIZE] = { "size", is_size, "a number of bytes" },
};

bool envelope_lifetime_fits(const struct envelope *envelope)
{
	return envelope->expires > envelope->created &&
	       envelope->expires - envelope->created <= ENVELOPE_LIFETIME_MAX;
}
