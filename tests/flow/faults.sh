#!/bin/bash
# What goes wrong when it is told to: every kind of fault strikes as ordered, stands in the trace of its
# message, is refused by name where there is something to refuse, and is over when it is over.
. tests/flow/lib.bash
leisurely "faults, one after the other"

sandbox day --date 2014-02-26 --skip-time

shown() { nsw show "$1" --json >"$SCRATCH/shown"; }
# hops PATTERN...: how many of what was shown have all of them
hops()
{
	local rows=$SCRATCH/shown pattern
	rows=$(grep '"type":"hop"' "$rows")
	for pattern; do rows=$(grep -e "$pattern" <<<"$rows"); done
	grep -c . <<<"$rows"
}
# traced N PATTERN...: so many
traced()
{
	local wanted=$1
	shift
	[ "$(hops "$@")" = "$wanted" ] && return
	echo "not $wanted but $(hops "$@") of: $*"
	grep '"type":"hop"' "$SCRATCH/shown" | grep '"hop":"M\(ARD\|oF\)"'
	return 1
}
wrong() # FAULT...: from now on; forgets what was told before
{
	local fault
	run 0 nsw fault reset || return 1
	for fault; do
		# shellcheck disable=SC2086 # a fault is several words
		run 0 nsw fault add $fault || return 1
	done
}

# ---- and is made good by the next attempt ------------------------------------------------------------------

# recovers NAME PARTY FAULT REFUSED SENT...: struck once, refused by that code (-: nothing is), sent so
# often, cleared.
recovers()
{
	local reference=F-$1 party=$2 fault=$3 code=$4 sent=$5
	wrong "$party $fault first=1" && run 0 nsw submit --wait --timeout 60s "$(fresh "$SHRIMPS" "$reference")" || return
	shown "$reference"
	traced 1 '"event":"fault"' "\"hop\":\"$party\"" '"code":"f-[0-9]*"' '"text":".*(1 of 1)"' &&
		traced "$sent" '"event":"sent"' "\"hop\":\"$party\"" &&
		traced 1 '"event":"state"' '"state":"CLEARED"' || return
	[ "$code" = - ] && return
	traced 1 "\"hop\":\"$party\"" "\"code\":\"$code\"" '"text":"[^"]'
}
ok "a request is lost, and sent again" recovers 1 MARD "drop on=request" - 2
ok "answers are lost, and asked for again" recovers 2 MARD "drop on=reply" - 2
ok "a request arrives twice" recovers 3 MARD "duplicate on=request" - 1
ok "answers arrive twice" recovers 4 MARD "duplicate on=reply" - 1
ok "answers arrive in reverse order" recovers 5 MARD "reorder on=reply" - 1
ok "an answer is changed on the way (SIG-002)" recovers 6 MARD "corrupt on=reply" SIG-002 2
ok "a request is changed on the way, and the party says so (DLV-009)" recovers 7 MARD "corrupt on=request" DLV-009 2
ok "half of an answer arrives (ENV-005)" recovers 8 MARD "truncate on=reply" ENV-005 2
ok "half of a request arrives (DLV-009)" recovers 9 MARD "truncate on=request" DLV-009 2
ok "a signature does not hold, of an RSA key (SIG-004)" recovers 10 MARD bad-signature SIG-004 2
ok "nor that of an elliptic curve (SIG-004)" recovers 11 MoF bad-signature SIG-004 2
ok "a certificate has expired, of an RSA key (SIG-011)" recovers 12 MARD expired-certificate SIG-011 2
ok "and of an elliptic curve (SIG-011)" recovers 13 MoF expired-certificate SIG-011 2
ok "a payload has a version that nobody has (KND-001)" recovers 14 MARD wrong-version KND-001 2
ok "a party hangs after its receipt" recovers 15 MARD hang - 2
ok "a request is late" recovers 16 MARD "delay by=3h" - 1
ok "answers are late" recovers 17 MARD "delay on=reply by=3h" - 1
ok "a party is down" recovers 18 MARD down - 1

# ---- by hand ------------------------------------------------------------------------------------------------

rejects()
{
	wrong 'MARD reject code=MARD-999 first=1' && run 0 nsw submit "$(fresh "$SHRIMPS" F-reject)"
}
given_up() { shown F-reject && [ "$(hops '"code":"DLV-002"')" = 1 ]; }
cleared() { [ "$(state_of "$1")" = CLEARED ]; }
ok "a party rejects with a code" rejects
ok "which is final: a dead letter (DLV-002)" soon given_up
ok "with the party's code and words" traced 1 '"code":"DLV-002"' '"text":".*MARD-999: '
exits 0 "once put right it is sent again by hand" nsw retry MARD
ok "and cleared" soon cleared F-reject

# ---- several, and again ------------------------------------------------------------------------------------

several()
{
	wrong 'MARD corrupt first=2' 'MARD duplicate first=1' 'MoF wrong-version first=1' &&
		run 0 nsw submit --wait --timeout 60s "$(fresh "$SHRIMPS" F-several)"
}
ok "several faults at two parties" several
shown F-several
ok "each strikes as often as it may" traced 4 '"event":"fault"'
ok "two changed answers are refused, each for itself" traced 2 '"hop":"MARD"' '"code":"SIG-002"'
ok "the third is the true one" traced 3 '"event":"sent"' '"hop":"MARD"'
ok "customs is refused once" traced 1 '"hop":"MoF"' '"code":"KND-001"'

exits 0 "faults are removed" nsw fault reset
exits 0 "then nothing goes wrong" nsw submit --wait --timeout 60s "$(fresh "$SHRIMPS" F-none)"
shown F-none
ok "and nothing of it is in the trace" traced 0 '"event":"fault"'
exits 0 "the record is whole" nsw journal verify
finish
