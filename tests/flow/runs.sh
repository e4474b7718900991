#!/bin/bash
# Two testers on one gateway: each sees, breaks and mends what bears the label of his own run. And a party
# that is switched off is one that is not there, for both of them.
. tests/flow/lib.bash
leisurely "two testers on one gateway"

sandbox shared --date 2014-02-26 --skip-time --fault 'mof duplicate first=1 run=setting'

lines() { [ "$(wc -l <"$OUT")" = "$1" ] || { echo "not $1 lines"; cat "$OUT"; return 1; }; }
only() # PATTERN: every line but the first has it
{
	! sed 1d "$OUT" | grep -vqe "$1" || { echo "not only $1"; cat "$OUT"; return 1; }
}
none() { ! grep -qe "$1" "$OUT" || { echo "there is $1"; cat "$OUT"; return 1; }; }

# ---- faults of a run ---------------------------------------------------------------------------------------

exits 0 "what the settings say goes wrong" nsw fault ls
ok "is listed" said 'f-1.*MoF duplicate on=reply run=setting first=1'
exits 0 "Anna's fault is for her run" nsw --run anna fault add mof drop --on request --first 2
ok "and gets an id" said '^f-2$'
exits 0 "so is Binh's" nsw --run binh fault add MoF reject code=X-9 "text=come back tomorrow" id=later
exits 0 "Anna lists hers" nsw --run anna fault ls
ok "alone" only 'MoF drop on=request run=anna first=2'
exits 0 "Anna submits" nsw --run anna submit --wait --timeout 60s "$(fresh "$PARTS" A-1)"
exits 0 "somebody submits" nsw submit --wait --timeout 60s "$(fresh "$PARTS" N-1)"
exits 0 "Anna's lost two requests" nsw show A-1
ok "and the trace says so" said 'fault.*MoF.*drop.*f-2.*drop of the request (1 of 2)' '(2 of 2)'
exits 0 "the other one" nsw show N-1
ok "lost none" none fault
exits 0 "Binh submits" nsw --run binh submit "$(fresh "$PARTS" B-1)"
rejected() { nsw show B-1 | grep -q DLV-002; }
ok "Binh's is rejected, as he ordered" soon rejected

# ---- looking -----------------------------------------------------------------------------------------------

exits 0 "Anna lists her messages" nsw --run anna ls
ok "alone" lines 2
exits 0 "and shows them" nsw --run anna show A-1
exits 3 "but not Binh's" nsw --run anna show B-1
exits 0 "which Binh may" env NSW_RUN=binh "$BIN/nsw" show B-1
exits 0 "her events" nsw --run anna tail --no-follow
ok "are of her message alone" only 'A-1\|fault added'

# ---- mending -----------------------------------------------------------------------------------------------

exits 0 "Anna resets her faults" nsw --run anna fault reset
exits 0 "Binh's is still there" nsw fault ls
ok "and hers is not" none anna
ok "as is the one of the settings" lines 3
exits 0 "Binh removes his" nsw fault rm later
exits 3 "which is possible once" nsw fault rm later
ok "(FLT-008)" said FLT-008
exits 3 "a kind that is none is refused" nsw fault add MoF dorp
ok "with the one that was meant" said "did you mean 'drop'"
exits 3 "so is a party" nsw fault add MIOT drop
ok "likewise" said "did you mean 'MoIT'"
exits 3 "and a name" nsw fault add MoF drop frist=2
ok "likewise too" said "did you mean 'first'"
exits 2 "half a fault is none" nsw fault add MoF

# ---- switched off ------------------------------------------------------------------------------------------

exits 0 "customs is switched off" nsw agency off MOF
exits 0 "and is so" nsw agency ls
ok "in the list" said 'MoF.*no.*yes'
exits 0 "what is submitted then" nsw submit "$(fresh "$PARTS" N-2)"
given_up() { nsw show N-2 | grep -q 'DEAD'; }
ok "is tried in vain, without waiting for anybody" soon given_up
exits 0 "customs is switched on" nsw agency on mof
exits 0 "what is submitted now is cleared" nsw submit --wait --timeout 60s "$(fresh "$PARTS" N-3)"
exits 0 "and what was given up, by hand" nsw retry MoF
cleared() { [ "$(state_of N-2)" = CLEARED ]; }
ok "is cleared as well" soon cleared
exits 3 "who is unknown cannot be switched" nsw agency off MOFF
exits 3 "nobody is switched for one run alone" nsw --run anna agency off MoF
ok "and what can be is told" said "nsw fault add MoF down"

# ---- over a restart -----------------------------------------------------------------------------------------

exits 0 "customs off" nsw agency off MoF
exits 0 "the gateway stops" nsw down
sandbox shared --date 2014-02-26 --skip-time --fault 'mof duplicate first=1 run=setting'
exits 0 "customs is off still" nsw agency ls
ok "after a restart" said 'MoF.*no.*yes'
exits 0 "and the fault of the settings" nsw fault ls
ok "is there once" lines 2
exits 0 "the record is whole" nsw journal verify
finish
