#include "journal/case_facts.h"

#include <stdio.h>
#include <string.h>

#include "journal/journal_private.h"

void case_facts_set(xmlNodePtr node, const char *name, const char *value)
{
	xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)(value != NULL ? value : ""));
}

static void set_number(xmlNodePtr node, const char *name, int64_t value)
{
	char text[NUMBER_SIZE];

	case_facts_set(node, name, number_text(value, text));
}

static xmlNodePtr add(xmlNodePtr parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

static void describe(xmlNodePtr node, const struct journal_case *case_)
{
	case_facts_set(node, "id", case_->id);
	case_facts_set(node, "kind", case_->kind);
	case_facts_set(node, "number", case_->number);
	set_number(node, "version", case_->version);
	case_facts_set(node, "state", case_->state);
	case_facts_set(node, "conversation", case_->conversation);
	case_facts_set(node, "declarant", case_->declarant);
	case_facts_set(node, "reference", case_->reference);
}

static void add_tasks(struct journal *journal, struct arena *arena, xmlNodePtr root,
		      const char *case_id)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(journal, arena, case_id, &tasks);

	for (size_t i = 0; i < count; i++) {
		xmlNodePtr task = add(root, "task");

		case_facts_set(task, "party", tasks[i].party);
		case_facts_set(task, "procedure", tasks[i].procedure);
		case_facts_set(task, "route", tasks[i].route);
		case_facts_set(task, "link", tasks[i].link);
		case_facts_set(task, "releases", tasks[i].releases ? "yes" : "no");
		case_facts_set(task, "state", tasks[i].state);
		case_facts_set(task, "status", tasks[i].status);
		case_facts_set(task, "result", tasks[i].result);
	}
}

static void add_facts(xmlNodePtr root, const char *name, const struct facts *facts)
{
	xmlNodePtr copy = add(root, name);

	for (xmlNodePtr fact = facts_root(facts)->children; fact != NULL; fact = fact->next)
		xmlAddChild(copy, xmlDocCopyNode(fact, root->doc, 1));
}

static void add_event(xmlNodePtr root, const struct case_event *event)
{
	xmlNodePtr happening = add(root, "event");

	case_facts_set(happening, "name", event->name);
	case_facts_set(happening, "party", event->party);
	case_facts_set(happening, "status", event->status);
	case_facts_set(happening, "result", event->result);
}

static void add_parent(xmlNodePtr root, const struct journal_case *parent)
{
	case_facts_set(root, "parent-kind", parent->kind);
	case_facts_set(root, "parent-number", parent->number);
	case_facts_set(root, "parent-reference", parent->reference);
}

/* Who uses this case, and how much of it. */
static void add_uses(struct journal *journal, struct arena *arena, xmlNodePtr root,
		     const char *case_id)
{
	struct journal_use *uses;
	size_t count = journal_uses_of(journal, arena, case_id, &uses);

	for (size_t i = 0; i < count; i++) {
		xmlNodePtr use = add(root, "use");
		struct journal_case user;

		case_facts_set(use, "what", uses[i].what);
		case_facts_set(use, "value", uses[i].value);
		case_facts_set(use, "quantity", uses[i].quantity);
		case_facts_set(use, "unit", uses[i].unit);
		if (!journal_case(journal, arena, uses[i].case_id, &user))
			continue;
		case_facts_set(use, "declarant", user.declarant);
		case_facts_set(use, "number", user.number);
		case_facts_set(use, "state", user.state);
	}
}

static void free_tree(void *tree)
{
	xmlFreeDoc(tree);
}

