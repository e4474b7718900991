/* file_parts - what the files that read a scenario share. */
#ifndef NSW_SCENARIO_FILE_PARTS_H
#define NSW_SCENARIO_FILE_PARTS_H

#include "cli/scenario/scenario.h"
#include "core/datafile.h"

#define SCENARIO_CODE "SCN-001"

struct named_path {
	struct named_path *before;
	const char *name, *path;
};

struct reader {
	struct session *session;
	struct arena *arena;
	const struct parties *parties;
	struct datafile *file;
	struct scenario *scenario;
	struct deed **submits; /* and what is followed, so far */
	size_t submit_count;
	const char **remembered; /* names, so far */
	size_t remembered_count;
	struct named_path *samples; /* that were looked for */
	struct failure *why;
};

/* All refuse with the place of the node, and return false then. */
bool reader_unfit(const struct reader *reader, xmlNodePtr node, const char *text);
/* What another one refused, at its place here. */
bool reader_misplaced(const struct reader *reader, xmlNodePtr node);

/* The value of an attribute into a member of a deed; read_duration, read_on and read_off into a whole
 * deed, of which they fill several. */
typedef bool read_value(struct reader *reader, xmlNodePtr node, const char *value, void *out);
read_value read_text, read_yes, read_shift, read_status, read_link, read_moment, read_party,
	read_speaker, read_duration, read_on, read_off, read_alias, read_path, read_filled;

/* May ${...} in it be filled in when its time comes? *out is an example of what it will be. */
bool check_fill(struct reader *reader, xmlNodePtr node, const char *text, const char **out);
/* file_deeds.c: a child of a step, or of <given>. */
bool reader_deed(struct reader *reader, xmlNodePtr node, struct deed *deed);
/* Children with a name and a value: <set>, <xpath>. */
void reader_values(struct reader *reader, xmlNodePtr node, const char *element, const char *name,
		   struct deed_value **out, size_t *count);
/* The submit, or what is followed, of that alias, so far; NULL. */
struct deed *find_submit(const struct reader *reader, const char *alias);

#endif
