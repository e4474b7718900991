/*
 * Four threads use one kind at once: schema, facts, rules, questions. Each must find the same;
 * under ThreadSanitizer nothing may be written that another reads. (With a libxml2 that is
 * itself built with -fsanitize=thread, in LD_LIBRARY_PATH, its insides are watched too.)
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kind.h"
#include "core/text.h"
#include "scratch.h"

enum { THREADS = 4, ROUNDS = 50 };

static const char manifest_xsd[] =
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:m'"
	" xmlns:m='urn:m' elementFormDefault='qualified'>"
	"<xs:element name='Manifest'><xs:complexType><xs:sequence>"
	"<xs:element name='Bill' maxOccurs='99'><xs:complexType><xs:sequence>"
	"<xs:element name='ID'><xs:simpleType><xs:restriction base='xs:string'>"
	"<xs:pattern value='[A-Z]{2}([0-9]{1,6}|X+){1,3}'/><xs:maxLength value='12'/>"
	"</xs:restriction></xs:simpleType></xs:element>"
	"<xs:choice maxOccurs='3'><xs:element name='Mass' type='xs:decimal'/>"
	"<xs:element name='Date' type='xs:date'/>"
	"<xs:element name='Mode'><xs:simpleType><xs:restriction base='xs:token'>"
	"<xs:enumeration value='sea'/><xs:enumeration value='air'/></xs:restriction>"
	"</xs:simpleType></xs:element></xs:choice>"
	"<xs:any namespace='##other' processContents='lax' minOccurs='0'/>"
	"</xs:sequence><xs:attribute name='n' type='xs:positiveInteger'/></xs:complexType>"
	"</xs:element></xs:sequence></xs:complexType>"
	"<xs:unique name='bills'><xs:selector xpath='m:Bill'/><xs:field xpath='@n'/></xs:unique>"
	"</xs:element></xs:schema>";

static const char manifest_rules[] =
	"<schema xmlns='http://purl.oclc.org/dsdl/schematron' xmlns:nsw='urn:nsw:rule:1'>"
	"<ns prefix='m' uri='urn:m'/><let name='all' value='//m:Mass'/>"
	"<pattern><rule context=\"m:Bill[@n='1']\"><let name='id' value='m:ID'/>"
	"<assert id='MAN-01' test=\"nsw:code('bills', $id) and string-length($id) &lt; 9\">"
	"<value-of select='$id'/> of <value-of select='nsw:sum($all)'/></assert></rule>"
	"<rule context='m:Bill | m:Mass'><assert id='MAN-02' nsw:where='m:Mass' "
	"test=\"nsw:at-most(nsw:product(m:Mass, '1.1'), 20)\">heavy on "
	"<value-of select='nsw:today()'/></assert></rule></pattern></schema>";

static const char manifest_kind[] =
	"<kind xmlns='urn:nsw:kind:1' id='CAR' version='1' role='application' from='trader' "
	"title='Manifest'><ns prefix='m' uri='urn:m'/>"
	"<identify namespace='urn:m' root='Manifest' when='count(m:Manifest/m:Bill) &gt; 1'/>"
	"<schema file='m.xsd'/><rules phase='message' file='rules.sch'/>"
	"<facts><each name='item' xpath='//m:Bill'><fact name='id' xpath='m:ID'>"
	"<attribute name='n' xpath='../@n'/></fact></each></facts></kind>";

static const char manifest[] =
	"<Manifest xmlns='urn:m'>"
	"<Bill n='1'><ID>AB123X</ID><Mass>10.5</Mass><Mode>sea</Mode></Bill>\n"
	"<Bill n='2'><ID>ab</ID><Mode>see</Mode><Mass>19</Mass></Bill>\n"
	"<Bill n='2'><ID>AB1234567890123</ID><Date>2014-02-30</Date><x xmlns='urn:x'/></Bill>\n"
	"<Bill x='1'><Wrong/></Bill></Manifest>";

struct shared {
	struct kinds *kinds;
	struct question *question;
	pthread_barrier_t start;
};

struct worker {
	pthread_t thread;
	struct shared *shared;
	char *said; /* all findings, facts and the answer, of every round the same */
	bool same;
};

/* Everything that a message goes through, as one string. */
static char *one_message(const struct shared *shared)
{
	struct arena *arena = arena_new();
	struct text text = TEXT_EMPTY;
	struct document *document;
	struct findings findings;
	const struct kind *kind;
	struct facts *facts;
	struct failure why;
	bool answer = false;

	findings_start(&findings, arena);
	if (!document_parse(&document, "m.xml", manifest, strlen(manifest),
			    &document_limits_message, &why))
		return must_string(why.text);
	if (kinds_recognise(shared->kinds, document, &kind, &why) &&
	    kind_validate(kind, document, &findings, &why) &&
	    kind_facts(kind, document, 0, arena, &facts, &why) &&
	    kind_check(kind, document, 0, &findings, &why) &&
	    question_ask(shared->question, facts_root(facts), 0, &answer, &why)) {
		for (struct finding *at = findings.first; at != NULL; at = at->next)
			text_printf(&text, "%s %d %s\n", at->code, at->line, at->text);
		facts_write(&text, facts);
		text_add(&text, answer ? " yes" : " no");
	} else {
		text_add(&text, why.text);
	}
	document_free(document);
	arena_free(arena);
	return text_take(&text);
}

static void *work(void *user)
{
	struct worker *worker = user;

	worker->same = true;
	pthread_barrier_wait(&worker->shared->start);
	worker->said = one_message(worker->shared);
	for (int i = 1; i < ROUNDS; i++) {
		char *said = one_message(worker->shared);

		worker->same = worker->same && strcmp(said, worker->said) == 0;
		free(said);
	}
	return NULL;
}

static void test_four_threads_share_one_kind(void **state)
{
	struct scratch *scratch = scratch_new();
	const char *folder = scratch_folder(scratch);
	struct worker workers[THREADS];
	struct shared shared;
	struct failure why;

	(void)state;
	scratch_write(scratch, "car/m.xsd", manifest_xsd);
	scratch_write(scratch, "car/rules.sch", manifest_rules);
	scratch_write(scratch, "car/kind.xml", manifest_kind);
	scratch_write(scratch, "codes/bills.xml",
		      "<codes xmlns='urn:nsw:codes:1' id='bills'><code value='XX'/></codes>");
	if (!kinds_load(&shared.kinds, &folder, 1, &why))
		fail_msg("%s: %s", why.place, why.text);
	assert_true(question_compile(&shared.question, "nsw:distinct(item/id) = 3 and item/id/@n",
				     kinds_world(shared.kinds), "here", &why));
	assert_int_equal(pthread_barrier_init(&shared.start, NULL, THREADS), 0);

	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .shared = &shared };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_true(workers[i].same);
		assert_string_equal(workers[i].said, workers[0].said);
	}
	assert_non_null(strstr(workers[0].said, "MAN-01 1 AB123X of 29.5"));
	assert_non_null(strstr(workers[0].said, "MAN-02 2 heavy on 1970-01-01"));
	assert_non_null(strstr(workers[0].said, "XSD-060 3 "));
	assert_non_null(strstr(workers[0].said, "<item><id n=\"1\">AB123X</id></item>"));
	assert_non_null(strstr(workers[0].said, " yes"));
	for (int i = 0; i < THREADS; i++)
		free(workers[i].said);

	pthread_barrier_destroy(&shared.start);
	question_free(shared.question);
	kinds_free(shared.kinds);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_threads_share_one_kind),
	};

	document_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
