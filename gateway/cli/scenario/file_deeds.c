/* file_deeds - what stands in a step: each element, its attributes, and what is checked of them. */
#include <libxml/xpath.h>
#include <string.h>

#include "cli/edit.h"
#include "cli/scenario/file_parts.h"
#include "core/expressions.h"
#include "core/nearest.h"

/* An attribute, and the member of struct deed it goes to. */
struct attribute {
	const char *name;
	read_value *read;
	size_t offset;
};
#define MEMBER(name) offsetof(struct deed, name)
#define WHOLE	     0

static bool add_submit(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	if (find_submit(reader, deed->as) != NULL)
		return datafile_fault(reader->file, node, reader->why,
				      "'%s' names an earlier submit already", deed->as);
	reader->submits[reader->submit_count++] = deed;
	return true;
}

static bool read_edits(struct reader *reader, xmlNodePtr node, const struct deed_value *values,
		       size_t count)
{
	const char *example;

	for (size_t i = 0; i < count; i++) {
		const struct deed_value *value = &values[i];
		const char *edit = arena_printf(reader->arena, "%s=", value->name);

		if (!check_fill(reader, node, value->value, &example))
			return false;
		if (!edit_check(edit, reader->why))
			return datafile_fault(reader->file, node, reader->why, "%s",
					      reader->why->text);
	}
	return true;
}

static bool finish_submit(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	return read_edits(reader, node, deed->values, deed->value_count) &&
	       read_edits(reader, node, deed->alters, deed->alter_count) &&
	       add_submit(reader, node, deed);
}

static bool finish_refused(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	(void)node;
	find_submit(reader, deed->of)->may_be_refused = true;
	return true;
}

/* Tried on a trace of nothing: only then are unknown functions and variables found. */
static void note_error(void *user, xmlErrorPtr error)
{
	int *first = user;

	if (*first == 0)
		*first = error->code;
}

/* *error: libxml2's number of what is wrong. */
static bool is_xpath(const char *test, int *error)
{
	xmlDocPtr nothing = xmlNewDoc((const xmlChar *)"1.0");
	xmlXPathContextPtr context;
	xmlXPathObjectPtr found = NULL;

	xmlDocSetRootElement(nothing, xmlNewNode(NULL, (const xmlChar *)"trace"));
	context = xmlXPathNewContext(nothing);
	*error = 0;
	if (context != NULL) {
		context->error = note_error;
		context->userData = error;
		found = xmlXPathEval((const xmlChar *)test, context);
	}
	xmlXPathFreeContext(context);
	xmlFreeDoc(nothing);
	xmlXPathFreeObject(found);
	return found != NULL;
}

static bool check_test(struct reader *reader, xmlNodePtr node, const char *test)
{
	const char *example;
	int error;

	return check_fill(reader, node, test, &example) &&
	       (is_xpath(example, &error) ||
		datafile_fault(reader->file, node, reader->why, "test='%.200s' is no XPath: %s",
			       test, expression_reason(error)));
}

static bool finish_expect(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	for (size_t i = 0; i < deed->value_count; i++)
		if (!check_test(reader, node, deed->values[i].name))
			return false;
	if (deed->party == NULL && deed->state != NULL && strcmp(deed->state, "REFUSED") == 0)
		return finish_refused(reader, node, deed);
	return true;
}

