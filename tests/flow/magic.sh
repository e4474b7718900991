#!/bin/bash
# Whoever can only send documents asks for an outcome in the reference: SIM-<outcome><delay><cancel>-…, as
# adapters/README.md has it. Nothing else is touched: no setting, no command but `submit`.
. tests/flow/story.bash

TRADER=9900000016
SHRIMP=$IMPORTS/shrimp-thailand-2015-12.xml CHICKEN=$APPLICATIONS/chicken-mard.xml CARS=$APPLICATIONS/cars-mot.xml

lodge() # FILE REFERENCE [OPTION...]
{
	nsw submit --clock shift --set "FunctionalReferenceID=$2" "${@:3}" "$1"
}
# Seconds from receipt to the last thing that was heard of the case.
took() { nsw show "$1" | sed -n 's/^+\([0-9]*\)\.[0-9]*s\t.*/\1/p' | tail -n 1; }
task_of() { nsw show "$1" --json | grep "\"type\":\"task\",\"party\":\"$2\"" | field state; }
task_is() { [ "$(task_of "$2" "$3")" = "$1" ]; }

day outcomes --date 2015-12-08 --skip-time

# ---- declarations -----------------------------------------------------------------------------------

for channel in GREEN YELLOW RED; do
	letter=${channel:0:1}
	exits 0 "SIM-$letter: the import clears" lodge "$SHRIMP" "SIM-$letter-1" --wait
	ok "in the $channel channel" said "RELEASED.MoF.*$channel"
	ok "with the ministry's approval" said 'APPROVED.MARD.*AS THE REFERENCE ASKS FOR'
done
exits 0 "SIM-C: the import clears at once" lodge "$SHRIMP" SIM-C-1 --wait
ok "within the second" test "$(took SIM-C-1)" = 0
exits 0 "SIM-C5: five seconds later" lodge "$SHRIMP" SIM-C5-1 --wait
ok "not sooner, not later" test "$(took SIM-C5-1)" = 5
exits 6 "SIM-A: it is refused" lodge "$SHRIMP" SIM-A-1 --wait
ok "because the reference asks for it" said MOF-102
exits 6 "SIM-D: documents are required, and it is refused without them" lodge "$SHRIMP" SIM-D-1 --wait
ok "after days" said 'DOCS_REQUIRED.MoF' 'MOF-103' '+10d'

exits 0 "SIM-N: nobody answers" lodge "$SHRIMP" SIM-N-1
ok "in the end the letter is dead" soon task_is DEAD SIM-N-1 MoF
ok "both are" soon task_is DEAD SIM-N-1 MARD
said_by() { nsw show "$1" --json | grep "\"hop\":\"$2\",\"event\":\"received\"" | field text | sort -u | tr '\n' ' '; }
ok "customs sent a technical receipt, and nothing else" test "$(said_by SIM-N-1 MoF)" = 'ACK '
ok "and so did the ministry" test "$(said_by SIM-N-1 MARD)" = 'ACK '
ok "nothing has happened to the case" in_state REGISTERED SIM-N-1
exits 0 "SIM-X: it is channelled" lodge "$SHRIMP" SIM-X-1
ok "and not released" soon task_is DEAD SIM-X-1 MoF
ok "though its ministry agrees" task_is DECIDED SIM-X-1 MARD
ok "so it stays where it is" in_state CHANNELLED SIM-X-1

# ---- applications -----------------------------------------------------------------------------------

issued() # REFERENCE: "TYPE FROM UNTIL" of what was issued
{
	mail "$2" && letters "$2" LPR "$1" | tail -n 1 | xargs sed -n '/<AdditionalDocument>/,/<\/AdditionalDocument>/p' |
		sed -n 's/.*<\(EffectiveDateTime\|ExpirationDateTime\)>\([0-9-]*\)T.*/\2/p' | tr '\n' ' '
}
for_days() # DAYS REFERENCE TRADER
{
	local from until
	read -r from until < <(issued "$2" "$3")
	[ -n "$until" ] && [ "$(date -ud "$from + $1 days" +%F)" = "$until" ]
}
exits 0 "SIM-G: the permit is granted" lodge "$CHICKEN" SIM-G-2 --wait
ok "for sixty days" soon for_days 60 SIM-G-2 $TRADER
exits 0 "SIM-X: the permit is granted" lodge "$CHICKEN" SIM-X-2 --wait
ok "for a day" soon for_days 1 SIM-X-2 $TRADER
exits 0 "SIM-C9: granted after nine seconds" lodge "$CHICKEN" SIM-C9-2 --wait
ok "not sooner, not later" test "$(took SIM-C9-2)" = 9
exits 6 "SIM-A: it is refused" lodge "$CHICKEN" SIM-A-2 --wait
ok "because the reference asks for it" said MARD-102
exits 0 "SIM-N: the ministry says nothing" lodge "$CARS" SIM-N-2
ok "the letter is dead in the end" soon task_is DEAD SIM-N-2 MoT
ok "and the case where it was" in_state SUBMITTED SIM-N-2

