#include "core/response.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

struct writer {
	struct text *out;
	int depth;
};

/* "urn:nsw:coo-cr:1" */
static void write_namespace(struct text *out, const char *kind)
{
	text_add(out, "urn:nsw:");
	for (; *kind != '\0'; kind++)
		text_printf(out, "%c", tolower((unsigned char)*kind));
	text_add(out, ":1");
}

/* UNCL 1225: 6 confirmation, 11 response. */
static const char *function_of(const char *kind)
{
	return strcmp(kind, "ACK") == 0 ? "6" : "11";
}

static bool absent(const char *value)
{
	return value == NULL || *value == '\0';
}

static void indent(struct writer *writer)
{
	text_printf(writer->out, "%*s", 2 * writer->depth, "");
}

static void begin(struct writer *writer, const char *name)
{
	indent(writer);
	text_printf(writer->out, "<%s>\n", name);
	writer->depth++;
}

static void end(struct writer *writer, const char *name)
{
	writer->depth--;
	indent(writer);
	text_printf(writer->out, "</%s>\n", name);
}

/* Nothing at all for a value that is absent: an empty element would say that it is known. */
static void leaf(struct writer *writer, const char *name, const char *value)
{
	if (absent(value))
		return;
	indent(writer);
	text_printf(writer->out, "<%s>", name);
	text_add_xml(writer->out, value);
	text_printf(writer->out, "</%s>\n", name);
}

static void leaf_time(struct writer *writer, const char *name, gateway_time when)
{
	char buffer[TIME_TEXT_SIZE];

	if (when != 0)
		leaf(writer, name, time_text(when, buffer));
}

static void leaf_number(struct writer *writer, const char *name, size_t number)
{
	indent(writer);
	text_printf(writer->out, "<%s>%zu</%s>\n", name, number, name);
}

static void leaf_in(struct writer *writer, const char *name, const char *language,
		    const char *value)
{
	if (absent(value))
		return;
	indent(writer);
	text_printf(writer->out, "<%s xml:lang=\"%s\">", name, language);
	text_add_xml(writer->out, value);
	text_printf(writer->out, "</%s>\n", name);
}

/* ---- errors --------------------------------------------------------------------------- */

/* One step of "42A/67A/68A[2]/145": a section, perhaps with a position, or a tag. */
struct step {
	char section[4], sequence[12], tag[5];
};

static void copy_part(char *to, const char *from, size_t length)
{
	memcpy(to, from, length);
	to[length] = '\0';
}

static size_t section_length(const char *at)
{
	bool fits = strspn(at, "0123456789") == 2 && at[2] >= 'A' && at[2] <= 'Z';

	return fits ? 3 : 0;
}

static size_t tag_length(const char *at)
{
	size_t letters = *at >= 'A' && *at <= 'Z';

	return strspn(at + letters, "0123456789") == 3 ? letters + 3 : 0;
}

/* Reads "[2]" or nothing; NULL when it is neither. */
static const char *read_sequence(const char *at, struct step *step)
{
	size_t digits;

	if (*at != '[')
		return at;
	digits = strspn(++at, "0123456789");
	if (digits == 0 || digits >= sizeof step->sequence || *at == '0' || at[digits] != ']')
		return NULL;
	copy_part(step->sequence, at, digits);
	return at + digits + 1;
}

/* What stands behind the step and its slash, or NULL when this is no pointer. */
static const char *read_step(const char *at, struct step *step)
{
	size_t length;

	memset(step, 0, sizeof *step);
	if ((length = section_length(at)) != 0) {
		copy_part(step->section, at, length);
		at = read_sequence(at + length, step);
	} else if ((length = tag_length(at)) != 0) {
		copy_part(step->tag, at, length);
		at += length;
	} else {
		return NULL;
	}
	if (at == NULL || (*at != '/' && *at != '\0'))
		return NULL;
	return *at == '/' ? at + 1 : at;
}

static bool is_pointer(const char *pointer)
{
	struct step step;

	if (absent(pointer) || pointer[strlen(pointer) - 1] == '/')
		return false;
	while (pointer != NULL && *pointer != '\0')
		pointer = read_step(pointer, &step);
	return pointer != NULL;
}

/* The WCO form puts a tag into the Pointer of the section that has it. */
static void write_pointer(struct writer *writer, const char *pointer)
{
	assert(pointer != NULL); /* and every step of it can be read: see is_pointer() */
	while (*pointer != '\0') {
		struct step step, next;
		const char *behind;

		pointer = read_step(pointer, &step);
		behind = read_step(pointer, &next);
		if (behind != NULL && step.tag[0] == '\0' && next.tag[0] != '\0') {
			memcpy(step.tag, next.tag, sizeof step.tag);
			pointer = behind;
		}
		begin(writer, "Pointer");
		leaf(writer, "SequenceNumeric", step.sequence);
		leaf(writer, "DocumentSectionCode", step.section);
		leaf(writer, "TagID", step.tag);
		end(writer, "Pointer");
	}
}

