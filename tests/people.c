#include "people.h"

#include "core/document.h"
#include "core/log.h"
#include "core/signature.h"

struct house people_house;
static struct scratch *scratch;
static struct kinds *kinds;
static struct parties *parties;

const struct reply received = { "ACK", "AB", NULL, 0 };
const struct reply channelled = { "RES", "AJ", "CHANNELLED", 0 };
const struct reply released = { "RES", "AP", "RELEASED", 0 };
const struct reply refused = { "RES", "RE", "REFUSED", 0 };
const struct reply approved = { "LPR", NULL, "APPROVED", 0 };
const struct reply docs_required = { "LPR", NULL, "DOCS_REQUIRED", 0 };

void must(bool good, const struct failure *why)
{
	char line[1024];

	if (!good)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

/* ---- everybody ---------------------------------------------------------------------------- */

static const char *more_kinds, *more_parties, *more_keys = "";
static const char *more_calendar = "none";

static bool make_keys(void)
{
	static const char all[] = GATEWAY ":p256 " CUSTOMS ":p256 " MINISTRY ":p256 " OPERATOR
					  ":p256 " TRADER ":p256 " RIVAL ":p256";
	char command[1024];

	snprintf(command, sizeof command, "certs-example/make-pki '%s' %s %s", people_path("pki"),
		 all, more_keys);
	return system(command) == 0;
}

void people_use(const struct people_use *use)
{
	more_kinds = use->kinds;
	more_parties = use->parties;
	more_keys = use->keys != NULL ? use->keys : "";
	more_calendar = use->calendar != NULL ? use->calendar : "none";
}

const char *const *people_folders(void)
{
	static const char *folders[3] = { "schemas" };

	folders[1] = more_kinds;
	return folders;
}

int people_gather(void **state)
{
	const char *const adapters[] = { "adapters", more_parties };
	struct failure why;
	char line[1024];

	(void)state;
	log_level(LOG_ERROR);
	document_setup();
	scratch = scratch_new();
	if (!make_keys())
		return -1;
	if (!kinds_load_with(&kinds, people_folders(), more_kinds != NULL ? 2 : 1, more_calendar,
			     &why) ||
	    !parties_load(&parties, adapters, more_parties != NULL ? 2 : 1, &why) ||
	    !keyring_open(&people_house.keyring, people_path("pki"), &why)) {
		print_error("%s\n", failure_line(&why, line, sizeof line));
		return -1;
	}
	people_house.kinds = kinds;
	people_house.parties = parties;
	return 0;
}

int people_leave(void **state)
{
	(void)state;
	keyring_close(people_house.keyring);
	parties_free(parties);
	kinds_free(kinds);
	scratch_free(scratch);
	return 0;
}

const char *people_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", scratch_folder(scratch), name);
	return path;
}

struct settings people_settings(struct arena *arena, const char *state)
{
	struct settings settings;
	struct failure why;

	must(settings_load(&settings, arena, NULL, &why), &why);
	settings.instance = GATEWAY;
	settings.state = state;
	settings.keys = arena_string(arena, people_path("pki"));
	settings.date = "2014-02-26T02:00:00Z";
	settings.calendar = "none"; /* who tests a workflow wants everybody connected */
	settings.workers = 2;
	settings.log = "error";
	return settings;
}

/* ---- payloads ----------------------------------------------------------------------------- */

char *replaced(struct arena *arena, const char *text, const char *old, const char *new)
{
	const char *found = strstr(text, old);

	if (found == NULL)
		fail_msg("there is no '%s' to replace", old);
	return arena_printf(arena, "%.*s%s%s", (int)(found - text), text, new, found + strlen(old));
}

char *declaration(struct arena *arena, const char *sample, const char *reference)
{
	const char *path = arena_printf(arena, "schemas/dec-imp/samples/%s.xml", sample);
	struct text file = TEXT_EMPTY;
	struct failure why;
	const char *open, *close;
	char *text;

	must(text_read_file(&file, path, 1 << 20, &why), &why);
	open = strstr(file.bytes, "<FunctionalReferenceID>");
	close = strstr(file.bytes, "</FunctionalReferenceID>");
	assert_true(open != NULL && close != NULL);
	text = arena_printf(arena, "%.*s<FunctionalReferenceID>%s%s", (int)(open - file.bytes),
			    file.bytes, reference, close);
	text_free(&file);
	return text;
}

char *change(struct arena *arena, const char *declared, const char *function, const char *number,
	     int64_t version)
{
	char *text = replaced(arena, declared, "<FunctionCode>9</FunctionCode>",
			      arena_printf(arena, "<FunctionCode>%s</FunctionCode>", function));

	text = replaced(arena, text, "</FunctionalReferenceID>",
			arena_printf(arena, "</FunctionalReferenceID>\n  <ID>%s</ID>", number));
	text = replaced(arena, text, "</TypeCode>\n  <GoodsItemQuantity>",
			arena_printf(arena,
				     "</TypeCode>\n  <VersionID>%lld</VersionID>\n"
				     "  <GoodsItemQuantity>",
				     (long long)version));
	return replaced(arena, text, "<BorderTransportMeans>",
			"<Amendment><ChangeReasonCode>1</ChangeReasonCode><Pointer>"
			"<DocumentSectionCode>42A</DocumentSectionCode></Pointer></Amendment>\n"
			"  <BorderTransportMeans>");
}