xmlDocPtr case_facts(struct journal *journal, struct arena *arena, const struct case_view *view)
{
	const struct journal_case *case_ = view->case_;
	xmlDocPtr tree = xmlNewDoc((const xmlChar *)"1.0");
	xmlNodePtr root = xmlNewNode(NULL, (const xmlChar *)"case");

	arena_on_free(arena, free_tree, tree);
	xmlDocSetRootElement(tree, root);
	if (case_ != NULL) {
		describe(root, case_);
	} else {
		case_facts_set(root, "state", "");
		case_facts_set(root, "declarant", view->declarant);
	}
	if (view->parent != NULL)
		add_parent(root, view->parent);
	if (view->message != NULL)
		add_facts(root, "message", view->message);
	if (view->document != NULL)
		add_facts(root, "document", view->document);
	add_event(root, view->event);
	if (case_ != NULL) {
		add_tasks(journal, arena, root, case_->id);
		add_uses(journal, arena, root, case_->id);
	}
	return tree;
}

/* ---- what is referred to ------------------------------------------------------------------- */

xmlNodePtr case_facts_known(xmlDocPtr facts, const char *what, const struct journal_case *known)
{
	xmlNodePtr node = add(xmlDocGetRootElement(facts), "known");

	case_facts_set(node, "what", what);
	describe(node, known);
	return node;
}

static bool is_group(xmlNodePtr fact)
{
	return xmlFirstElementChild(fact) != NULL;
}

static bool group_has(xmlNodePtr group, const char *value)
{
	bool has = false;

	for (xmlNodePtr fact = xmlFirstElementChild(group); !has && fact != NULL;
	     fact = xmlNextElementSibling(fact)) {
		xmlChar *content = xmlNodeGetContent(fact);

		has = xmlStrEqual(content, (const xmlChar *)value);
		xmlFree(content);
	}
	return has;
}

static bool any_group_has(const struct facts *document, const char *value)
{
	for (xmlNodePtr fact = facts_root(document)->children; fact != NULL; fact = fact->next)
		if (group_has(fact, value))
			return true;
	return false;
}

void case_facts_document(xmlNodePtr known, const struct facts *document, const char *value)
{
	xmlNodePtr copy = add(known, "facts");
	bool chosen = any_group_has(document, value);

	for (xmlNodePtr fact = facts_root(document)->children; fact != NULL; fact = fact->next)
		if (!chosen || !is_group(fact) || group_has(fact, value))
			xmlAddChild(copy, xmlDocCopyNode(fact, known->doc, 1));
}

static void copy_issued(xmlNodePtr known, struct arena *arena, const struct facts *answer,
			const struct journal_task *task)
{
	static const char *const names[] = { "type", "id", "from", "until", NULL };

	for (xmlNodePtr issued = child_named(facts_root(answer), "issued"); issued != NULL;
	     issued = next_named(issued, "issued")) {
		xmlNodePtr node = add(known, "issued");

		for (const char *const *name = names; *name != NULL; name++)
			case_facts_set(node, *name, child_text(arena, issued, *name));
		case_facts_set(node, "status", task->status);
		case_facts_set(node, "party", task->party);
	}
}

/* On paper the number alone is known. */
static void note_paper(xmlNodePtr known, const struct journal_task *task)
{
	xmlNodePtr node;

	if (strcmp(task->route, "PAPER") != 0 || task->note == NULL ||
	    strcmp(task->status, "REFUSED") == 0)
		return;
	node = add(known, "issued");
	case_facts_set(node, "id", task->note);
	case_facts_set(node, "status", task->status);
	case_facts_set(node, "party", task->party);
}

void case_facts_issued(xmlNodePtr known, struct journal *journal, struct arena *arena,
		       const struct journal_case *issuer)
{
	struct journal_task *tasks;
	size_t count = journal_tasks(journal, arena, issuer->id, &tasks);

	for (size_t i = 0; i < count; i++) {
		struct journal_message answer;
		struct failure ignored;
		struct facts *facts;
		struct bytes body;

		note_paper(known, &tasks[i]);
		if (tasks[i].message != NULL &&
		    journal_message(journal, arena, tasks[i].party, tasks[i].message, &answer) &&
		    journal_body_read(journal, arena, answer.facts, &body) &&
		    facts_read(&facts, arena, (const char *)body.start, body.length, &ignored))
			copy_issued(known, arena, facts, &tasks[i]);
	}
}
