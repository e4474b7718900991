/*
 * trace - what is known of a submit, as a document for XPath.
 *
 *	<trace of="d1" id= kind= case= state= number= reference= time=>
 *	  <task party= procedure= route= link= via= state= status= note=/>...
 *	  <attempt party= n= time= fault="f-1"/>...		deliveries that were sent
 *	  <hop seq= time= party= event= state= attempt= code= text=/>...
 *	  <answer from= to= kind= id= status=>...		messages of others in its case; from="gateway": what
 *								it told them, and whoever handed it in
 *	    <Signature status="ok" signer=/>			or the code of what is wrong with it; none while
 *								nobody has fetched it
 *	    PAYLOAD						without namespaces
 *	  </answer>
 *	  <finding from= code= line= warning= text=>TEXT</finding>...	from: absent in a refusal
 *	  <message from= kind= ...>PAYLOAD</message>		the document itself
 *	</trace>
 *
 * For a party only its tasks, attempts, hops, answers and findings. A gateway's hops have
 * party="gateway"; attributes of which nothing is known are absent.
 */
#ifndef NSW_SCENARIO_TRACE_H
#define NSW_SCENARIO_TRACE_H

#include "cli/scenario/play.h"

struct trace;

MUST_CHECK bool trace_make(struct trace **out, struct play *play, const struct submitted *submitted,
			   const char *party, struct failure *why);
void trace_free(struct trace *trace); /* NULL is fine */
/* Borrowed, for tests. */
xmlDocPtr trace_tree(const struct trace *trace);

/* UNMET with what it is instead, where the test is a comparison. */
enum done trace_test(struct trace *trace, struct play *play, const struct deed *deed,
		     const struct deed_value *test, struct failure *why);
/* What an XPath finds, as text; UNMET when it finds nothing. */
enum done trace_value(struct trace *trace, struct play *play, const struct deed *deed,
		      const char *xpath, const char **value, struct failure *why);

#endif
