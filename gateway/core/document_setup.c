/* What libxml2 may print and load, for the whole process: nothing, and what is allowed. */
#include "core/document.h"

#include <libxml/parser.h>
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

#include "core/document_bytes.h"
#include "core/text.h"

/* With its slash at the end; NULL: nothing may be loaded. */
static _Thread_local char *allowed_folder;

static void say_nothing(void *context, const char *format, ...) PRINTF_LIKE(2, 3);
static void say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

/* The real path behind a URL of libxml2's, if it leads into the allowed folder; yours to
 * free. A link that leads out of it leads nowhere. */
static char *allowed_path(const char *url)
{
	char *plain = xmlURIUnescapeString(url, 0, NULL);
	char *path = plain != NULL ? realpath(plain, NULL) : NULL;

	xmlFree(plain);
	if (path != NULL && strncmp(path, allowed_folder, strlen(allowed_folder)) == 0)
		return path;
	free(path);
	return NULL;
}

static xmlParserInputPtr input_of(const struct text *text, const char *url, xmlParserCtxtPtr parser)
{
	xmlParserInputBufferPtr buffer = xmlParserInputBufferCreateMem(
		text->bytes, (int)text->length, XML_CHAR_ENCODING_NONE);
	xmlParserInputPtr input = NULL;

	if (buffer != NULL)
		input = xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE);
	if (input == NULL)
		xmlFreeParserInputBuffer(buffer);
	else
		input->filename = (char *)xmlStrdup((const xmlChar *)url);
	return input;
}

static xmlParserInputPtr load_allowed(const char *url, const char *id, xmlParserCtxtPtr parser)
{
	char *path = allowed_folder != NULL && url != NULL ? allowed_path(url) : NULL;
	struct text text = TEXT_EMPTY;
	xmlParserInputPtr input = NULL;

	(void)id;
	if (path != NULL && text_read_file(&text, path, document_limits_data.bytes, NULL) &&
	    document_bytes_check(path, text.bytes, text.length, &document_limits_data, NULL))
		input = input_of(&text, url, parser);
	text_free(&text);
	free(path);
	return input;
}

void document_setup(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_allowed);
	/* libxml2 keeps its error handler for each thread: this one, and those to come. */
	xmlSetGenericErrorFunc(NULL, say_nothing);
	xmlThrDefSetGenericErrorFunc(NULL, say_nothing);
}

void document_forbid_files(void)
{
	free(allowed_folder);
	allowed_folder = NULL;
}

bool document_allow_files(const char *folder, struct failure *why)
{
	char *path = realpath(folder, NULL);
	struct text prefix = TEXT_EMPTY;

	document_forbid_files();
	if (path == NULL)
		return reject(why, "IO-001", "is no folder that can be read") ||
		       failure_at(why, "%s", folder);
	text_printf(&prefix, "%s/", path);
	allowed_folder = text_take(&prefix);
	free(path);
	return true;
}
