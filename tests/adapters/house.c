#include "house.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct house house;

/* ---- set-up ----------------------------------------------------------------------------- */

void house_must(bool done, const struct failure *why)
{
	char line[1024];

	if (!done)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

int house_open(void **state)
{
	static const char *const folders[] = { "schemas" };
	struct failure why;
	glob_t files;

	(void)state;
	document_setup();
	house_must(kinds_load(&house.kinds, folders, 1, &why), &why);
	assert_int_equal(glob("adapters/*.xml", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		if (strcmp(files.gl_pathv[i], "adapters/operator.xml") == 0)
			continue; /* sees nothing, decides nothing */
		assert_true(house.count < HOUSE_MOST);
		house_must(profile_load(&house.everybody[house.count++], files.gl_pathv[i],
					house.kinds, &why),
			   &why);
	}
	globfree(&files);
	return 0;
}

int house_close(void **state)
{
	(void)state;
	while (house.count > 0)
		profile_free(house.everybody[--house.count]);
	kinds_free(house.kinds);
	return 0;
}

const struct profile *house_party(const char *id)
{
	for (size_t i = 0; i < house.count; i++)
		if (strcmp(house.everybody[i]->party, id) == 0)
			return house.everybody[i];
	fail_msg("there is no party %s", id);
	return NULL;
}

/* ---- a message to a party ----------------------------------------------------------------- */

void house_take_back(struct delivery *delivery)
{
	document_free(delivery->document);
	arena_free(delivery->arena);
}

/* It is delivered on the day it was drawn up. */
static gateway_time date_of(struct arena *arena, const struct document *document)
{
	const char *text = child_text(arena, document_root(document), "IssueDateTime");
	gateway_time at;

	assert_non_null(text);
	if (strchr(text, 'T') == NULL)
		text = arena_printf(arena, "%sT12:00:00+07:00", text);
	assert_true(time_parse(text, &at, NULL));
	return at;
}

void house_deliver(struct delivery *out, const char *name, const char *bytes, size_t length)
{
	const struct kind *kind;
	struct facts *facts;
	struct failure why;
	gateway_time at;

	out->arena = arena_new();
	house_must(
		document_parse(&out->document, name, bytes, length, &document_limits_message, &why),
		&why);
	house_must(kinds_recognise(house.kinds, out->document, &kind, &why), &why);
	at = date_of(out->arena, out->document);
	house_must(kind_facts(kind, out->document, at, out->arena, &facts, &why), &why);
	facts_add(facts, NULL, "event", kind_event(kind, facts));
	out->envelope = (struct envelope){
		.id = "6f1c1d3e-0000-4000-8000-000000000001",
		.from = "NSW-VN",
		.kind = kind_id(kind),
		.environment = "TEST",
		.created = at,
		.expires = at + 1,
	};
	out->request = (struct request){ .envelope = &out->envelope,
					 .facts = facts,
					 .payload = out->document };
}

/* The text of the first element of that name replaced. */
static void put(struct text *file, const char *name, const char *value)
{
	struct text changed = TEXT_EMPTY;
	char tag[64];
	const char *place;

	if (value == NULL)
		return;
	snprintf(tag, sizeof tag, "<%s>", name);
	place = strstr(file->bytes, tag);
	assert_non_null(place);
	place += strlen(tag);
	text_printf(&changed, "%.*s%s%s", (int)(place - file->bytes), file->bytes, value,
		    strchr(place, '<'));
	text_free(file);
	*file = changed;
}

void house_deliver_sample(struct delivery *out, const char *path, const char *reference,
			  const char *function)
{
	struct text file = TEXT_EMPTY;

	assert_true(text_read_file(&file, path, 1 << 20, NULL));
	put(&file, "FunctionalReferenceID", reference);
	put(&file, "FunctionCode", function);
	house_deliver(out, path, file.bytes, file.length);
	text_free(&file);
}

struct answers house_answers(struct delivery *delivery, const struct profile *profile)
{
	struct answers answers;
	struct failure why;

	house_must(decide(&answers, delivery->arena, profile, "1", &delivery->request, &why), &why);
	return answers;
}

/* ---- what comes back ---------------------------------------------------------------------- */

struct document *house_payload(const struct answer *answer)
{
	struct document *document;
	struct failure why;

	house_must(document_parse(&document, answer->step, answer->payload,
				  answer->envelope.payload_size, &document_limits_message, &why),
		   &why);
	return document;
}

const char *house_word(struct arena *arena, const struct answer *answer)
{
	struct document *document = house_payload(answer);
	const struct kind *kind = kinds_named(house.kinds, answer->envelope.kind);
	struct facts *facts;
	struct failure why;

	house_must(kind_facts(kind, document, 0, arena, &facts, &why), &why);
	document_free(document);
	return facts_get(facts, "status");
}

void house_check_answer(struct arena *arena, const struct profile *profile,
			const struct answer *answer, gateway_time at)
{
	struct document *document = house_payload(answer);
	struct findings findings;
	const struct kind *kind;
	struct failure why;

	findings_start(&findings, arena);
	house_must(kinds_recognise(house.kinds, document, &kind, &why), &why);
	assert_string_equal(kind_id(kind), answer->envelope.kind);
	assert_true(kind_from(kind, profile->role));
	house_must(kind_validate(kind, document, &findings, &why), &why);
	house_must(kind_check(kind, document, at, &findings, &why), &why);
	if (findings.first != NULL)
		fail_msg("%s sends a %s that is refused: %s: %s", profile->party, kind_id(kind),
			 findings.first->code, findings.first->text);
	document_free(document);
}
