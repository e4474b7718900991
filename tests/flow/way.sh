#!/bin/bash
# One declaration all the way: customs and the ministry decide, the trader gets the answers.
. tests/flow/lib.bash

sandbox day --date 2014-02-26 --skip-time
exits 0 "everything is ready" nsw ready
exits 0 "status says who is connected" nsw status
ok "it names customs and the ministry" said '^MoF.customs.push.yes' '^MARD.agency.push.yes'
exits 1 "a second sandbox does not start in the same state folder" nsw up --detach
ok "it says what runs there" said 'CLI-011' 'running here already'

# ---- the way ------------------------------------------------------------------------------------

exits 0 "the declaration is sent and followed until it is decided" nsw submit --wait "$SHRIMPS"
ok "both decide" said 'RELEASED.MoF' 'APPROVED.MARD'
ok "it is cleared at the end" said 'state.gateway.CLEARED'
id=$(head -n 1 "$OUT" | cut -f1)
[ -n "$id" ] || exit 1

cleared() { [ "$(state_of "$1")" = CLEARED ]; }
ok "it is found by its id" cleared "$id"
ok "by the beginning of its id" cleared "${id:0:8}"
ok "by its reference" cleared VN14-HPH-000118
exits 3 "and not by anything else" nsw show no-such-declaration
exits 0 "ls lists it" nsw ls
ok "with its state" said "VN14-HPH-000118.*CLEARED.*$id"
exits 0 "show prints what was sent" nsw show "$id" --xml
ok "byte for byte" cmp "$OUT" "$SHRIMPS"
exits 0 "tail tells what happened" nsw tail --no-follow
ok "from the start" said '	started	' "DEC-IMP"

# ---- the mailbox ----------------------------------------------------------------------------------

last_result() { tail -n 1 "$OUT" | cut -f3 | grep -qx "$1"; }
exits 0 "the answers wait for the trader" nsw fetch --leave
ok "the last one says approved" last_result AP
exits 0 "looking has left them there" nsw fetch --to "$SCRATCH/mail"
ok "the last one says approved" last_result AP
exits 0 "what was fetched can be verified" nsw verify "$SCRATCH/mail"
exits 0 "what the trader has safe is gone from the mailbox" nsw fetch
one_line() { [ "$(wc -l <"$OUT")" = 1 ]; }
ok "nothing is left there" one_line

# ---- what is over -----------------------------------------------------------------------------------

exits 2 "how old must it be?" nsw journal prune
exits 0 "what was over for a year is given up" nsw journal prune --older-than 365d
ok "nothing yet" said '^0 bodies'
exits 0 "what is over now is given up" nsw journal prune --older-than 0s
ok "that was something" said '^[1-9][0-9]* bodies'
exits 3 "there is nothing to export then" nsw export "$id" --to "$SCRATCH/given-up"
ok "it says why" said 'CTL-009' 'given up'
ok "but it is still known" cleared "$id"
exits 0 "the journal is whole without it" nsw journal verify

# ---- the next day -----------------------------------------------------------------------------------

exits 0 "the sandbox stops" nsw down
exits 4 "then nobody answers" nsw status
exits 4 "and nobody is ready" nsw ready
exits 0 "stopping it again is no mistake" nsw down
exits 0 "the journal of a stopped gateway is whole" nsw journal verify
exits 3 "an earlier date wants a state folder of its own" nsw up --detach --date 2013-01-01
ok "it says so" said 'moves only forward'
sandbox day --skip-time
ok "the next sandbox goes on with the journal" cleared "$id"

# ---- anchor ---------------------------------------------------------------------------------------

nsw down -q
mkdir "$SCRATCH/yesterday"
cp "$NSW_STATE/journal.db" "$SCRATCH/yesterday/"
sandbox day --skip-time
nsw submit --wait -q "$PARTS" >"$SCRATCH/parts.out" 2>&1
nsw journal anchor >"$SCRATCH/anchor"
exits 0 "the journal holds against an anchor" nsw journal verify --anchor "$SCRATCH/anchor"
nsw down -q
exits 7 "yesterday's journal is convicted by today's anchor" \
	nsw journal verify --state "$SCRATCH/yesterday" --anchor "$SCRATCH/anchor"
ok "and told apart from a broken one" said 'JRN-953'
exits 0 "without the anchor nobody could tell" nsw journal verify --state "$SCRATCH/yesterday"
exits 3 "where no journal is, that is said" nsw journal verify --state "$SCRATCH/nowhere"

finish
