#!/bin/bash
# One ministry is dead: everybody else is served as before, what is meant for it waits, is tried again
# and becomes dead letters; once it lives, one command brings them back, in the order of their arrival.
. tests/flow/story.bash

# One worker: of several letters that are sealed at the same time, the one that is ready first goes first.
SHORT="--workers 1 --retry-first 1m --retry-most 4m --attempts 3 --absence 0s --answer-within 1h"
shrimps() { nsw submit --clock shift --set "FunctionalReferenceID=$1" "${@:2}" "$IMPORTS/shrimp-thailand-2015-12.xml"; }
its_task() { nsw show "$1" --json | grep '"type":"task","party":"MARD"' | field state; }
task_is() { [ "$(its_task "$2")" = "$1" ]; }
# records EVENT: of MARD's deliveries, in the journal's order: the references
records()
{
	nsw tail --from 0 --no-follow --json |
		grep "\"hop\":\"MARD\",\"event\":\"$1\"" | field reference | tr '\n' ' '
}

# ---- nobody answers ---------------------------------------------------------------------------------------

day dead --date 2015-12-01 --without MARD $SHORT
lost=
for n in 4 1 5 2 3; do # so that no other order is theirs by chance
	run 0 shrimps DEAD-$n || exit 1
	lost+="DEAD-$n "
done
waits() { [ "$(nsw status --json | grep '"id":"MARD"' | field waiting)" = 5 ]; }
ok "what is meant for the ministry waits" soon waits
exits 3 "there is no dead letter yet" nsw retry MARD

day dead --without MARD --skip-time $SHORT
ok "the others are served: customs" soon eval '[ "$(state_of DEAD-3)" = AWAITING_AGENCY ]'
exits 0 "an import that needs no quarantine is cleared" nsw submit --wait --clock shift "$PARTS"
exits 0 "and so is an application to another ministry" nsw submit --wait --clock shift "$APPLICATIONS/cars-mot.xml"
all_dead() { [ "$(nsw status --json | grep '"id":"MARD"' | field dead)" = 5 ]; }
ok "in the end five letters are dead" soon all_dead
ok "so are their tasks" task_is DEAD DEAD-1
attempts() { nsw show "$1" --json | grep -c '"hop":"MARD","event":"not sent"'; }
ok "after three attempts" test "$(attempts DEAD-1)" = 3
ok "of which the log has the code" logged 'dead-letter.*party=MARD code=BUS-020'
exits 0 "it can be seen who waits for it" nsw show DEAD-1
ok "and why" said 'MARD.*DEAD.*BUS-020.*MARD is not connected'
refute "nothing is cleared" eval 'nsw ls --json | grep "\"reference\":\"DEAD-" | grep CLEARED'

# ---- retried too early ---------------------------------------------------------------------------------------

exits 0 "the letters are tried again, too early" nsw retry MARD
ok "all of them" said '^5 deliveries'
dead_again() { [ "$(records delivery | wc -w)" = 10 ]; }
ok "they die again" soon dead_again
died() { records delivery | cut -d ' ' -f 1-5 | tr ' ' '\n' | sort | tr '\n' ' '; }
ok "each once more" test "$(died)" = 'DEAD-1 DEAD-2 DEAD-3 DEAD-4 DEAD-5 '

# ---- it lives ---------------------------------------------------------------------------------------------------

"$BIN/nsw-adapter" --connect "$(cat "$NSW_STATE/endpoint")" --keys "$NSW_STATE/keys" --kinds schemas \
	--profile adapters/mard.xml >"$SCRATCH/adapter.log" 2>&1 &
at_exit kill $!
exits 0 "the ministry is there" nsw ready --wait
ok "what is dead is not sent by itself" all_dead
exits 0 "the letters are tried again" nsw retry MARD
ok "all of them" said '^5 deliveries'
for n in 1 2 3 4 5; do ok "DEAD-$n is cleared" reaches CLEARED DEAD-$n; done
ok "they were brought back in the order of their arrival" test "$(records retried)" = "$lost$lost"
ok "and went in that order" test "$(records sent)" = "$lost"
once() { [ "$(records APPROVED | wc -w)" = 5 ]; }
ok "each was decided once" once
exits 3 "no letter is dead now" nsw retry MARD
exits 0 "the record is whole" nsw journal verify

finish
