#!/bin/bash
# What was receipted is decided, whoever was away and whatever was killed.
. tests/flow/lib.bash

# ---- nobody there to decide -------------------------------------------------------------------------

sandbox day --date 2014-02-26 --skip-time --no-adapters
exits 4 "without its ministries the sandbox is not ready" nsw ready
ok "it is said who is missing" said 'CLI-005.*not connected: .*MARD.*MoF\|CLI-005.*not connected: .*MoF.*MARD'
exits 4 "waiting for them ends with the time given" nsw ready --wait --timeout 200ms
exits 0 "a declaration is receipted all the same" nsw submit --keep "$SCRATCH/kept" "$SHRIMPS"
id=$(head -n 1 "$OUT" | cut -f1)
exits 5 "but not decided" nsw submit --wait --timeout 1s "$(fresh "$FRUIT" ALONE-1)"
exits 0 "what waits can be retried" nsw retry "$id"
exits 0 "a party's deliveries as well" nsw retry --all MoF
exits 3 "but nothing that nobody knows" nsw retry no-such-thing

# ---- killed ---------------------------------------------------------------------------------------------

kill -KILL "$(cat "$NSW_STATE/nswd.pid")"
exits 4 "a killed gateway does not answer" nsw status
exits 0 "its journal is whole" nsw journal verify
sandbox day --skip-time
cleared() { run 0 nsw submit --raw-envelope "$SCRATCH/kept/message/envelope.xml" --wait "$SHRIMPS" &&
	[ "$(state_of "$id")" = CLEARED ]; }
ok "the next one decides what the first had receipted" cleared
decided() # REFERENCE: waits for it
{
	local since=0
	while [ "$(state_of "$1")" != CLEARED ]; do
		[ $((since++)) -lt 200 ] || return 1
		nsw tail --from 0 --count 1000 --timeout 200ms >/dev/null 2>&1
	done
}
ok "all of it" decided ALONE-1
released_once() { [ "$(nsw show VN14-HPH-000118 --json | grep -c '"event":"RELEASED"')" = 1 ]; }
ok "and once only" released_once
exits 0 "the journal is whole" nsw journal verify

# ---- killed under load --------------------------------------------------------------------------------------

mkdir "$SCRATCH/load"
for n in $(seq 20); do mv "$(fresh "$FRUIT" "LOAD-$n")" "$SCRATCH/load/"; done
under_load()
{
	local replay
	nsw replay "$SCRATCH/load" --rate 40/s --wait final --timeout 60s --json >"$OUT" 2>"$ERR" &
	replay=$!
	nsw tail --from 0 --timeout 20s 2>/dev/null | grep -qm 1 'LOAD-3' # it has begun
	kill -KILL "$(cat "$NSW_STATE/nswd.pid")"
	nsw down -q
	nsw up --skip-time --detach -q --timeout 60s >/dev/null 2>&1 || return 1
	wait $replay
}
ok "a replay goes on over a gateway that is killed and started again" under_load
all_ended() { grep -q '"type":"replay","sent":20,.*"receipts":20,"refusals":0,"unanswered":0,"ended":20' "$OUT" ||
	{ cat "$OUT" "$ERR"; return 1; }; }
ok "each got its receipt and its decision" all_ended
exits 0 "the journal is whole" nsw journal verify

finish
