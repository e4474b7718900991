#include "books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void books_close(struct books *books)
{
	for (size_t i = 0; i < books->entry_count; i++) {
		free(books->entries[i].payload);
		text_free(&books->entries[i].envelope);
	}
	free(books->entries);
	free(books->responses);
	memset(books, 0, sizeof *books);
}

struct entry *books_add(struct books *books)
{
	struct entry *entry;

	books->entries =
		must_realloc(books->entries, (books->entry_count + 1) * sizeof *books->entries);
	entry = &books->entries[books->entry_count++];
	memset(entry, 0, sizeof *entry);
	uuid_random(entry->id);
	uuid_random(entry->conversation);
	return entry;
}

struct entry *books_find(struct books *books, const char *id)
{
	for (size_t i = 0; i < books->entry_count; i++)
		if (strcmp(books->entries[i].id, id) == 0)
			return &books->entries[i];
	return NULL;
}

struct entry *books_by_reference(struct books *books, const char *reference)
{
	for (size_t i = 0; i < books->entry_count; i++)
		if (!books->entries[i].cancels &&
		    strcmp(books->entries[i].reference, reference) == 0)
			return &books->entries[i];
	return NULL;
}

void violated(struct books *books, const char *what, const char *id, const char *detail)
{
	books->violations++;
	printf("VIOLATED %s: %s%s%s\n", what, id, detail != NULL ? ": " : "",
	       detail != NULL ? detail : "");
}
