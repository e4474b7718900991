/* The parties of this house meet real declarations: the samples of ours, and foreign ones. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kind.h"

#include "adapters/decide.h"

#define SAMPLES "schemas/dec-imp/samples/"
#define CREATED INT64_C(1393376400000) /* 2014-02-26 08:00 in Ha Noi */

static struct kinds *kinds;
static struct profile *customs, *quarantine;
static char foreign[256]; /* folder of the foreign declarations; empty: absent */

/* ---- set-up ----------------------------------------------------------------------------- */

static void must(bool done, const struct failure *why)
{
	char line[1024];

	if (!done)
		fail_msg("%s", failure_line(why, line, sizeof line));
}

static void find_foreign(void)
{
	const char *real = getenv("NSW_REAL_DIR");

	snprintf(foreign, sizeof foreign, "%s/wco-dec", real != NULL ? real : "../shared/real");
	if (access(foreign, R_OK) != 0)
		foreign[0] = '\0';
}

static int open_house(void **state)
{
	char schemas[300];
	const char *const folders[] = { "schemas", schemas };
	struct failure why;

	(void)state;
	document_setup();
	find_foreign();
	snprintf(schemas, sizeof schemas, "%s/schemas", foreign);
	must(kinds_load(&kinds, folders, foreign[0] != '\0' ? 2 : 1, &why), &why);
	must(profile_load(&customs, "adapters/mof.xml", kinds, &why), &why);
	must(profile_load(&quarantine, "adapters/mard.xml", kinds, &why), &why);
	return 0;
}

static int close_house(void **state)
{
	(void)state;
	profile_free(customs);
	profile_free(quarantine);
	kinds_free(kinds);
	return 0;
}

/* ---- one declaration -------------------------------------------------------------------- */

struct declaration {
	struct arena *arena;
	struct document *document;
	const struct kind *kind;
	struct envelope envelope;
	struct request request;
};

static void free_declaration(struct declaration *declaration)
{
	document_free(declaration->document);
	arena_free(declaration->arena);
}

static bool is_valid(const struct declaration *declaration)
{
	struct findings findings;
	struct failure why;

	findings_start(&findings, declaration->arena);
	must(kind_validate(declaration->kind, declaration->document, &findings, &why), &why);
	return findings.errors == 0;
}

/* False for one that no gateway would deliver. */
static bool read_declaration(struct declaration *out, const char *path)
{
	struct facts *facts;
	struct failure why;

	out->arena = arena_new();
	must(document_read(&out->document, path, &document_limits_message, &why), &why);
	must(kinds_recognise(kinds, out->document, &out->kind, &why), &why);
	if (!is_valid(out)) {
		free_declaration(out);
		return false;
	}
	must(kind_facts(out->kind, out->document, CREATED, out->arena, &facts, &why), &why);
	out->envelope = (struct envelope){
		.id = "6f1c1d3e-0000-4000-8000-000000000001",
		.from = "NSW-VN",
		.kind = kind_id(out->kind),
		.environment = "TEST",
		.created = CREATED,
		.expires = CREATED + 1,
	};
	out->request = (struct request){ .envelope = &out->envelope,
					 .facts = facts,
					 .payload = out->document };
	return true;
}

static struct answers decided(struct declaration *declaration, const struct profile *profile)
{
	struct answers answers;
	struct failure why;

	must(decide(&answers, declaration->arena, profile, "1", &declaration->request, &why), &why);
	return answers;
}

static const char *last_payload(const struct answers *answers)
{
	return answers->rows[answers->count - 1].payload;
}

/* `after` cites the next item with these; NULL: the declarant did not say. */
static const char *cited(const char *after, struct arena *arena, const char *hs, const char *origin)
{
	const char *item = strstr(after, "<GovernmentAgencyGoodsItem>");

	assert_non_null(item);
	if (hs != NULL)
		item = strstr(item, arena_printf(arena, "<ID>%s</ID>", hs));
	assert_non_null(item);
	if (origin != NULL)
		item = strstr(item, arena_printf(arena, "<CountryCode>%s<", origin));
	assert_non_null(item);
	return item + 1;
}

