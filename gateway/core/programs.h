/*
 * programs - what the programs do, as functions.
 *
 * A program is its main() and one of these. `nsw test` starts many gateways that read the same
 * data: it reads them once (kinds_keep()) and runs these in forked copies of itself. They leave
 * a process as they found none: their caller ends with what they return.
 */
#ifndef NSW_PROGRAMS_H
#define NSW_PROGRAMS_H

typedef int program_main(int count, char *words[]);

program_main nswd_main;	   /* gateway/daemon.c */
program_main adapter_main; /* adapters/adapter.c */

#endif