# ---- time goes on -----------------------------------------------------------------------------------

exits 0 "a month and a half later" nsw date set 2016-02-20
ok "what was never released is suspended" reaches SUSPENDED SIM-X-1
ok "and so is what nobody answered" reaches SUSPENDED SIM-N-1
exits 0 "three months more" nsw date set 2016-06-20
ok "it has lapsed" reaches CANCELLED SIM-X-1
ok "and so has the other" reaches CANCELLED SIM-N-1

# ---- misspelt -----------------------------------------------------------------------------------------

exits 0 "an unknown letter does no harm" lodge "$CARS" SIM-Q9Z-1 --wait
warned() { mail 9900000023 && letters 9900000023 RES SIM-Q9Z-1 | xargs grep -q 'SIM-01'; }
ok "and is told" soon warned
exits 0 "by validate, too" nsw validate tests/corpus/dec-imp/SIM-01/no-such-outcome.xml
ok "with all letters" said 'SIM-01' 'N (no answer)'
exits 0 "the record is whole" nsw journal verify

# ---- cancellations --------------------------------------------------------------------------------------

# What was lodged under that reference, to be cancelled.
cancelling() # FILE REFERENCE
{
	local number=$(nsw show "$2" --json | sed -n '1s/.*"number":"\([^"]*\)".*/\1/p')
	local why='<Amendment><ChangeReasonCode>1</ChangeReasonCode><Pointer><DocumentSectionCode>42A</DocumentSectionCode></Pointer></Amendment>'
	sed -e 's|<FunctionCode>9|<FunctionCode>1|' -e "0,/<FunctionalReferenceID>.*</s||<FunctionalReferenceID>$2<|" \
		-e "0,/<\/FunctionalReferenceID>/s||&<ID>$number</ID>|" \
		-e '0,/<\/TypeCode>/s||&<VersionID>1</VersionID>|' \
		-e "0,/<Applicant>\|<BorderTransportMeans>/s||$why&|" "$1" >"$SCRATCH/cancel-$2.xml"
	echo "$SCRATCH/cancel-$2.xml"
}
cancels() { nsw submit --clock shift "$(cancelling "$1" "$2")"; }

twice_to_customs() { [ "$(nsw show "$1" --json | grep '"hop":"MoF","event":"planned"' | grep -c DEC-IMP)" = 2 ]; }

day cancellations --date 2015-12-08
for cancel in G D P; do
	exits 0 "an import is lodged as SIM-Y$cancel" lodge "$SHRIMP" SIM-Y$cancel-3
	exits 0 "and an application as SIM-G0$cancel" lodge "$CHICKEN" SIM-G0$cancel-4
	ok "customs has it" reaches CHANNELLED SIM-Y$cancel-3
	exits 0 "it is to be cancelled" cancels "$SHRIMP" SIM-Y$cancel-3
	exits 0 "and the application as well" cancels "$CHICKEN" SIM-G0$cancel-4
done
ok "G is granted at once" reaches CANCELLED SIM-YG-3
ok "to the application too" reaches CANCELLED SIM-G0G-4
for cancel in D P; do
	ok "$cancel is with customs, beside the import" twice_to_customs SIM-Y$cancel-3
	ok "and the import where it was" in_state CHANNELLED SIM-Y$cancel-3
done

day cancellations --skip-time
ok "D is denied, by customs" told $TRADER RES SIM-YD-3 'CANCEL_REFUSED'
ok "which says why" told $TRADER RES SIM-YD-3 'MOF-110'
ok "and by the ministry" told $TRADER LPR SIM-G0D-4 'MARD-110'
for cancel in D P; do
	ok "$cancel: the import clears after all" reaches CLEARED SIM-Y$cancel-3
	ok "$cancel: and the permit is granted" reaches APPROVED SIM-G0$cancel-4
done
refute "P stays without an answer" in_a_letter $TRADER RES SIM-YP-3 CANCEL
exits 0 "the record is whole" nsw journal verify

finish
