#include "journal/rows.h"

#include <string.h>

#define ROWS_FIRST 16

void message_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_message *)out = (struct journal_message){
		.seq = store_number(row, 0),
		.at = store_number(row, 1),
		.effective = store_number(row, 2),
		.id = store_text(row, 3, arena),
		.sender = store_text(row, 4, arena),
		.digest = store_text(row, 5, arena),
		.conversation = store_text(row, 6, arena),
		.ref = store_text(row, 7, arena),
		.kind = store_text(row, 8, arena),
		.case_id = store_text(row, 9, arena),
		.state = store_text(row, 10, arena),
		.code = store_text(row, 11, arena),
		.reference = store_text(row, 12, arena),
		.event = store_text(row, 13, arena),
		.environment = store_text(row, 14, arena),
		.run = store_text(row, 15, arena),
		.envelope = store_text(row, 16, arena),
		.payload = store_text(row, 17, arena),
		.facts = store_text(row, 18, arena),
		.receipt_envelope = store_text(row, 19, arena),
		.receipt_payload = store_text(row, 20, arena),
	};
}

void case_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_case *)out = (struct journal_case){
		.id = store_text(row, 0, arena),
		.kind = store_text(row, 1, arena),
		.version_of_kind = store_text(row, 2, arena),
		.number = store_text(row, 3, arena),
		.state = store_text(row, 4, arena),
		.declarant = store_text(row, 5, arena),
		.reference = store_text(row, 6, arena),
		.conversation = store_text(row, 7, arena),
		.message = store_text(row, 8, arena),
		.run = store_text(row, 9, arena),
		.environment = store_text(row, 10, arena),
		.serial = store_number(row, 11),
		.version = store_number(row, 12),
		.accepted = store_number(row, 13),
		.since = store_number(row, 14),
		.parent = store_text(row, 15, arena),
	};
}

void task_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_task *)out = (struct journal_task){
		.party = store_text(row, 0, arena),
		.procedure = store_text(row, 1, arena),
		.state = store_text(row, 2, arena),
		.status = store_text(row, 3, arena),
		.result = store_text(row, 4, arena),
		.note = store_text(row, 5, arena),
		.delivery = store_text(row, 6, arena),
		.releases = store_number(row, 7) != 0,
		.message = store_text(row, 8, arena),
		.route = store_text(row, 9, arena),
		.link = store_text(row, 10, arena),
		.way = store_text(row, 11, arena),
		.via = store_text(row, 12, arena),
		.due = store_number(row, 13),
		.case_id = store_text(row, 14, arena),
	};
}

void delivery_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_delivery *)out = (struct journal_delivery){
		.seq = store_number(row, 0),
		.attempts = store_number(row, 1),
		.attempt_seq = store_number(row, 2),
		.due = store_number(row, 3),
		.created = store_number(row, 4),
		.expires = store_number(row, 5),
		.id = store_text(row, 6, arena),
		.party = store_text(row, 7, arena),
		.kind = store_text(row, 8, arena),
		.case_id = store_text(row, 9, arena),
		.conversation = store_text(row, 10, arena),
		.state = store_text(row, 11, arena),
		.cause = store_text(row, 12, arena),
		.ref = store_text(row, 13, arena),
		.payload = store_text(row, 14, arena),
		.environment = store_text(row, 15, arena),
		.origin = store_text(row, 16, arena),
		.run = store_text(row, 17, arena),
		.code = store_text(row, 18, arena),
		.text = store_text(row, 19, arena),
		.push = store_number(row, 20) != 0,
		.envelope = store_text(row, 21, arena),
		.declarant = store_text(row, 22, arena),
		.tries = store_number(row, 23),
		.counted = store_number(row, 24),
	};
}

void use_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_use *)out = (struct journal_use){
		.case_id = store_text(row, 0, arena),
		.what = store_text(row, 1, arena),
		.target = store_text(row, 2, arena),
		.value = store_text(row, 3, arena),
		.quantity = store_text(row, 4, arena),
		.unit = store_text(row, 5, arena),
	};
}

void held_row(struct statement *row, struct arena *arena, void *out)
{
	*(struct journal_held *)out = (struct journal_held){
		.sender = store_text(row, 0, arena),
		.message = store_text(row, 1, arena),
		.case_id = store_text(row, 2, arena),
	};
}

size_t all_rows(struct statement *rows, struct arena *arena, row_reader *read, size_t size,
		void *out)
{
	size_t count = 0, room = 0;
	char *array = NULL, *larger;

	while (store_next(rows)) {
		if (count == room) {
			room = room != 0 ? room * 2 : ROWS_FIRST;
			larger = arena_alloc(arena, room * size);
			if (count != 0)
				memcpy(larger, array, count * size);
			array = larger;
		}
		read(rows, arena, array + count++ * size);
	}
	memcpy(out, &array, sizeof array);
	return count;
}

bool first_row(struct statement *rows, struct arena *arena, row_reader *read, void *out)
{
	if (!store_next(rows))
		return false;
	read(rows, arena, out);
	store_done(rows);
	return true;
}

int64_t one_number(struct statement *row)
{
	int64_t number = 0;

	if (store_next(row)) {
		number = store_number(row, 0);
		store_done(row);
	}
	return number;
}

const char *or_null(const char *value)
{
	return value != NULL ? value : STORE_NULL;
}
