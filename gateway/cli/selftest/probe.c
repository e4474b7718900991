#include "cli/selftest/probe.h"

#include <stdlib.h>
#include <string.h>

#include "core/document.h"

#define NAMESPACE  "urn:nsw:selftest:1"
#define FILE_NAME  "selftest.xml"
#define TIMES_MOST 100000000

static const struct datafile_element grammar[] = {
	{ "selftest", "title! trader! sample! fresh! review", "probe+" },
	{ "probe", "id! family! title! expect!",
	  "payload? envelope? frames? ask? door? greeting?" },
	{ "payload", "", "text|hex|repeat+" },
	{ "envelope", "from sign-as unsigned changed age ahead", "replace*" },
	{ "replace", "what! by!", "" },
	{ "frames", "", "frame+" },
	{ "frame", "times", "text|hex|repeat*" },
	{ "ask", "", "#text" },
	{ "door", "", "" },
	{ "greeting", "", "text|hex|repeat+" },
	{ "repeat", "times!", "text|hex|repeat+" },
	{ "text", "", "#text" },
	{ "hex", "", "#text" },
	{ NULL, NULL, NULL },
};

/* By what stands in it; what has none of these is a message. */
static enum probe_means means_of(xmlNodePtr node)
{
	static const struct {
		const char *part;
		enum probe_means means;
	} parts[] = {
		{ "frames", PROBE_FRAMES },
		{ "ask", PROBE_ASK },
		{ "door", PROBE_DOOR },
		{ "greeting", PROBE_GREETING },
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (child_named(node, parts[i].part) != NULL)
			return parts[i].means;
	return PROBE_MESSAGE;
}

static void read_probe(struct probes *probes, xmlNodePtr node)
{
	probes->probes[probes->count++] = (struct probe){
		.id = datafile_get(probes->file, node, "id"),
		.family = datafile_get(probes->file, node, "family"),
		.title = datafile_get(probes->file, node, "title"),
		.expect = datafile_list(probes->file, node, "expect"),
		.means = means_of(node),
		.node = node,
	};
}

static size_t count_of(xmlNodePtr root)
{
	size_t count = 0;

	for (xmlNodePtr node = child_named(root, "probe"); node != NULL;
	     node = next_named(node, "probe"))
		count++;
	return count;
}

bool probes_read(struct probes *out, struct session *session, struct failure *why)
{
	const char *folders[SESSION_FOLDERS + 2], *path;
	xmlNodePtr root;
	size_t count;

	*out = (struct probes){ 0 };
	if (!session_kind_folders(session, folders, &count, why))
		return false;
	path = arena_printf(session->arena, "%s/" FILE_NAME, folders[0]);
	if (!datafile_read(&out->file, session->arena, path, NAMESPACE, grammar, "SLF-901", why))
		return false;
	root = datafile_root(out->file);
	out->trader = datafile_get(out->file, root, "trader");
	out->fresh = datafile_get(out->file, root, "fresh");
	out->sample = arena_printf(session->arena, "%s/%s", folders[0],
				   datafile_get(out->file, root, "sample"));
	out->probes = arena_alloc(session->arena, count_of(root) * sizeof *out->probes);
	for (xmlNodePtr node = child_named(root, "probe"); node != NULL;
	     node = next_named(node, "probe"))
		read_probe(out, node);
	return true;
}

void probes_free(struct probes *probes)
{
	datafile_free(probes->file);
}

xmlNodePtr probe_part(const struct probe *probe, const char *name)
{
	return child_named(probe->node, name);
}

bool probe_expects(const struct probe *probe, const char *end)
{
	for (size_t i = 0; probe->expect[i] != NULL; i++)
		if (strcmp(probe->expect[i], end) == 0)
			return true;
	return false;
}

/* ---- bytes ------------------------------------------------------------------------------------ */

static bool add_hex(struct text *out, const struct probes *probes, xmlNodePtr node,
		    const char *digits, struct failure *why)
{
	size_t length = strlen(digits) / 2;
	unsigned char *bytes = must_alloc(length + 1);
	bool good = strlen(digits) % 2 == 0 && hex_parse(digits, bytes, length);

	if (good)
		text_add_bytes(out, bytes, length);
	free(bytes);
	return good || datafile_fault(probes->file, node, why, "these are no hexadecimal bytes");
}

static bool add_often(struct text *out, const struct probes *probes, xmlNodePtr node,
		      struct failure *why)
{
	long times = strtol(datafile_get(probes->file, node, "times"), NULL, 10);
	struct text once = TEXT_EMPTY;
	bool good = probe_bytes(&once, probes, node, why);

	if (good && (times < 1 || times > TIMES_MOST))
		good = datafile_fault(probes->file, node, why, "times is 1 to %d", TIMES_MOST);
	for (long i = 0; good && i < times; i++)
		text_add_bytes(out, once.bytes, once.length);
	text_free(&once);
	return good;
}

/* As it stands: white space in a text is part of it. */
static bool add_piece(struct text *out, const struct probes *probes, xmlNodePtr node,
		      struct failure *why)
{
	xmlChar *text;
	bool good = true;

	if (strcmp((const char *)node->name, "repeat") == 0)
		return add_often(out, probes, node, why);
	text = xmlNodeGetContent(node);
	if (strcmp((const char *)node->name, "hex") == 0)
		good = add_hex(out, probes, node, (const char *)text, why);
	else
		text_add(out, (const char *)text);
	xmlFree(text);
	return good;
}

bool probe_bytes(struct text *out, const struct probes *probes, xmlNodePtr node,
		 struct failure *why)
{
	for (xmlNodePtr piece = node->children; piece != NULL; piece = piece->next)
		if (piece->type == XML_ELEMENT_NODE && !add_piece(out, probes, piece, why))
			return false;
	return true;
}
