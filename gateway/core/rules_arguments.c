#include "core/rules_arguments.h"

xmlChar *argument_text(xmlXPathParserContextPtr call)
{
	xmlXPathObjectPtr value = valuePop(call);
	xmlChar *text = expression_text(value);

	xmlXPathFreeObject(value);
	return text;
}

bool argument_decimal(xmlXPathParserContextPtr call, struct decimal *number)
{
	xmlChar *text = argument_text(call);
	bool valid = decimal_parse(number, (const char *)text);

	xmlFree(text);
	return valid;
}

xmlXPathObjectPtr argument_nodes(xmlXPathParserContextPtr call)
{
	xmlXPathObjectPtr value = valuePop(call);

	if (value->type == XPATH_NODESET || value->type == XPATH_XSLT_TREE)
		return value;
	xmlXPathFreeObject(value);
	xmlXPathErr(call, XPATH_INVALID_TYPE);
	return NULL;
}

int nodes_count(xmlXPathObjectPtr nodes)
{
	return nodes->nodesetval != NULL ? nodes->nodesetval->nodeNr : 0;
}

void answer_text(xmlXPathParserContextPtr call, const char *text)
{
	valuePush(call, xmlXPathNewCString(text));
}

void answer_boolean(xmlXPathParserContextPtr call, bool answer)
{
	valuePush(call, xmlXPathNewBoolean(answer));
}

void answer_number(xmlXPathParserContextPtr call, double number)
{
	valuePush(call, xmlXPathNewFloat(number));
}

void answer_decimal(xmlXPathParserContextPtr call, bool valid, const struct decimal *number)
{
	char buffer[DECIMAL_TEXT_SIZE];

	answer_text(call, valid ? decimal_text(number, buffer) : NOT_A_NUMBER);
}