static void write_location(struct writer *writer, const struct finding *finding)
{
	if (absent(finding->path) && finding->line <= 0)
		return;
	begin(writer, "Location");
	leaf(writer, "Path", finding->path);
	if (finding->line > 0)
		leaf_number(writer, "Line", (size_t)finding->line);
	end(writer, "Location");
}

static void write_error(struct writer *writer, const struct finding *finding)
{
	char layer[] = { finding->layer, '\0' };

	begin(writer, finding->warning ? "Error role=\"warning\"" : "Error");
	leaf_in(writer, "Description", "en", absent(finding->text) ? finding->code : finding->text);
	leaf_in(writer, "Description", "vi", finding->text_vi);
	leaf(writer, "ValidationCode", finding->code);
	leaf(writer, "Layer", layer);
	leaf(writer, "Hint", finding->hint);
	write_location(writer, finding);
	if (is_pointer(finding->pointer))
		write_pointer(writer, finding->pointer);
	end(writer, "Error");
}

static void write_errors(struct writer *writer, const struct response *response)
{
	if (!absent(response->code)) {
		struct finding only = { .code = response->code,
					.text = response->text,
					.hint = response->hint };

		write_error(writer, &only);
	}
	for (const struct finding *at = response->findings; at != NULL; at = at->next)
		write_error(writer, at);
}

/* ---- the rest ------------------------------------------------------------------------- */

static void write_notes(struct writer *writer, const struct response *response)
{
	for (size_t i = 0; i < response->note_count; i++) {
		begin(writer, "AdditionalInformation");
		leaf(writer, "StatementCode", response->notes[i].code);
		leaf_in(writer, "StatementDescription", "en", response->notes[i].text);
		leaf_in(writer, "StatementDescription", "vi", response->notes[i].text_vi);
		end(writer, "AdditionalInformation");
	}
}

static void write_statuses(struct writer *writer, const struct response *response)
{
	for (size_t i = 0; i < response->status_count; i++) {
		const struct response_status *status = &response->statuses[i];

		begin(writer, "Status");
		leaf_time(writer, "EffectiveDateTime",
			  status->effective != 0 ? status->effective : response->issued);
		leaf(writer, "NameCode", status->name);
		leaf(writer, "AgencyID", status->agency);
		leaf(writer, "Note", status->note);
		end(writer, "Status");
	}
}

static void write_declaration(struct writer *writer, const struct response *response)
{
	if (absent(response->number))
		return;
	begin(writer, "Declaration");
	leaf(writer, "ID", response->number);
	leaf(writer, "VersionID", response->version);
	leaf_time(writer, "AcceptanceDateTime", response->accepted);
	end(writer, "Declaration");
}

static void write_item(struct writer *writer, const struct response_item *item)
{
	begin(writer, "GovernmentAgencyGoodsItem");
	leaf_number(writer, "SequenceNumeric", (size_t)item->sequence);
	if (!absent(item->hs)) {
		begin(writer, "Commodity");
		begin(writer, "Classification");
		leaf(writer, "ID", item->hs);
		end(writer, "Classification");
		end(writer, "Commodity");
	}
	if (!absent(item->origin)) {
		begin(writer, "Origin");
		leaf(writer, "CountryCode", item->origin);
		end(writer, "Origin");
	}
	end(writer, "GovernmentAgencyGoodsItem");
}

static void write_documents(struct writer *writer, const struct response *response)
{
	for (size_t i = 0; i < response->document_count; i++) {
		const struct response_document *document = &response->documents[i];

		begin(writer, "AdditionalDocument");
		leaf(writer, "TypeCode", document->type);
		leaf(writer, "ID", document->id);
		leaf_time(writer, "EffectiveDateTime", document->from);
		leaf_time(writer, "ExpirationDateTime", document->until);
		end(writer, "AdditionalDocument");
	}
}

static void write_position(struct writer *writer, const struct response *response)
{
	if (absent(response->sequence) || absent(response->head))
		return;
	begin(writer, "JournalPosition");
	leaf(writer, "Sequence", response->sequence);
	leaf(writer, "Head", response->head);
	end(writer, "JournalPosition");
}

void response_write(struct text *out, const struct response *response)
{
	struct writer writer = { out, 1 };

	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response xmlns=\"");
	write_namespace(out, response->kind);
	text_add(out, "\">\n");
	leaf(&writer, "FunctionCode", function_of(response->kind));
	leaf(&writer, "ResultCode", response->result);
	leaf(&writer, "FunctionalReferenceID", response->reference);
	if (!absent(response->message) && uuid_valid(response->message))
		leaf(&writer, "RefToMessageID", response->message); /* it may be a mere claim */
	leaf_time(&writer, "IssueDateTime", response->issued);
	leaf(&writer, "DigestValue", response->digest);
	write_notes(&writer, response);
	write_errors(&writer, response);
	write_statuses(&writer, response);
	write_declaration(&writer, response);
	for (size_t i = 0; i < response->item_count; i++)
		write_item(&writer, &response->items[i]);
	write_documents(&writer, response);
	write_position(&writer, response);
	text_add(out, "</Response>\n");
}
