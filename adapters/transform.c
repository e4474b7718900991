#include "transform.h"

#include <ctype.h>
#include <libxslt/documents.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transform_check.h"

#define TOLD_SIZE 300

struct transform {
	char *path;
	xsltStylesheetPtr sheet;
	pthread_mutex_t lock; /* of a run */
};

/* ---- what libxslt says -------------------------------------------------------------------- */

/* Of the sheet that this thread is just compiling or running: the first line of its first
 * complaint, or without one what it said last by <xsl:message>. */
struct report {
	char text[TOLD_SIZE];
	int line; /* of the complaint; 0 */
	bool complains, told;
	bool wrong; /* XPath failed: libxslt would go on with an empty value */
};
static _Thread_local struct report *listening;

static void keep(struct report *report, const char *said)
{
	size_t had = strlen(report->text);

	if (report->told)
		return;
	if (!report->complains && had + strlen(said) >= sizeof report->text)
		had = 0;
	snprintf(report->text + had, sizeof report->text - had, "%s", said);
	report->told = report->complains && strchr(said, '\n') != NULL;
}

static void begin_complaint(struct report *report)
{
	if (report->complains)
		return;
	report->complains = true;
	report->text[0] = '\0';
}

/* "runtime error: file X line 3 element value-of": where, and no more. */
static bool says_where(struct report *report, const char *said)
{
	const char *line = strstr(said, "error: file ") != NULL ? strstr(said, " line ") : NULL;

	if (line == NULL)
		return false;
	begin_complaint(report);
	if (report->line == 0)
		report->line = atoi(line + strlen(" line "));
	return true;
}

/* Of libxslt: what is wrong, and what sheets say. */
static void hear(void *context, const char *format, ...) PRINTF_LIKE(2, 3);
static void hear(void *context, const char *format, ...)
{
	char said[1024];
	va_list arguments;

	(void)context;
	va_start(arguments, format);
	vsnprintf(said, sizeof said, format, arguments);
	va_end(arguments);
	if (listening != NULL && !says_where(listening, said))
		keep(listening, said);
}

/* Of libxml2: what is wrong with an expression, in words. */
static void hear_words(void *context, const char *format, ...) PRINTF_LIKE(2, 3);
static void hear_words(void *context, const char *format, ...)
{
	char said[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said, sizeof said, format, arguments);
	va_end(arguments);
	begin_complaint(context);
	keep(context, said);
}

/* And that something is, without any. */
static void hear_xpath(void *context, xmlErrorPtr error)
{
	static const int limit = XML_XPATH_EXPRESSION_OK + XPATH_OP_LIMIT_EXCEEDED;
	struct report *report = context;
	char said[64];

	report->wrong = true;
	begin_complaint(report);
	if (error->code == limit)
		keep(report, "beyond the limit of operations\n");
	snprintf(said, sizeof said, "XPath fails with error %d\n", error->code);
	keep(report, said);
}

static void say_nothing(void *context, const char *format, ...) PRINTF_LIKE(2, 3);
static void say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

/* What libxml2 says is this thread's own; silent again as document_setup() has it. */
static void listen_to_run(struct report *report)
{
	listening = report;
	xmlSetGenericErrorFunc(report, hear_words);
}
static void stop_listening(void)
{
	listening = NULL;
	xmlSetGenericErrorFunc(NULL, say_nothing);
}

/* One line, without the white space at its end. */
static bool blame(const struct transform *transform, struct report *report, const char *code,
		  struct failure *why)
{
	size_t length = strlen(report->text);

	while (length > 0 && isspace((unsigned char)report->text[length - 1]))
		report->text[--length] = '\0';
	for (char *at = report->text; *at != '\0'; at++)
		if (iscntrl((unsigned char)*at))
			*at = ' ';
	fault(why, code, "%s", length > 0 ? report->text : "libxslt says no more");
	if (report->line > 0)
		return failure_at(why, "%s:%d", transform->path, report->line);
	return failure_at(why, "%s", transform->path);
}

/* ---- no way out --------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static xsltSecurityPrefsPtr nothing_allowed;

static xmlDocPtr load_nothing(const xmlChar *uri, xmlDictPtr dictionary, int options, void *context,
			      xsltLoadType type)
{
	(void)uri, (void)dictionary, (void)options, (void)context, (void)type;
	return NULL;
}

static void forbid_everything(void)
{
	static const xsltSecurityOption options[] = {
		XSLT_SECPREF_READ_FILE,	       XSLT_SECPREF_WRITE_FILE,
		XSLT_SECPREF_CREATE_DIRECTORY, XSLT_SECPREF_READ_NETWORK,
		XSLT_SECPREF_WRITE_NETWORK,
	};

	nothing_allowed = xsltNewSecurityPrefs();
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		xsltSetSecurityPrefs(nothing_allowed, options[i], xsltSecurityForbid);
	xsltSetDefaultSecurityPrefs(nothing_allowed);
	xsltSetLoaderFunc(load_nothing);
	xsltSetGenericErrorFunc(NULL, hear);
}

/* ---- compiling ---------------------------------------------------------------------------- */

