#include "core/rules_lookups.h"

#include <string.h>

#include "core/nearest.h"
#include "core/rules_arguments.h"

/* ---- code lists ----------------------------------------------------------------------- */

void f_code(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	xmlChar *value = argument_text(ctxt), *list = argument_text(ctxt);
	const struct codes *codes = evaluation_world(ctxt)->codes;

	answer_boolean(ctxt,
		       codes != NULL && codes_has(codes, (const char *)list, (const char *)value,
						  evaluation_time(ctxt)));
	xmlFree(value);
	xmlFree(list);
}

void f_code_attribute(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	xmlChar *name = argument_text(ctxt), *value = argument_text(ctxt),
		*list = argument_text(ctxt);
	const struct codes *codes = evaluation_world(ctxt)->codes;
	const char *attribute = NULL;

	if (codes != NULL)
		attribute = codes_attribute(codes, (const char *)list, (const char *)value,
					    (const char *)name, evaluation_time(ctxt));
	answer_text(ctxt, attribute != NULL ? attribute : "");
	xmlFree(name);
	xmlFree(value);
	xmlFree(list);
}

bool constant_list(const struct rules_world *world, const char *constant, struct failure *why)
{
	if (world->codes == NULL || codes_has_list(world->codes, constant))
		return true;
	return fault(why, "RUL-903", "there is no code list '%s'", constant);
}

/* ---- the calendar --------------------------------------------------------------------- */

/* NULL when it is none, or nothing is registered. */
static const struct procedure *registered(xmlXPathParserContextPtr call, const xmlChar *id)
{
	const struct procedures *procedures = evaluation_world(call)->procedures;

	return procedures != NULL ? procedures_find(procedures, (const char *)id) : NULL;
}

/* The id may be a procedure's, which follows its party, or a party's. */
static enum link_state link_of(xmlXPathParserContextPtr call, const xmlChar *id,
			       const xmlChar *place)
{
	const struct rollout *rollout = evaluation_world(call)->rollout;
	const struct procedure *procedure = registered(call, id);

	if (rollout == NULL)
		return LINK_LIVE;
	return rollout_state(rollout, procedure != NULL ? procedure->party : (const char *)id,
			     (const char *)id, (const char *)place, evaluation_time(call), NULL);
}

void f_link(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(nargs == 1 ? 1 : 2);
	xmlChar *place = nargs == 2 ? argument_text(ctxt) : NULL, *id = argument_text(ctxt);

	answer_text(ctxt, link_state_name(link_of(ctxt, id, place)));
	xmlFree(place);
	xmlFree(id);
}

/* 0: it is not LIVE, or the calendar does not say. */
static gateway_time live_since(xmlXPathParserContextPtr call, const char *party,
			       const char *procedure)
{
	const struct rollout *rollout = evaluation_world(call)->rollout;
	const struct rollout_row *row = NULL;

	if (rollout == NULL || rollout_state(rollout, party, procedure, NULL, evaluation_time(call),
					     &row) != LINK_LIVE)
		return 0;
	return row != NULL ? row->from : 0;
}

static void answer_day(xmlXPathParserContextPtr call, gateway_time day)
{
	char buffer[TIME_TEXT_SIZE];

	answer_text(call, day != 0 ? date_text(day, buffer) : "");
}

void f_link_since(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(1);
	xmlChar *id = argument_text(ctxt);
	const struct procedure *procedure = registered(ctxt, id);

	answer_day(ctxt, live_since(ctxt, procedure != NULL ? procedure->party : (const char *)id,
				    (const char *)id));
	xmlFree(id);
}

/* ---- the register --------------------------------------------------------------------- */

void f_procedure(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	xmlChar *name = argument_text(ctxt), *id = argument_text(ctxt);
	const struct procedure *procedure = registered(ctxt, id);
	const char *value = NULL;

	if (procedure != NULL)
		value = procedure_attribute(procedure, (const char *)name);
	answer_text(ctxt, value != NULL ? value : "");
	xmlFree(name);
	xmlFree(id);
}

static bool stands_in(xmlXPathObjectPtr nodes, const char *name)
{
	bool found = false;

	for (int i = 0; !found && i < nodes_count(nodes); i++) {
		xmlChar *text = expression_node_text(nodes->nodesetval->nodeTab[i]);

		found = strcmp((const char *)text, name) == 0;
		xmlFree(text);
	}
	return found;
}

static void answer_missing(xmlXPathParserContextPtr call, const struct procedure *procedure,
			   xmlXPathObjectPtr nodes)
{
	struct text missing = TEXT_EMPTY;

	for (size_t i = 0; i < procedure->data_count; i++)
		if (procedure->data[i].required && !stands_in(nodes, procedure->data[i].name))
			text_printf(&missing, "%s%s", missing.length > 0 ? " " : "",
				    procedure->data[i].name);
	answer_text(call, missing.length > 0 ? missing.bytes : "");
	text_free(&missing);
}

