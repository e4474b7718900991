#!/bin/bash
# What was receipted is decided, whoever was away and whatever was killed.
. tests/flow/lib.bash

# ---- nobody there to decide -------------------------------------------------------------------------

sandbox day --date 2014-02-26 --no-adapters # and time does not skip over their absence
exits 4 "without its ministries the sandbox is not ready" nsw ready
ok "it is said who is missing" said 'CLI-005.*not connected: .*MARD.*MoF\|CLI-005.*not connected: .*MoF.*MARD'
exits 4 "waiting for them ends with the time given" nsw ready --wait --timeout 200ms
exits 0 "a declaration is receipted all the same" nsw submit --keep "$SCRATCH/kept" "$SHRIMPS"
id=$(head -n 1 "$OUT" | cut -f1)
exits 5 "but not decided" nsw submit --wait --timeout 1s "$(fresh "$FRUIT" ALONE-1)"
exits 3 "what merely waits is no dead letter to retry" nsw retry "$id"
ok "and that is said" said 'no dead letter'

# ---- killed ---------------------------------------------------------------------------------------------

kill -KILL "$(cat "$NSW_STATE/nswd.pid")"
exits 4 "a killed gateway does not answer" nsw status
exits 0 "its journal is whole" nsw journal verify
exits 4 "nobody takes a declaration" nsw submit --timeout 1s "$PARTS"
ok "though it is tried until time is over" said 'trying again for 1 s' 'BUS-03'
patient=$SCRATCH/patient
nsw submit --timeout 60s "$(fresh "$PARTS" AWAY-1)" >"$patient" 2>&1 &
sender=$!
waits() { grep -q 'trying again' "$patient"; }
ok "who has more time waits" soon waits
sandbox day --skip-time
ok "and is served by the next one" wait $sender
ok "with a receipt" grep -q 'receipt .* signed by NSW-VN' "$patient"
cleared() { run 0 nsw submit --raw-envelope "$SCRATCH/kept/message/envelope.xml" --wait "$SHRIMPS" &&
	[ "$(state_of "$id")" = CLEARED ]; }
ok "the next one decides what the first had receipted" cleared
decided() { [ "$(state_of "$1")" = CLEARED ]; }
ok "all of it" soon decided ALONE-1
released_once() { [ "$(nsw show VN14-HPH-000118 --json | grep -c '"event":"RELEASED"')" = 1 ]; }
ok "and once only" released_once
exits 0 "the journal is whole" nsw journal verify

# ---- killed under load --------------------------------------------------------------------------------------

sandbox busy --date 2014-02-26
mkdir "$SCRATCH/load"
for n in $(seq 40); do mv "$(fresh "$FRUIT" "LOAD-$n")" "$SCRATCH/load/"; done
under_load()
{
	local replay
	nsw replay "$SCRATCH/load" --rate 40/s --timeout 60s --json >"$OUT" 2>"$ERR" &
	replay=$!
	nsw tail --from 0 --timeout 20s 2>/dev/null | grep -qm 1 'LOAD-' # it has begun
	kill -KILL "$(cat "$NSW_STATE/nswd.pid")"
	nsw down -q
	nsw up --detach -q --timeout 60s --absence 30s --calendar none >/dev/null 2>&1 || return 1
	wait $replay
}
ok "a replay goes on over a gateway that is killed and started again" under_load
all_receipted()
{
	grep -q '"type":"replay","sent":40,.*"receipts":40,"refusals":0,"unanswered":0' "$OUT" && return
	cat "$OUT" "$ERR"
	return 1
}
ok "each got its receipt" all_receipted
nsw down -q
sandbox busy --skip-time
all_cleared() { [ "$(nsw ls --json --limit 1000 | grep -c '"state":"CLEARED"')" = 40 ]; }
each_decided()
{
	soon all_cleared && return
	nsw ls --limit 1000 | cut -f3- | sort -k5
	nsw status
	nsw tail --no-follow | tail -n 30
	return 1
}
ok "each is decided" each_decided
exits 0 "the journal is whole" nsw journal verify

finish
