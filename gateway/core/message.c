#include "core/message.h"

struct message *message_new(gateway_time at)
{
	struct arena *arena = arena_new();
	struct message *message = arena_alloc(arena, sizeof *message);

	message->arena = arena;
	message->at = at;
	findings_start(&message->findings, arena);
	return message;
}

void message_free(struct message *message)
{
	if (message == NULL)
		return;
	document_free(message->payload);
	document_free(message->envelope_document);
	arena_free(message->arena);
}