void f_agency_data_missing(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(2);
	xmlXPathObjectPtr nodes = argument_nodes(ctxt);
	const struct procedure *procedure;
	xmlChar *id;

	if (nodes == NULL)
		return;
	id = argument_text(ctxt);
	procedure = registered(ctxt, id);
	if (procedure == NULL)
		answer_text(ctxt, "");
	else if (evaluation_charge(ctxt, (size_t)nodes_count(nodes) * procedure->data_count))
		answer_missing(ctxt, procedure, nodes);
	xmlFree(id);
	xmlXPathFreeObject(nodes);
}

void f_agency_data_good(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	xmlChar *value = argument_text(ctxt), *name = argument_text(ctxt),
		*id = argument_text(ctxt);
	const struct procedure *procedure = registered(ctxt, id);
	const struct procedure_data *data = NULL;

	if (procedure != NULL)
		data = procedure_data(procedure, (const char *)name);
	answer_boolean(ctxt, data != NULL && procedure_data_good(data, (const char *)value,
								 evaluation_world(ctxt)->codes,
								 evaluation_time(ctxt)));
	xmlFree(value);
	xmlFree(name);
	xmlFree(id);
}

static bool is_for(const struct procedure *procedure, xmlXPathObjectPtr goods)
{
	bool found = procedure->goods_count == 0;

	for (int i = 0; !found && i < nodes_count(goods); i++) {
		xmlChar *hs = expression_node_text(goods->nodesetval->nodeTab[i]);

		found = hs_in(procedure->goods, procedure->goods_count, (const char *)hs);
		xmlFree(hs);
	}
	return found;
}

static bool issues(const struct procedure *procedure, const xmlChar *type, const xmlChar *way,
		   gateway_time at)
{
	static const char *const ways[] = { [DIRECTION_IMPORT] = "import",
					    [DIRECTION_EXPORT] = "export",
					    [DIRECTION_TRANSIT] = "transit" };
	const char *const *document = procedure->documents;

	while (*document != NULL && strcmp(*document, (const char *)type) != 0)
		document++;
	return *document != NULL && procedure->from <= at &&
	       (procedure->direction == DIRECTION_ANY ||
		strcmp(ways[procedure->direction], (const char *)way) == 0);
}

/* The last day on which one of them became LIVE; 0 where one is not, or none issues it. */
static gateway_time issued_since(xmlXPathParserContextPtr call, const xmlChar *type,
				 xmlXPathObjectPtr goods, const xmlChar *way)
{
	const struct procedures *procedures = evaluation_world(call)->procedures;
	size_t count = procedures != NULL ? procedures_count(procedures) : 0;
	gateway_time latest = 0;

	for (size_t i = 0; i < count; i++) {
		const struct procedure *procedure = procedures_at(procedures, i);
		gateway_time since;

		if (!issues(procedure, type, way, evaluation_time(call)) ||
		    !is_for(procedure, goods))
			continue;
		since = live_since(call, procedure->party, procedure->id);
		if (since == 0)
			return 0;
		if (since > latest)
			latest = since;
	}
	return latest;
}

void f_issued_since(xmlXPathParserContextPtr ctxt, int nargs)
{
	CHECK_ARITY(3);
	const struct procedures *procedures = evaluation_world(ctxt)->procedures;
	size_t count = procedures != NULL ? procedures_count(procedures) : 0;
	xmlChar *way = argument_text(ctxt), *type;
	xmlXPathObjectPtr goods = argument_nodes(ctxt);

	if (goods != NULL) {
		type = argument_text(ctxt);
		if (evaluation_charge(ctxt, (size_t)nodes_count(goods) * count))
			answer_day(ctxt, issued_since(ctxt, type, goods, way));
		xmlFree(type);
		xmlXPathFreeObject(goods);
	}
	xmlFree(way);
}

bool constant_procedure(const struct rules_world *world, const char *constant, struct failure *why)
{
	struct nearest nearest = nearest_to(constant);
	char hint[NEAREST_TEXT_SIZE];

	if (world->procedures == NULL || procedures_find(world->procedures, constant) != NULL)
		return true;
	for (size_t i = 0; i < procedures_count(world->procedures); i++)
		nearest_offer(&nearest, procedures_at(world->procedures, i)->id);
	return fault(why, "RUL-903", "no procedure '%s' is registered%s", constant,
		     nearest_text(&nearest, hint));
}

bool constant_column(const struct rules_world *world, const char *constant, struct failure *why)
{
	struct nearest nearest = nearest_to(constant);
	char hint[NEAREST_TEXT_SIZE];

	(void)world;
	for (const char *const *column = procedure_columns(); *column != NULL; column++) {
		if (strcmp(*column, constant) == 0)
			return true;
		nearest_offer(&nearest, *column);
	}
	return fault(why, "RUL-903", "the register has no column '%s'%s", constant,
		     nearest_text(&nearest, hint));
}
