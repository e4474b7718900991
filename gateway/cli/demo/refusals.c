/* refusals - what the gateway does not take, or takes only once. */
#include <stdio.h>
#include <string.h>

#include "cli/demo/demo.h"
#include "cli/report.h"
#include "core/document.h"

/* The latest import, so that nothing but what is done to it is wrong. */
static bool seal_again(struct demo *demo, struct outgoing *out, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	const char *path;

	return demo_sample(demo, "dec-imp", demo->stories[JOINED].sample, &path, why) &&
	       demo_seal(demo, path, &choice, out, why);
}

/* ---- changed after it was signed ----------------------------------------------------------------- */

static bool refused_for(struct demo *demo, const struct reply *reply, const char *code,
			struct failure *why)
{
	if (reply->taken || strcmp(reply->why.code, code) != 0)
		return demo_otherwise(why, arena_printf(demo->arena, "a refusal, %s", code),
				      reply->taken ? "a receipt" : reply->why.text);
	demo_say(demo, "Refused, %s: %.*s.", reply->why.code, demo_reason_length(reply->why.text),
		 reply->why.text);
	return true;
}

static bool send_forged(struct demo *demo, struct outgoing *forged, struct failure *why)
{
	struct reply reply;
	char was, is;

	if (!seal_again(demo, forged, why))
		return false;
	if (!demo_change_one_byte(&forged->payload, &was, &is))
		return demo_otherwise(why, "an amount to change", "none");
	demo_say(demo, "A declaration is signed and then, on its way, one byte is changed: the");
	demo_say(demo, "invoice's amount begins with %c instead of %c.", is, was);
	return demo_send(demo, forged, &reply, why) && refused_for(demo, &reply, "SIG-002", why);
}

static bool forged(struct demo *demo, struct failure *why)
{
	struct outgoing declaration = { 0 };
	bool told = send_forged(demo, &declaration, why);

	outgoing_free(&declaration);
	return told;
}

/* ---- twice the same message ---------------------------------------------------------------------- */

static bool same_bytes(const struct reply *one, const struct reply *other)
{
	return one->envelope_length == other->envelope_length &&
	       one->payload_length == other->payload_length &&
	       memcmp(one->envelope, other->envelope, one->envelope_length) == 0 &&
	       memcmp(one->payload, other->payload, one->payload_length) == 0;
}

static bool twice(struct demo *demo, struct failure *why)
{
	const struct story *story = &demo->stories[PILOT];
	struct reply again;

	demo_say(demo, "Networks lose answers. So the trader sends the declaration of %s again,",
		 story->date);
	demo_say(demo, "the same message under the same id, decided long ago.");
	if (!demo_send(demo, &story->declaration, &again, why))
		return false;
	if (!again.taken || !same_bytes(&again, &story->receipt))
		return demo_otherwise(why, "the same receipt, byte for byte", "another answer");
	demo_say(demo, "The answer is the first receipt, byte for byte; nothing is decided twice.");
	return true;
}

/* ---- with mistakes ------------------------------------------------------------------------------- */

/* What people do to their declarations. */
static const struct {
	const char *element, *content;
} mistakes[] = {
	{ "GoodsItemQuantity", "7" },
	{ "CurrencyTypeCode", "XXX" },
	{ "TotalGrossMassMeasure", "1" },
};

static void make_mistakes(xmlNodePtr node)
{
	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
			if (is_element(node, NULL, mistakes[i].element))
				xmlNodeSetContent(node, (const xmlChar *)mistakes[i].content);
		make_mistakes(node->children);
	}
}

static bool write_broken(const char *from, const char *to, struct failure *why)
{
	struct document *document;
	xmlChar *bytes = NULL;
	int length = 0;
	bool written;

	if (!document_read(&document, from, &document_limits_message, why))
		return false;
	make_mistakes(document_root(document));
	xmlDocDumpMemoryEnc(document_tree(document), &bytes, &length, "UTF-8");
	document_free(document);
	written = file_write(to, bytes, (size_t)length, 0644, why);
	xmlFree(bytes);
	return written;
}

static bool tell_findings(struct demo *demo, const struct reply *reply, size_t *errors,
			  struct failure *why)
{
	struct findings findings;

	if (reply->taken)
		return demo_otherwise(why, "a refusal", "a receipt");
	findings_start(&findings, demo->arena);
	report_read(&findings, reply->payload, reply->payload_length);
	demo_say(demo, "Refused, with everything that is wrong, not only the first thing:");
	for (const struct finding *finding = findings.first; finding != NULL;
	     finding = finding->next) {
		demo_say(demo, "  line %d: %s: %s", finding->line, finding->code, finding->text);
		if (finding->hint != NULL)
			demo_say(demo, "     hint: %s", finding->hint);
	}
	*errors = findings.errors;
	return *errors > 1 || demo_otherwise(why, "several findings", "fewer");
}

static bool broken(struct demo *demo, size_t *errors, struct failure *why)
{
	const char *file = arena_printf(demo->arena, "%s/broken.xml", demo->folder), *path;
	const struct outgoing_choice choice = { 0 };
	struct outgoing declaration = { 0 };
	struct reply reply;
	bool told;

	demo_say(demo, "A declaration counts seven items where there are two, and more.");
	told = demo_sample(demo, "dec-imp", demo->stories[JOINED].sample, &path, why) &&
	       write_broken(path, file, why) && demo_seal(demo, file, &choice, &declaration, why) &&
	       demo_send(demo, &declaration, &reply, why) &&
	       tell_findings(demo, &reply, errors, why);
	outgoing_free(&declaration);
	return told;
}

bool demo_refusals(struct demo *demo, struct failure *why)
{
	size_t errors = 0;

	if (!forged(demo, why))
		return false;
	demo_pause(demo);
	if (!twice(demo, why))
		return false;
	demo_pause(demo);
	if (!broken(demo, &errors, why))
		return false;
	demo_result(demo, "refused, SIG-002; the same receipt; refused, %zu findings", errors);
	return true;
}
