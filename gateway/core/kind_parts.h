/*
 * kind_parts - the inside of kind.h: what kind_load.c makes and kind_use.c uses.
 */
#ifndef NSW_KIND_PARTS_H
#define NSW_KIND_PARTS_H

#include "core/expressions.h"
#include "core/kind.h"
#include "core/schema.h"

struct identification {
	struct identification *next;
	const char *namespace, *root;
	const char *when; /* NULL: always */
	size_t when_holds;
};

struct event {
	struct event *next;
	const char *value, *name;
};

/* A fact, an attribute of one, or with `each` a group of facts for every node. */
struct fact {
	struct fact *next;
	const char *name;
	const char *who; /* "the fact hs", for failures */
	bool each, required;
	size_t where;
	struct fact *attributes; /* of a fact */
	struct fact *facts;	 /* of a group */
};

/* The rule files of one phase. */
struct rule_file {
	struct rule_file *next;
	struct rules *rules;
};

struct kind {
	const char *id, *version, *title, *title_vi, *folder, *life;
	enum kind_role role;
	enum own_signature own_signature;
	const char *const *from;
	const char *place; /* FILE:LINE of its kind.xml */
	struct identification *identifications;
	struct schema *schema;
	struct rule_file *message_rules, *journal_rules;
	const char *event_fact; /* NULL: a kind without <events> */
	struct event *events;
	struct fact *facts;
	struct kind_links *links; /* kind_links.c */
	struct rules_world world; /* that of all kinds, and the prefixes of kind.xml */
	struct expressions *set;  /* facts and identifications */
};

struct kinds {
	struct arena *arena;
	struct codes *codes;
	struct procedures *procedures;
	struct rollout *rollout;
	struct rules_world world; /* these three, no prefixes */
	struct kind **list;
	size_t count;
	const char *left_out;
	const char *source; /* its folders and calendar */
	size_t users;	    /* beside whoever loaded it */
};

/* <schema file= external=/> as it stands in the file. */
struct kind_schema {
	const char *file;
	bool external;
	const char *place;
};

/* kind_file.c: one kind.xml, all but its schema. The kind is in the arena of `kinds`; what it
 * holds beyond that is given back by kind_release(). */
MUST_CHECK bool kind_read(struct kind **out, struct kinds *kinds, const char *path,
			  struct kind_schema *schema, struct failure *why);
void kind_release(struct kind *kind);

/* kind_links.c: <concerns>, <key>, <refers>. */
struct datafile;
MUST_CHECK bool kind_links_read(struct kind *kind, struct kinds *kinds, const struct datafile *file,
				struct failure *why);
void kind_links_release(struct kind_links *links); /* NULL is fine */
/* What they name exists: once all kinds are there. FAULT KND-905. */
MUST_CHECK bool kind_links_check(const struct kinds *kinds, struct failure *why);

#endif