/* A name without a dot: with one it is of a submit. */
static bool finish_remember(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	if (deed->as[strspn(deed->as,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] !=
	    '\0')
		return datafile_fault(reader->file, node, reader->why,
				      "name='%.40s': letters, digits, - and _ only", deed->as);
	if (!check_test(reader, node, deed->text))
		return false;
	reader->remembered[reader->remembered_count++] = deed->as;
	return true;
}

static bool finish_date(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	char date[TIME_TEXT_SIZE];

	if (deed->at >= reader->scenario->at)
		return true;
	return datafile_fault(reader->file, node, reader->why,
			      "%s is before the date that is given, and time goes forward",
			      date_text(deed->at, date));
}

static bool finish_agency(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	return deed->party != NULL || reader_unfit(reader, node, "an agency goes either on or off");
}

static bool check_kind(struct reader *reader, xmlNodePtr node, const char *id)
{
	char did_you_mean[NEAREST_TEXT_SIZE];
	struct nearest nearest = nearest_to(id != NULL ? id : "");
	const struct kinds *kinds;

	if (id == NULL)
		return true;
	if (!session_kinds(reader->session, &kinds, reader->why))
		return false;
	for (size_t i = 0; i < kinds_count(kinds); i++) {
		if (strcmp(kind_id(kinds_at(kinds, i)), id) == 0)
			return true;
		nearest_offer(&nearest, kind_id(kinds_at(kinds, i)));
	}
	return datafile_fault(reader->file, node, reader->why, "document='%.80s': no such kind%s",
			      id, nearest_text(&nearest, did_you_mean));
}

static bool finish_fault(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	deed->fault = FAULT_NEW;
	for (xmlAttrPtr at = node->properties; at != NULL; at = at->next) {
		const char *name = (const char *)at->name;
		const char *value = datafile_get(reader->file, node, name);

		if (at->ns == NULL &&
		    !fault_set(&deed->fault, reader->arena, name, value, reader->why))
			return reader_misplaced(reader, node);
	}
	return (fault_finish(&deed->fault, reader->parties, reader->why) ||
		reader_misplaced(reader, node)) &&
	       check_kind(reader, node, deed->fault.document);
}

/* Of a link, or what the calendar says. */
static bool finish_calendar(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	bool state = xmlHasProp(node, (const xmlChar *)"state") != NULL;
	bool link = deed->party != NULL && state;

	if (link ? deed->text == NULL : deed->text != NULL && deed->party == NULL && !state)
		return true;
	return reader_unfit(reader, node, "party and state, or says alone");
}

static bool finish_codes(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	const struct kinds *kinds;
	xmlChar *text = xmlNodeGetContent(node);

	deed->text = arena_string(reader->arena, (const char *)text);
	xmlFree(text);
	if (!session_kinds(reader->session, &kinds, reader->why))
		return false;
	return codes_has_list(kinds_codes(kinds), deed->list) ||
	       datafile_fault(reader->file, node, reader->why, "there is no code list '%.80s'",
			      deed->list);
}

/* clang-format off */
static const struct form {
	const char *element;
	bool (*finish)(struct reader *reader, xmlNodePtr node, struct deed *deed);
	struct attribute attributes[16];
} forms[DEED_KINDS] = {
	[DEED_SUBMIT] = { "submit", finish_submit, {
		{ "file", read_path, MEMBER(path) }, { "as", read_text, MEMBER(as) },
		{ "by", read_text, MEMBER(by) }, { "ref", read_alias, MEMBER(ref) },
		{ "clock", read_shift, MEMBER(shift) }, { "kind", read_text, MEMBER(document) },
		{ "id-of", read_alias, MEMBER(id_of) }, { "from", read_text, MEMBER(from) },
		{ "sign-as", read_text, MEMBER(sign_as) }, { "sign-at", read_moment, MEMBER(at) },
		{ "unsigned", read_yes, MEMBER(unsigned_) } } },
	[DEED_ACCEPTED] = { "accepted", NULL, { { "of", read_alias, MEMBER(of) } } },
	[DEED_REFUSED] = { "refused", finish_refused, {
		{ "of", read_alias, MEMBER(of) }, { "code", read_text, MEMBER(code) } } },
	[DEED_EXPECT] = { "expect", finish_expect, {
		{ "of", read_alias, MEMBER(of) }, { "from", read_speaker, MEMBER(party) },
		{ "state", read_text, MEMBER(state) }, { "code", read_text, MEMBER(code) },
		{ "within", read_duration, WHOLE } } },
	[DEED_NEVER] = { "never", NULL, {
		{ "of", read_alias, MEMBER(of) }, { "from", read_speaker, MEMBER(party) },
		{ "state", read_text, MEMBER(state) }, { "code", read_text, MEMBER(code) },
		{ "during", read_duration, WHOLE } } },
	[DEED_DATE] = { "date", finish_date, { { "set", read_moment, MEMBER(at) } } },
	[DEED_ADVANCE] = { "advance", NULL, { { "by", read_duration, WHOLE } } },
	[DEED_AGENCY] = { "agency", finish_agency, {
		{ "on", read_on, WHOLE }, { "off", read_off, WHOLE } } },
	[DEED_PAPER] = { "paper", NULL, {
		{ "decide", read_party, MEMBER(party) }, { "of", read_alias, MEMBER(of) },
		{ "status", read_status, MEMBER(state) }, { "permit", read_filled, MEMBER(permit) },
		{ "procedure", read_text, MEMBER(procedure) }, { "text", read_filled, MEMBER(text) } } },
	[DEED_FAULT] = { "fault", finish_fault, { { NULL, NULL, 0 } } },
	[DEED_FAULT_RESET] = { "fault-reset", NULL, { { NULL, NULL, 0 } } },
	[DEED_RETRY] = { "retry", NULL, { { "of", read_alias, MEMBER(of) } } },
	[DEED_CALENDAR] = { "calendar", finish_calendar, {
		{ "party", read_party, MEMBER(party) }, { "procedure", read_text, MEMBER(procedure) },
		{ "place", read_text, MEMBER(place) }, { "state", read_link, MEMBER(link) },
		{ "says", read_text, MEMBER(text) } } },
	[DEED_CODES] = { "codes", finish_codes, { { "list", read_text, MEMBER(list) } } },
	[DEED_FOLLOW] = { "follow", add_submit, {
		{ "as", read_text, MEMBER(as) }, { "of", read_alias, MEMBER(of) },
		{ "kind", read_text, MEMBER(document) }, { "within", read_duration, WHOLE } } },
	[DEED_REMEMBER] = { "remember", finish_remember, {
		{ "name", read_text, MEMBER(as) }, { "of", read_alias, MEMBER(of) },
		{ "xpath", read_text, MEMBER(text) } } },
};
/* clang-format on */

static enum deed_kind kind_of(xmlNodePtr node)
{
	enum deed_kind kind = DEED_SUBMIT;

	while (kind < DEED_KINDS && strcmp(forms[kind].element, (const char *)node->name) != 0)
		kind++;
	return kind; /* the grammar lets no other one through */
}

static bool read_attributes(struct reader *reader, xmlNodePtr node,
			    const struct attribute *attributes, struct deed *deed)
{
	for (; attributes->name != NULL; attributes++) {
		const char *value = datafile_get(reader->file, node, attributes->name);

		if (value == NULL)
			continue;
		if (*value == '\0')
			return datafile_fault(reader->file, node, reader->why, "%s is empty",
					      attributes->name);
		if (!attributes->read(reader, node, value, (char *)deed + attributes->offset))
			return false;
	}
	return true;
}

void reader_values(struct reader *reader, xmlNodePtr node, const char *element, const char *name,
		   struct deed_value **out, size_t *count)
{
	struct deed_value *values =
		arena_alloc(reader->arena, (xmlChildElementCount(node) + 1) * sizeof *values);

	*out = values;
	for (xmlNodePtr at = child_named(node, element); at != NULL; at = next_named(at, element))
		values[(*count)++] =
			(struct deed_value){ .name = datafile_get(reader->file, at, name),
					     .value = datafile_get(reader->file, at, "value"),
					     .line = (unsigned)node_line(at) };
}

bool reader_deed(struct reader *reader, xmlNodePtr node, struct deed *deed)
{
	const struct form *form;

	deed->kind = kind_of(node);
	deed->line = (unsigned)node_line(node);
	form = &forms[deed->kind];
	if (deed->kind == DEED_SUBMIT)
		reader_values(reader, node, "set", "xpath", &deed->values, &deed->value_count);
	if (deed->kind == DEED_SUBMIT)
		reader_values(reader, node, "alter", "xpath", &deed->alters, &deed->alter_count);
	if (deed->kind == DEED_EXPECT)
		reader_values(reader, node, "xpath", "test", &deed->values, &deed->value_count);
	return read_attributes(reader, node, form->attributes, deed) &&
	       (form->finish == NULL || form->finish(reader, node, deed));
}
