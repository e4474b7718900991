#!/bin/bash
# The import of frozen shrimps from Thailand, on four days and a minute before each: it clears, and its
# tasks are those that were expected before there was code (tests/answers/shrimp).
. tests/flow/story.bash

ANSWERS=tests/answers/shrimp

as_expected() # REFERENCE ANSWER-FILE
{
	tasks "$1" | sort >"$SCRATCH/said"
	grep -v '^#\|^at ' "$2" | sort | diff - "$SCRATCH/said"
}

story() # DATE[-before] START SAMPLE
{
	local id
	day "$1" --date "$2" --skip-time
	exits 0 "the shrimp import at $2 clears" nsw submit --wait "$IMPORTS/$3.xml"
	id=$(head -n 1 "$OUT" | cut -f 1)
	ok "customs has released it" said 'RELEASED.MoF' 'state.gateway.CLEARED'
	ok "those decide who were expected, in the ways expected" as_expected "$id" "$ANSWERS/$1.txt"
	ok "nothing is left for the counters" test -z "$(nsw paper ls -q --json)"
	exits 0 "the record is whole" nsw journal verify
}

for which in 2013-12-01:2013 2014-02-26: 2015-09-08:2015-09 2015-12-01:2015-12; do
	date=${which%:*} sample=${which#*:}
	story "$date-before" "$(date -d "$date - 1 day" +%F)T23:59:00+07:00" "shrimp-thailand${sample:+-$sample}"
	story "$date" "$date" "shrimp-thailand${sample:+-$sample}"
done

finish
