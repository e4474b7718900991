#!/bin/bash
# A few lines of shell in place of a ministry: killed in the middle of a decision, asked again,
# nothing lost and nothing decided twice.
. tests/flow/lib.bash

# ---- a script decides ---------------------------------------------------------------------------------

# Says which messages it was asked about, one a line, and is killed at the first word about each.
cat >"$SCRATCH/decide" <<'END'
#!/bin/sh
echo "$NSW_PARTY $NSW_MESSAGE" >>"$1"
[ "$(grep -c "$NSW_MESSAGE" "$1")" != 1 ] || { echo '<decision'; echo half-way >&2; kill -KILL $$; }
exec tests/adapters/fifteen_lines.sh
END
chmod +x "$SCRATCH/decide"
asked=$SCRATCH/asked

sandbox day --date 2014-02-26 --skip-time --exec "MARD=$SCRATCH/decide $asked"
exits 0 "a declaration is cleared by a script in place of a ministry" \
	nsw submit --wait --timeout 60s "$SHRIMPS"
ok "which was killed before it had decided" grep -q 'ADP-021.*SIGKILL\|ADP-021.*status 137' "$NSW_STATE/adapter.log"
ok "what it said then is in the log" grep -q 'half-way' "$NSW_STATE/adapter.log"
ok "it was asked again, and no other party was" test "$(cut -d ' ' -f 1 "$asked" | uniq -c | tr -s ' ')" = ' 2 MARD'
nsw show VN14-HPH-000118 --json >"$SCRATCH/shown"
once() { [ "$(grep -c "$1" "$SCRATCH/shown")" = 1 ]; }
ok "it decided once" once '"event":"APPROVED".*"hop":"MARD"\|"hop":"MARD".*"event":"APPROVED"'
ok "no other party's table was replaced" once '"event":"RELEASED"'
exits 0 "the record is whole" nsw journal verify

# ---- it may take its time --------------------------------------------------------------------------------

nsw down -q
mkfifo "$SCRATCH/gate"
cat >"$SCRATCH/slowly" <<'END'
#!/bin/sh
echo "$NSW_MESSAGE" >>"$1/waits"
read -r _ <"$1/gate"
exec tests/adapters/fifteen_lines.sh
END
chmod +x "$SCRATCH/slowly"
sandbox slow --date 2014-02-26 --skip-time --exec "MARD=$SCRATCH/slowly $SCRATCH" --exec-within 10s
exits 0 "a declaration is receipted before anybody has decided" nsw submit "$SHRIMPS"
ok "a slow command is at it" soon test -s "$SCRATCH/waits"
customs() { nsw show VN14-HPH-000118 --json | grep '"event":"held"' | grep -q '"hop":"MoF"'; }
ok "while customs has decided for later in the day" soon customs
same_hour() { nsw date --json | grep -q '"time":"2014-02-25T17:'; }
ok "skipped time does not leap over the slow one" same_hour
echo now >"$SCRATCH/gate"
cleared() { [ "$(state_of VN14-HPH-000118)" = CLEARED ]; }
ok "once it has spoken, time goes on" soon cleared
ok "it was asked once" test "$(wc -l <"$SCRATCH/waits")" = 1

# ---- what it says is looked at -----------------------------------------------------------------------------

nsw down -q
sandbox nonsense --date 2014-02-26 --exec 'MARD=cat' --exec-within 3s
exits 0 "a declaration is receipted whatever a script will say" nsw submit "$SHRIMPS"
nonsense() { grep -q 'ADP-022' "$NSW_STATE/adapter.log"; }
ok "what is no decision is named in the log" soon nonsense
nsw show VN14-HPH-000118 --json >"$SCRATCH/shown"
from_mard() { grep '"event":"received"' "$SCRATCH/shown" | grep -q '"hop":"MARD"'; }
refute "and nothing was sent" from_mard
exits 4 "a command for nobody is refused" \
	nsw --state "$SCRATCH/none" up --detach --exec NOBODY=true
ok "and it is said for whom" said 'ADP-024.*NOBODY'
finish