/* The next element of that name in document order, NULL past the last. */
static xmlNodePtr next_element(xmlNodePtr node, const char *name)
{
	xmlNodePtr found;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (strcmp((const char *)node->name, name) == 0)
			return node;
		found = next_element(node->children, name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

const char *element_text(struct arena *arena, const void *xml, size_t length, const char *name)
{
	struct document *document;
	struct failure why;
	xmlNodePtr found;
	const char *text;

	must(document_parse(&document, "a payload", xml, length, &document_limits_message, &why),
	     &why);
	found = next_element(document_root(document), name);
	text = found != NULL ? node_text(arena, found) : NULL;
	document_free(document);
	return text;
}

static size_t count_elements(xmlNodePtr node, const char *name)
{
	size_t count = 0;

	for (; node != NULL; node = node->next)
		if (node->type == XML_ELEMENT_NODE)
			count += (strcmp((const char *)node->name, name) == 0) +
				 count_elements(node->children, name);
	return count;
}

size_t elements(const void *xml, size_t length, const char *name)
{
	struct document *document;
	struct failure why;
	size_t count;

	must(document_parse(&document, "a payload", xml, length, &document_limits_message, &why),
	     &why);
	count = count_elements(document_root(document), name);
	document_free(document);
	return count;
}

char *signed_payload(struct arena *arena, const char *text, const char *signer)
{
	struct document *document;
	const struct signing_key *key;
	struct failure why;
	xmlChar *written;
	char *copy;
	int length;

	must(document_parse(&document, "payload", text, strlen(text), &document_limits_message,
			    &why) &&
		     keyring_signing_key(people_house.keyring, signer, MORNING, &key, &why) &&
		     signature_add(document_tree(document), NULL, 0, key, &why),
	     &why);
	xmlDocDumpMemory(document_tree(document), &written, &length);
	copy = arena_printf(arena, "%.*s", length, (const char *)written);
	xmlFree(written);
	document_free(document);
	return copy;
}

/* ---- letters ------------------------------------------------------------------------------ */

static const char *fresh_id(struct arena *arena)
{
	char id[UUID_SIZE];

	uuid_random(id);
	return arena_string(arena, id);
}

struct letter *letter_new(struct arena *arena, const char *from, const char *kind,
			  const char *payload)
{
	struct letter *letter = arena_alloc(arena, sizeof *letter);

	letter->arena = arena;
	letter->from = from;
	letter->payload = payload;
	letter->payload_length = strlen(payload);
	letter->envelope = (struct envelope){
		.id = fresh_id(arena),
		.conversation = fresh_id(arena),
		.from = from,
		.to = GATEWAY,
		.kind = kind,
		.environment = "TEST",
		.created = MORNING,
		.expires = MORNING + DAY,
		.payload_type = "application/xml",
	};
	return letter;
}

void letter_seal(struct letter *letter, const char *signer)
{
	const struct signing_key *key;
	struct text cover = TEXT_EMPTY;
	struct failure why;

	must(keyring_signing_key(people_house.keyring, signer != NULL ? signer : letter->from,
				 letter->envelope.created, &key, &why),
	     &why);
	must(envelope_seal(&cover, &letter->envelope, letter->payload, letter->payload_length, key,
			   &why),
	     &why);
	letter->cover.start = arena_copy(letter->arena, cover.bytes, cover.length);
	letter->cover.length = cover.length;
	text_free(&cover);
}

struct letter *letter_sealed(struct arena *arena, const char *from, const char *kind,
			     const char *payload)
{
	struct letter *letter = letter_new(arena, from, kind, payload);

	letter_seal(letter, NULL);
	return letter;
}

/* Ids derive from what is answered, so that an answer given twice is one answer. */
struct letter *letter_reply(struct arena *arena, const char *from, const struct envelope *about,
			    const struct reply *reply)
{
	const char *step = reply->status != NULL ? reply->status : reply->result;
	struct response_status status = { .name = reply->status,
					  .agency = from,
					  .effective = reply->effective != 0 ? reply->effective
									     : about->created };
	struct response_document document = { .type = "853", .id = "TY-2014-000001" };
	bool issues = strcmp(step, "APPROVED") == 0;
	struct response response = {
		.kind = reply->kind,
		.result = reply->result,
		.message = about->id,
		.issued = about->created,
		.statuses = &status,
		.status_count = reply->status != NULL,
		.documents = &document,
		.document_count = issues,
	};
	struct text payload = TEXT_EMPTY;
	struct letter *letter;
	char id[UUID_SIZE];

	if (reply->result != NULL && strcmp(reply->result, "RE") == 0) {
		response.code = "MOF-101";
		response.text = "prohibited goods";
	}
	response_write(&payload, &response);
	letter = letter_new(arena, from, reply->kind,
			    arena_copy(arena, payload.bytes, payload.length));
	text_free(&payload);
	uuid_derive(id, about->id, from, step);
	letter->envelope.id = arena_string(arena, id);
	letter->envelope.conversation = about->conversation;
	letter->envelope.ref = about->id;
	letter->envelope.created = about->created;
	letter->envelope.expires = about->expires;
	letter->envelope.effective = reply->effective;
	letter->envelope.origin = about->origin;
	letter_seal(letter, NULL);
	return letter;
}

struct envelope opened(struct arena *arena, const void *cover, size_t cover_length,
		       const void *payload, size_t length, gateway_time now)
{
	struct signature signature;
	struct envelope envelope;
	struct failure why;

	must(envelope_open(&envelope, &signature, arena, cover, cover_length, payload, length,
			   people_house.keyring, now, &why),
	     &why);
	return envelope;
}