/* A release that says every item's code and origin; how many codes there were. */
static int check_release(struct declaration *declaration)
{
	struct arena *arena = declaration->arena;
	struct answers answers = decided(declaration, customs);
	const char *release = last_payload(&answers);
	xmlNodePtr item = child_named(facts_root(declaration->request.facts), "item");
	int codes = 0;

	assert_non_null(item);
	assert_non_null(strstr(release, "<NameCode>RELEASED<"));
	for (; item != NULL; item = next_named(item, "item")) {
		const char *hs = child_text(arena, item, "hs");

		release = cited(release, arena, hs, child_text(arena, item, "origin"));
		codes += hs != NULL;
	}
	assert_null(strstr(release, "<GovernmentAgencyGoodsItem>"));
	return codes;
}

/* ---- ours ------------------------------------------------------------------------------- */

static const struct {
	const char *file, *decision;
	bool animal, plant;
} samples[] = {
	{ "shrimp-thailand.xml", "quarantine", true, false },
	{ "beef-australia.xml", "quarantine", true, false },
	{ "fruit-china.xml", "quarantine", false, true },
	{ "electronics-singapore.xml", "not-subject", false, false },
	{ "machine-parts-japan.xml", "not-subject", false, false },
	{ "plastics-korea.xml", "not-subject", false, false },
};

static void test_each_sample_gets_the_certificates_its_goods_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct declaration declaration;
		struct answers answers;
		char path[128];

		snprintf(path, sizeof path, SAMPLES "%s", samples[i].file);
		assert_true(read_declaration(&declaration, path));
		answers = decided(&declaration, quarantine);
		if (strcmp(answers.decision, samples[i].decision) != 0 ||
		    (strstr(last_payload(&answers), "<TypeCode>853<") != NULL) !=
			    samples[i].animal ||
		    (strstr(last_payload(&answers), "<TypeCode>851<") != NULL) != samples[i].plant)
			fail_msg("%s: %s\n%s", samples[i].file, answers.decision,
				 last_payload(&answers));
		free_declaration(&declaration);
	}
}

static void test_customs_releases_each_sample_and_cites_its_items(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct declaration declaration;
		char path[128];

		snprintf(path, sizeof path, SAMPLES "%s", samples[i].file);
		assert_true(read_declaration(&declaration, path));
		assert_true(profile_sees(customs, kind_id(declaration.kind)));
		assert_true(check_release(&declaration) > 0);
		free_declaration(&declaration);
	}
}

/* ---- foreign ---------------------------------------------------------------------------- */

static bool is_xml(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".xml") == 0;
}

static void test_customs_releases_foreign_declarations_and_cites_their_items(void **state)
{
	const struct dirent *entry;
	char folder[300], path[600];
	int lodged = 0, with_codes = 0;
	DIR *files;

	(void)state;
	if (foreign[0] == '\0') {
		print_message("no ../shared/real/wco-dec here, and NSW_REAL_DIR names none\n");
		skip();
	}
	snprintf(folder, sizeof folder, "%s/declarations", foreign);
	files = opendir(folder);
	assert_non_null(files);
	while ((entry = readdir(files)) != NULL) {
		struct declaration declaration;
		const char *event;

		if (!is_xml(entry->d_name))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (!read_declaration(&declaration, path))
			continue;
		event = kind_event(declaration.kind, declaration.request.facts);
		if (event != NULL && strcmp(event, "lodge") == 0) {
			assert_true(profile_sees(customs, kind_id(declaration.kind)));
			with_codes += check_release(&declaration) > 0;
			lodged++;
		}
		free_declaration(&declaration);
	}
	closedir(files);
	assert_int_equal(lodged, 58);
	assert_int_equal(with_codes, 50); /* simplified procedures go without */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_sample_gets_the_certificates_its_goods_need),
		cmocka_unit_test(test_customs_releases_each_sample_and_cites_its_items),
		cmocka_unit_test(test_customs_releases_foreign_declarations_and_cites_their_items),
	};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
