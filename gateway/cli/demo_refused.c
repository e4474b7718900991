/* demo_refused - what the gateway does not take, or takes only once. */
#include <stdio.h>
#include <string.h>

#include "cli/demo.h"
#include "cli/report.h"
#include "core/document.h"

#define SAMPLE "fruit-china"

bool demo_change_one_byte(struct text *payload, char *was, char *is)
{
	char *amount = strstr(payload->bytes, "<InvoiceAmount");
	char *digit = amount != NULL ? strchr(amount, '>') : NULL;

	if (digit == NULL || digit[1] < '1' || digit[1] > '9')
		return false;
	*was = digit[1];
	*is = *was == '9' ? '1' : (char)(*was + 1);
	digit[1] = *is;
	return true;
}

int demo_reason_length(const struct failure *why)
{
	return (int)strcspn(why->text, ":");
}

static bool refused_for(struct demo *demo, const struct reply *reply, const char *code,
			struct failure *why)
{
	char found[sizeof reply->why.code + sizeof reply->why.text + 4];

	snprintf(found, sizeof found, "%s %s", reply->taken ? "a receipt" : reply->why.code,
		 reply->taken ? "" : reply->why.text);
	if (reply->taken || strcmp(reply->why.code, code) != 0)
		return demo_otherwise(why, arena_printf(demo->arena, "a refusal, %s", code), found);
	demo_say(demo, "Refused, %s: %.*s.", reply->why.code, demo_reason_length(&reply->why),
		 reply->why.text);
	demo_result(demo, "refused, %s", code);
	return true;
}

static bool send_forged(struct demo *demo, struct outgoing *forged, struct reply *reply,
			struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	const char *path;
	char was, is;

	if (!demo_sample(demo, SAMPLE, &path, why) ||
	    !outgoing_read(forged, demo->session, path, &choice, why) ||
	    !outgoing_seal(forged, demo->session, demo->trader, &choice, why))
		return false;
	if (!demo_change_one_byte(&forged->payload, &was, &is))
		return demo_otherwise(why, "an amount to change", "none");
	demo_say(demo,
		 "Another declaration is signed, and then, on its way, one byte is changed: the");
	demo_say(demo, "invoice's amount begins with %c instead of %c.", is, was);
	return demo_submit(demo, forged, reply, why);
}

bool demo_forged(struct demo *demo, struct failure *why)
{
	struct outgoing forged = { 0 };
	struct reply reply = { 0 };
	bool told;

	told = send_forged(demo, &forged, &reply, why) && refused_for(demo, &reply, "SIG-002", why);
	outgoing_free(&forged);
	return told;
}

bool demo_twice(struct demo *demo, struct failure *why)
{
	const struct reply *first = &demo->receipt;
	struct reply again;
	bool same;

	demo_say(demo,
		 "Networks lose answers. So the trader sends the shrimps again, the same message");
	demo_say(demo, "under the same id, although it was decided long ago.");
	if (!demo_submit(demo, &demo->declaration, &again, why))
		return false;
	same = again.taken && again.envelope_length == first->envelope_length &&
	       again.payload_length == first->payload_length &&
	       memcmp(again.envelope, first->envelope, first->envelope_length) == 0 &&
	       memcmp(again.payload, first->payload, first->payload_length) == 0;
	if (!same)
		return demo_otherwise(why, "the same receipt, byte for byte", "another answer");
	demo_say(demo, "The answer is the first receipt, byte for byte; nothing is decided twice.");
	demo_result(demo, "the same receipt, %zu bytes",
		    again.envelope_length + again.payload_length);
	return true;
}

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

static bool break_it(struct outgoing *broken, struct failure *why)
{
	struct document *document;
	xmlChar *bytes = NULL;
	int length = 0;

	if (!document_parse(&document, SAMPLE, broken->payload.bytes, broken->payload.length,
			    &document_limits_message, why))
		return false;
	make_mistakes(document_root(document));
	xmlDocDumpMemoryEnc(document_tree(document), &bytes, &length, "UTF-8");
	text_clear(&broken->payload);
	text_add_bytes(&broken->payload, bytes, (size_t)length);
	xmlFree(bytes);
	document_free(document);
	return true;
}

static bool tell_findings(struct demo *demo, const struct reply *reply, struct failure *why)
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
	demo_result(demo, "refused, %zu findings", findings.errors);
	return findings.errors > 1 || demo_otherwise(why, "several findings", "fewer");
}

bool demo_broken(struct demo *demo, struct failure *why)
{
	const struct outgoing_choice choice = { 0 };
	struct outgoing broken = { 0 };
	struct reply reply;
	const char *path;
	bool told;

	demo_say(demo,
		 "A declaration of fruit counts seven items where there are fewer, and more.");
	told = demo_sample(demo, SAMPLE, &path, why) &&
	       outgoing_read(&broken, demo->session, path, &choice, why) &&
	       break_it(&broken, why) &&
	       outgoing_seal(&broken, demo->session, demo->trader, &choice, why) &&
	       demo_submit(demo, &broken, &reply, why) && tell_findings(demo, &reply, why);
	outgoing_free(&broken);
	return told;
}