/* The sheet takes the tree over and rearranges it, hence a copy. */
static bool compile(struct transform *transform, const struct document *document,
		    struct failure *why)
{
	xmlDocPtr tree = xmlCopyDoc(document_tree(document), 1);
	struct report report = { 0 };

	listening = &report;
	transform->sheet = xsltParseStylesheetDoc(tree);
	listening = NULL;
	if (transform->sheet == NULL)
		xmlFreeDoc(tree);
	if (transform->sheet != NULL && transform->sheet->errors == 0)
		return true;
	return blame(transform, &report, "ADP-010", why);
}

static bool read_sheet(struct transform *transform, struct failure *why)
{
	struct document *document;
	struct failure broken;
	bool good;

	if (!document_read(&document, transform->path, &document_limits_data, &broken)) {
		fault(why, "ADP-010", "%s: %s", broken.code, broken.text);
		return failure_at(why, "%s",
				  broken.place[0] != '\0' ? broken.place : transform->path);
	}
	good = sheet_is_good(document, why) && compile(transform, document, why);
	document_free(document);
	return good;
}

bool transform_load(struct transform **out, const char *path, struct failure *why)
{
	struct transform *transform = must_alloc(sizeof *transform);

	pthread_once(&once, forbid_everything);
	transform->path = must_string(path);
	pthread_mutex_init(&transform->lock, NULL);
	if (!read_sheet(transform, why)) {
		transform_free(transform);
		return false;
	}
	*out = transform;
	return true;
}

void transform_free(struct transform *transform)
{
	if (transform == NULL)
		return;
	xsltFreeStylesheet(transform->sheet);
	pthread_mutex_destroy(&transform->lock);
	free(transform->path);
	free(transform);
}

/* ---- running ------------------------------------------------------------------------------ */

static int write_some(void *context, const char *bytes, int length)
{
	struct text *out = context;

	if (out->length + (size_t)length > TRANSFORM_OUTPUT)
		return -1;
	text_add_bytes(out, bytes, (size_t)length);
	return length;
}

static bool write_down(struct text *out, const struct transform *transform, xmlDocPtr result,
		       struct failure *why)
{
	struct text written = TEXT_EMPTY;
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(write_some, NULL, &written, NULL);
	bool fits = xsltSaveResultTo(buffer, result, transform->sheet) >= 0;

	fits = xmlOutputBufferClose(buffer) >= 0 && fits;
	if (fits)
		text_add_bytes(out, written.bytes != NULL ? written.bytes : "", written.length);
	text_free(&written);
	if (fits)
		return true;
	fault(why, "ADP-011", "the style sheet writes more than %d bytes", TRANSFORM_OUTPUT);
	return failure_at(why, "%s", transform->path);
}

static void set_bounds(xsltTransformContextPtr run, struct report *report)
{
	run->maxTemplateDepth = TRANSFORM_DEPTH;
	run->opLimit = TRANSFORM_OPERATIONS;
	run->xpathCtxt->opLimit = 10 * TRANSFORM_OPERATIONS;
	run->xpathCtxt->error = hear_xpath;
	run->xpathCtxt->userData = report;
	xsltSetCtxtSecurityPrefs(nothing_allowed, run);
}

static void set_parameters(xsltTransformContextPtr run,
			   const struct transform_parameter *parameters, size_t count)
{
	for (size_t i = 0; i < count; i++)
		xsltQuoteOneUserParam(run, (const xmlChar *)parameters[i].name,
				      (const xmlChar *)parameters[i].value);
}

/* The input is a copy: xsl:strip-space takes nodes out of it. */
static xmlDocPtr run_over(const struct transform *transform, xmlDocPtr input,
			  const struct transform_parameter *parameters, size_t count,
			  struct report *report)
{
	xsltTransformContextPtr run = xsltNewTransformContext(transform->sheet, input);
	xmlDocPtr result;
	bool good;

	set_bounds(run, report);
	set_parameters(run, parameters, count);
	result = xsltApplyStylesheetUser(transform->sheet, input, NULL, NULL, NULL, run);
	good = run->state == XSLT_STATE_OK && !report->wrong;
	xsltFreeTransformContext(run);
	if (good)
		return result;
	xmlFreeDoc(result);
	return NULL;
}

bool transform_run(struct text *out, struct transform *transform, const struct document *input,
		   const struct transform_parameter *parameters, size_t count, struct failure *why)
{
	xmlDocPtr copy = xmlCopyDoc(document_tree(input), 1);
	struct report report = { 0 };
	xmlDocPtr result;
	bool good;

	pthread_mutex_lock(&transform->lock);
	listen_to_run(&report);
	result = run_over(transform, copy, parameters, count, &report);
	stop_listening();
	good = result != NULL ? write_down(out, transform, result, why)
			      : blame(transform, &report, "ADP-011", why);
	pthread_mutex_unlock(&transform->lock);
	xmlFreeDoc(result);
	xmlFreeDoc(copy);
	return good;
}
