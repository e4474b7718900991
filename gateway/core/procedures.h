/*
 * procedures - the register of what the ministries decide: procedures.xml, compiled.
 *
 * One row a procedure: whose it is, which documents it issues, on which goods and which way,
 * what it costs and how long it takes on paper and electronically, where its counter is, and
 * what an application must say besides (AgencyData). schemas/README.md has the grammar. The
 * registers of all folders are joined.
 *
 * Read-only after loading, shared by all threads. Strings live as long as the register.
 */
#ifndef NSW_PROCEDURES_H
#define NSW_PROCEDURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/codes.h"
#include "core/failure.h"
#include "core/hs.h"

enum direction { DIRECTION_ANY, DIRECTION_IMPORT, DIRECTION_EXPORT, DIRECTION_TRANSIT };

struct procedure_data { /* one AgencyData that an application may bring */
	const char *name, *title, *title_vi;
	const char *form; /* "text", "number", "date", "yes", or "code" */
	const char *list; /* of a code; NULL */
	bool required;
};

struct procedure {
	const char *id;	   /* "MARD-AQ-IMP" */
	const char *party; /* "MARD"; "": several parties have it, each under this id */
	const char *title, *title_vi;
	const char *const *documents; /* UNCL 1001 codes of what it issues */
	const struct hs_range *goods;
	size_t goods_count; /* 0: any goods, or none */
	enum direction direction;
	gateway_time from;		     /* 0: always */
	const char *fee;		     /* decimal, in VND; "0": none */
	int64_t paper_time, electronic_time; /* ms */
	const char *counter, *counter_vi;    /* where papers are handed in */
	const char *source, *mark;
	const char *assumed; /* names of the columns that are assumed, between spaces; "" */
	const struct procedure_data *data;
	size_t data_count;
	const char *place; /* FILE:LINE */
};

struct procedures;

/* The procedures.xml of each folder that has one. `codes` (NULL: not checked) are the lists
 * that data may name. FAULT PRC-901 file broken (FILE:LINE), PRC-902 the same id twice. */
MUST_CHECK bool procedures_load(struct procedures **out, const char *const folders[], size_t count,
				const struct codes *codes, struct failure *why);
void procedures_free(struct procedures *procedures); /* NULL is fine */

size_t procedures_count(const struct procedures *procedures); /* in order of the files */
const struct procedure *procedures_at(const struct procedures *procedures, size_t index);
const struct procedure *procedures_find(const struct procedures *procedures,
					const char *id); /* NULL */
/* An attribute by its name in the file ("party", "fee", "paper-time"...); NULL: none. */
const char *procedure_attribute(const struct procedure *procedure, const char *name);
/* The names of all of them, NULL-terminated. */
const char *const *procedure_columns(void);
/* NULL when it knows no such data. */
const struct procedure_data *procedure_data(const struct procedure *procedure, const char *name);
/* Has the value the form that is asked for? A code is a member of its list on that day. */
bool procedure_data_good(const struct procedure_data *data, const char *value,
			 const struct codes *codes, gateway_time at);

#endif
