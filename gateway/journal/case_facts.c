#include "journal/case_facts.h"

#include <stdio.h>

#include "journal/journal_private.h"

static void set(xmlNodePtr node, const char *name, const char *value)
{
	xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)(value != NULL ? value : ""));
}

static void set_number(xmlNodePtr node, const char *name, int64_t value)
{
	char text[NUMBER_SIZE];

	set(node, name, number_text(value, text));
}

static xmlNodePtr add(xmlNodePtr parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

static void describe(xmlNodePtr node, const struct journal_case *case_)
{
	set(node, "id", case_->id);
	set(node, "kind", case_->kind);
	set(node, "number", case_->number);
	set_number(node, "version", case_->version);
	set(node, "state", case_->state);
	set(node, "conversation", case_->conversation);
	set(node, "declarant", case_->declarant);
	set(node, "reference", case_->reference);
}

static void add_tasks(struct journal *journal, struct arena *arena, xmlNodePtr root,
		      const char *case_id)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(journal, arena, case_id, &tasks);

	for (size_t i = 0; i < count; i++) {
		xmlNodePtr task = add(root, "task");

		set(task, "party", tasks[i].party);
		set(task, "procedure", tasks[i].procedure);
		set(task, "releases", tasks[i].releases ? "yes" : "no");
		set(task, "state", tasks[i].state);
		set(task, "status", tasks[i].status);
		set(task, "result", tasks[i].result);
	}
}

static void add_message(xmlNodePtr root, const struct facts *facts)
{
	xmlNodePtr message = add(root, "message");

	for (xmlNodePtr fact = facts_root(facts)->children; fact != NULL; fact = fact->next)
		xmlAddChild(message, xmlDocCopyNode(fact, root->doc, 1));
}

static void free_tree(void *tree)
{
	xmlFreeDoc(tree);
}

xmlDocPtr case_facts(struct journal *journal, struct arena *arena, const struct journal_case *case_,
		     const struct facts *message, const char *declarant,
		     const struct case_event *event)
{
	xmlDocPtr tree = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr root = xmlNewNode(NULL, (const xmlChar *)"case");
	xmlNodePtr happening;

	arena_on_free(arena, free_tree, tree);
	xmlDocSetRootElement(tree, root);
	if (case_ != NULL) {
		describe(root, case_);
	} else {
		set(root, "state", "");
		set(root, "declarant", declarant);
	}
	if (message != NULL)
		add_message(root, message);
	happening = add(root, "event");
	set(happening, "name", event->name);
	set(happening, "party", event->party);
	set(happening, "status", event->status);
	set(happening, "result", event->result);
	if (case_ != NULL)
		add_tasks(journal, arena, root, case_->id);
	return tree;
}

void case_facts_known(xmlDocPtr facts, const char *what, const struct journal_case *known)
{
	xmlNodePtr node = add(xmlDocGetRootElement(facts), "known");

	set(node, "what", what);
	describe(node, known);
}
