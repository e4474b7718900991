#!/bin/bash
# The demo tells its story, and everything in it is true.
. tests/flow/lib.bash

folders() { ls -d build/tmp/demo.* 2>/dev/null; }
before=$(folders)

exits 0 "the demo ends well" nsw demo

BANNER='Simulation: not connected to any government system.'
framed() { [ "$(sed -n 1p "$1")" = "$BANNER" ] && [ "$(sed -n '$p' "$1")" = "$BANNER" ]; }
ok "its first and its last line say that it is a simulation" framed "$OUT"
ok "it opens with the plan of the import, day by day" \
	said '^1\. What one import needs' '^decision.*2013-12-01.*2014-02-26.*2015-09-08.*2015-12-01' \
	'^MARD MARD-AQ-IMP.*paper.*paper.*paper.*electronic'
ok "on the first day there are papers, and one is entered by hand" \
	said '2014-02-26: papers.*yes.*CLEARED, number' 'nsw paper decide VN14-HPH-000118 --agency MARD' \
	'MARD says APPROVED on paper, KD-2014-000417'
ok "on the second day the partner is connected beside paper" \
	said '2015-09-08: a partner.*yes.*CLEARED, number' 'ASW-FORM-D *paper; an electronic copy may come'
ok "on the third day a form D arrives, is carried on to customs and cited" \
	said 'certificate TH-D-2015-006127, issued 2015-11-25' 'MoF *gets a COO-ISS'
ok "a silent ministry is tried until it answers" \
	said 'attempt 3: not sent' 'attempt 4: sent' 'silent for 3 attempts, answers at attempt 4'
ok "what was used of the certificate goes back" \
	said 'COO-CR to ASW-TH, signed by NSW-VN: certificate TH-D-2015-006127 is UTILISED'
ok "the same procedure is on paper first, and electronic then" \
	said '2014-02-26 *paper *APPROVED' '2015-12-01 *electronic *APPROVED'
ok "the forged one is refused, the repeated one gets the same receipt, the broken one all findings" \
	said 'Refused, SIG-002' 'the same receipt' '2 findings'
ok "the journal is whole, the exported signatures hold" said 'chain intact' 'signatures hold'
ok "a table says who was connected how on each day" \
	said '^MARD.paper, 1 decision.paper, 1 decision.electronic, 2 messages, 1 decision$' \
	'^ASW-TH.paper.*parallel.*parallel, 3 messages' '^MoH.paper.paper.electronic$'
ok "it says where to go next" said 'nsw plan FILE' 'nsw help'

in_time() # the story's own word, in tenths of a second
{
	local tenths
	tenths=$(sed -n 's/.*happened as told, in \([0-9]*\)\.\([0-9]\) s.*/\1\2/p' "$OUT")
	[ "$MODE" != debug ] || [ "$((10#${tenths:-999}))" -lt 150 ]
}
ok "it takes less than fifteen seconds" in_time

exits 0 "the demo is a list of rows as well" nsw demo --json
every_chapter_as_told()
{
	[ "$(grep -c '"as_told":true' "$OUT")" = 9 ] && ! grep -q '"as_told":false' "$OUT"
}
ok "each of its nine chapters went as told" every_chapter_as_told
ok "the banner stands on the other stream then" framed "$ERR"

# Where the late ministry never joins, nothing of it can be told.
another_calendar()
{
	mkdir "$SCRATCH/never"
	cat >"$SCRATCH/never/rollout.xml" <<-'EOF'
		<rollout xmlns="urn:nsw:rollout:1" title="Another calendar" review="no">
		  <row of="MARD" state="NONE" used="2015-12-01" title="It does not join after all"
		       source="this test" mark="C"/>
		</rollout>
	EOF
	run 1 nsw demo --kinds "$SCRATCH/never" && said 'CLI-015' && framed "$OUT"
}
ok "with another calendar it does not claim what did not happen" another_calendar
left=$(sed -n 's/^left for you: //p' "$ERR")
[ -z "$left" ] || rm -rf "$left"

nothing_is_left() { [ "$(folders)" = "$before" ]; }
ok "nothing is left of it" nothing_is_left

finish
