#include <string.h>

#include "accept/accept.h"

static const struct finding *first_error(const struct findings *findings)
{
	const struct finding *finding = findings->first;

	while (finding != NULL && finding->warning)
		finding = finding->next;
	return finding;
}

/* Warnings refuse nothing, but the response tells them: they travel with the facts. */
static void keep_warnings(struct message *message)
{
	for (const struct finding *finding = message->findings.first; finding != NULL;
	     finding = finding->next) {
		xmlNodePtr warning = facts_add(message->facts, NULL, "warning", NULL);

		facts_add(message->facts, warning, "code", finding->code);
		facts_add(message->facts, warning, "text", finding->text);
	}
}

/* A broker hands in what the declarant has signed; nobody else's signature means anything. */
static bool own_signer_fits(const struct message *message, struct failure *why)
{
	const char *signer = message->own_signer;
	const char *declarant = facts_get(message->facts, "declarant");

	if (signer == NULL || strcmp(signer, message->envelope.from) == 0 ||
	    (declarant != NULL && strcmp(signer, declarant) == 0))
		return true;
	return reject(why, "PLD-004",
		      "the payload is signed by %s, who is neither its sender nor its declarant",
		      signer);
}

bool accept_check(const struct house *house, struct message *message, struct failure *why)
{
	const struct finding *error;

	(void)house;
	if (!kind_facts(message->kind, message->payload, message->at, message->arena,
			&message->facts, why) ||
	    !own_signer_fits(message, why) ||
	    !kind_check(message->kind, message->payload, message->at, &message->findings, why))
		return false;

	error = first_error(&message->findings);
	if (error == NULL) {
		keep_warnings(message);
		return true;
	}
	reject(why, error->code, "%s", error->text);
	return failure_at(why, "line %d", error->line);
}
