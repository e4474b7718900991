#include "cli/scenario/report_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/sandbox.h"

/*
 * JUnit XML as GitLab, GitHub and Jenkins read it: a <testsuite> is a scenario in one iteration,
 * a <testcase> a step of it. Each number stands over what it counts and is found by counting it.
 */

/* ---- XML ------------------------------------------------------------------------------------ */

/* A line's end inside an attribute would come back as a space. */
static void add_attribute(struct text *out, const char *name, const char *value)
{
	struct text cells = TEXT_EMPTY;

	cell_add(&cells, value != NULL ? value : "");
	text_printf(out, " %s=\"", name);
	text_add_xml(out, cells.bytes);
	text_add(out, "\"");
	text_free(&cells);
}

static void add_seconds(struct text *out, int64_t ms)
{
	text_printf(out, " time=\"%.3f\"", (double)ms / 1000);
}

static void add_counts(struct text *out, const struct counts *counts, int64_t ms)
{
	text_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		    counts_total(counts), counts->failed, counts->errored, counts->skipped);
	add_seconds(out, ms);
}

/* ---- a step --------------------------------------------------------------------------------- */

static const struct {
	const char *element, *type;
	bool body;
} misses[] = {
	[STEP_FAILED] = { "failure", "Expectation", true },
	[STEP_ERRORED] = { "error", "Harness", true },
	[STEP_SKIPPED] = { "skipped", NULL, false },
};

static void add_body(struct text *out, const struct scenario_result *scenario,
		     const struct step_result *step)
{
	struct text body = TEXT_EMPTY;

	add_explanation(&body, "", scenario, step);
	add_lines(&body, "", "", step->trace);
	text_add_xml(out, body.bytes);
	text_free(&body);
}

static void add_miss(struct text *out, const struct scenario_result *scenario,
		     const struct step_result *step)
{
	const char *element = misses[step->outcome].element;
	struct text message = TEXT_EMPTY;

	add_summary(&message, step);
	text_printf(out, "<%s", element);
	if (misses[step->outcome].type != NULL)
		add_attribute(out, "type", misses[step->outcome].type);
	add_attribute(out, "message", message.bytes);
	if (misses[step->outcome].body) {
		text_add(out, ">");
		add_body(out, scenario, step);
		text_printf(out, "</%s>", element);
	} else {
		text_add(out, "/>");
	}
	text_free(&message);
}

/* GitLab shows the class name of a case and not its suite's name. */
static void add_case(struct text *out, const struct scenario_result *scenario,
		     const struct step_result *step)
{
	struct text name = TEXT_EMPTY;
	char line[16];

	text_add(&name, step->name);
	if (scenario->iterations > 1)
		text_printf(&name, " (%u of %u)", scenario->iteration, scenario->iterations);
	snprintf(line, sizeof line, "%u", step->line);

	text_add(out, "  <testcase");
	add_attribute(out, "classname", scenario->name);
	add_attribute(out, "name", name.bytes);
	add_attribute(out, "file", scenario->file);
	add_attribute(out, "line", line);
	add_seconds(out, step->ms);
	if (step->outcome == STEP_PASSED) {
		text_add(out, "/>\n");
	} else {
		text_add(out, ">\n   ");
		add_miss(out, scenario, step);
		text_add(out, "\n  </testcase>\n");
	}
	text_free(&name);
}

/* ---- a scenario ----------------------------------------------------------------------------- */

static void add_property(struct text *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	text_add(out, "   <property");
	add_attribute(out, "name", name);
	add_attribute(out, "value", value);
	text_add(out, "/>\n");
}

static void add_properties(struct text *out, const struct scenario_result *scenario)
{
	if (scenario->date == NULL && scenario->seed == NULL)
		return;
	text_add(out, "  <properties>\n");
	add_property(out, "date", scenario->date);
	add_property(out, "seed", scenario->seed);
	text_add(out, "  </properties>\n");
}

static void add_suite(struct text *out, const struct scenario_result *scenario)
{
	struct counts counts = counts_of(scenario, 1);
	struct text name = TEXT_EMPTY;
	char started[TIME_TEXT_SIZE];

	add_scenario_name(&name, scenario);
	text_add(out, " <testsuite");
	add_attribute(out, "name", name.bytes);
	add_attribute(out, "file", scenario->file);
	add_counts(out, &counts, scenario->ms);
	if (scenario->started != 0)
		add_attribute(out, "timestamp", time_text(scenario->started, started));
	text_add(out, ">\n");
	add_properties(out, scenario);
	for (size_t i = 0; i < scenario->count; i++)
		add_case(out, scenario, &scenario->steps[i]);
	text_add(out, " </testsuite>\n");
	text_free(&name);
}

static void add_suites(struct text *out, const struct scenario_result *results, size_t count,
		       int64_t ms)
{
	struct counts counts = counts_of(results, count);

	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nsw\"");
	add_counts(out, &counts, ms);
	text_add(out, ">\n");
	for (size_t i = 0; i < count; i++)
		add_suite(out, &results[i]);
	text_add(out, "</testsuites>\n");
}

/* ---- the file ------------------------------------------------------------------------------- */

static bool unwritable(const char *path, int reason, struct failure *why)
{
	reject(why, "CLI-006", "the JUnit report cannot be written: %s", strerror(reason));
	return failure_at(why, "%s", path);
}

/* A pipe or a device is written to; only a file may be replaced by another. */
static bool is_special(const char *path)
{
	struct stat there;

	return stat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode);
}

/* 0, or why no file can be made in the folder of that path. */
static int folder_trouble(const char *path)
{
	char *copy = must_string(path);
	const char *folder = dirname(copy);
	struct stat there = { 0 };
	int reason = 0;

	if ((stat(folder, &there) != 0 &&
	     (!folder_make(folder, 0777) || stat(folder, &there) != 0)) ||
	    access(folder, W_OK) != 0)
		reason = errno;
	else if (!S_ISDIR(there.st_mode))
		reason = ENOTDIR;
	free(copy);
	return reason;
}

bool report_junit_ready(const char *path, struct failure *why)
{
	struct stat there;
	int reason;

	if (is_special(path))
		reason = access(path, W_OK) == 0 ? 0 : errno;
	else if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
		reason = EISDIR;
	else
		reason = folder_trouble(path);
	return reason == 0 || unwritable(path, reason, why);
}

static bool write_special(const char *path, const struct text *xml, struct failure *why)
{
	FILE *file = fopen(path, "we");
	bool written = file != NULL && fwrite(xml->bytes, 1, xml->length, file) == xml->length;
	int reason = errno;

	if (file != NULL && fclose(file) != 0 && written) {
		written = false;
		reason = errno;
	}
	return written || unwritable(path, reason, why);
}

static bool write_file(const char *path, const struct text *xml, struct failure *why)
{
	struct failure trouble;

	if (file_write(path, xml->bytes, xml->length, 0644, &trouble))
		return true;
	reject(why, "CLI-006", "the JUnit report %s", trouble.text);
	return failure_at(why, "%s", path);
}

bool report_junit(const char *path, const struct scenario_result *results, size_t count, int64_t ms,
		  struct failure *why)
{
	struct text xml = TEXT_EMPTY;
	bool written;

	add_suites(&xml, results, count, ms);
	written = is_special(path) ? write_special(path, &xml, why) : write_file(path, &xml, why);
	text_free(&xml);
	return written;
}
