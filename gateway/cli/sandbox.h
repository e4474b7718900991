/*
 * sandbox - where the things are that `nsw` works with.
 *
 * Programs lie beside this one. Data (schemas, adapters, certs-example) lie in
 * PREFIX/share/nsw of an installation, else in the source tree that the program was built in.
 * NSW_PROGRAMS and NSW_DATA say otherwise.
 *
 * The state folder of a sandbox, $NSW_STATE, else $XDG_STATE_HOME/nsw, else
 * ~/.local/state/nsw, holds
 *
 *	settings.xml	what `nsw up` told the gateway; later commands read it too
 *	keys/		the example keyring
 *	journal.db	the gateway's journal
 *	endpoint	where the gateway listens, once it serves
 *	nswd.pid, adapter.pid, nswd.log, adapter.log
 *
 * Paths are absolute and live in the arena given.
 */
#ifndef NSW_SANDBOX_H
#define NSW_SANDBOX_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/failure.h"

struct sandbox {
	const char *state;    /* may not exist yet */
	const char *programs; /* folder */
	bool own_programs;    /* they lie beside this one, of the same build */
	const char *data;     /* folder; NULL when there is none */
	const char
		*scratch; /* where a temporary state may be made: build/ of the tree, or TMPDIR */
};

/* `state` NULL: from the environment. FAULT CLI-010 when the executable cannot be found,
 * REJECT CLI-006 when there is no home to keep state in. */
MUST_CHECK bool sandbox_find(struct sandbox *out, struct arena *arena, const char *state,
			     struct failure *why);
/* "DATA/schemas". FAULT CLI-010 when there is no such thing. */
MUST_CHECK bool sandbox_data(const struct sandbox *sandbox, struct arena *arena, const char *name,
			     const char **path, struct failure *why);
MUST_CHECK bool sandbox_program(const struct sandbox *sandbox, struct arena *arena,
				const char *name, const char **path, struct failure *why);
/* "STATE/name". */
const char *sandbox_file(const struct sandbox *sandbox, struct arena *arena, const char *name);

/* Make the state folder, private to its owner. REJECT CLI-006. */
MUST_CHECK bool sandbox_make_state(const struct sandbox *sandbox, struct failure *why);
/* An endpoint whose path fits into a socket's name: in the state folder if that is short
 * enough, else in a folder of its own beside the user's other sockets. REJECT CLI-006. */
MUST_CHECK bool sandbox_endpoint(const struct sandbox *sandbox, struct arena *arena,
				 const char **endpoint, struct failure *why);

/* The folder made for it beside the state folder, if it was, goes when nobody listens. */
void sandbox_forget_endpoint(const struct sandbox *sandbox, struct arena *arena);

/* mkdir -p; false sets errno. */
bool folder_make(const char *path, unsigned mode);
bool path_exists(const char *path);
/* rm -rf; what is not there is gone already. */
void folder_remove(const char *path);

#endif
