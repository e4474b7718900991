/*
 * secrets - what a process that holds private keys does not let out of its memory.
 *
 * Called once at the start, before any key is read. No core dump is written, neither as a file
 * nor through a pipe, and no other process of the same user may look inside. Who has to debug
 * says NSW_TRACEABLE=yes in the environment: then a debugger may look, and a core is still not
 * written unless the limit is raised from within. A build with sanitizers is always traceable,
 * for its search for leaks is a trace.
 */
#ifndef NSW_SECRETS_H
#define NSW_SECRETS_H

void secrets_stay_inside(void);

#endif
