#!/bin/bash
# An export with a certificate of origin Form D to each of the four partners: applied for, issued, carried
# to the partner, and what its customs say comes back. Before Viet Nam joined the exchange: on paper.
. tests/flow/story.bash

# applied COUNTRY APPLICATION EXPORT: an export clears, its certificate is applied for and issued
applied()
{
	local about
	exits 0 "goods are exported to $1" nsw submit --wait --clock shift "$EXPORTS/$3.xml"
	ok "customs has released them" said RELEASED.MoF 'state.gateway.CLEARED'
	exits 0 "a Form D is applied for" nsw submit --wait --clock shift "$APPLICATIONS/$2.xml"
	ok "the ministry issues it" said APPROVED.MoIT
	about=$(in_file FunctionalReferenceID "$APPLICATIONS/$2.xml") trader=$(in_file ID "$APPLICATIONS/$2.xml" Applicant)
	ok "it was asked electronically" has_task "$about" "MoIT MOIT-FORM-D ELECTRONIC LIVE single window"
	ok "the exporter reads that" told "$trader" LPR "$about" '<TypeCode>861<'
	number=$(grep -o 'VN-D-[0-9]*-[0-9]*' "$(letters "$trader" LPR "$about" | tail -n 1)" | head -n 1)
	ok "and has the certificate itself" told "$trader" COO-ISS "" "<ID>$number<"
}
in_file() # ELEMENT FILE [AFTER]
{
	sed -n "/<${3:-$1}>/,\$s/.*<$1>\([^<]*\)<.*/\1/p" "$2" | head -n 1
}

# carried COUNTRY APPLICATION EXPORT
carried()
{
	applied "$@"
	ok "so has $1, whose customs have used it" reaches UTILISED "$number"
	ok "it was sent there" went "$number" COO-ISS "ASW-$1" "$trader"
	ok "what they say went to the ministry and the exporter" went "$number" COO-CR MoIT "$trader"
	ok "he reads that they had it" told "$trader" COO-CR "$number" '<NameCode>RECEIVED<'
	ok "and that all of it was used" told "$trader" COO-CR "$number" '<NameCode>UTILISED<'
}

# on_paper COUNTRY APPLICATION EXPORT
on_paper()
{
	applied "$@"
	ok "the record says that it goes to $1 on paper" passed_over "$1"
	ok "it stays issued" in_state ISSUED "$number"
}
passed_over() # COUNTRY
{
	nsw show "$number" --json >"$OUT"
	grep '"event":"on paper"' "$OUT" | grep -q "\"hop\":\"ASW-$1\"" &&
		! grep '"event":"\(planned\|sent\)"' "$OUT" | grep "\"hop\":\"ASW-$1\""
}

each() # STORY
{
	"$1" SG coffee-form-d coffee-singapore
	"$1" ID tableware-form-d tableware-indonesia
	"$1" MY furniture-form-d furniture-malaysia
	"$1" TH cable-form-d cable-thailand
	exits 0 "the record is whole" nsw journal verify
}

day joined --date 2015-09-08 --skip-time
each carried
day before --date 2015-07-06 --skip-time
each on_paper
ok "the day of the exchange is still to come" test "$(nsw date --json | field date)" \< 2015-09-08

# ---- before the ministry was connected ------------------------------------------------------------------------

day older --date 2014-02-03 --skip-time
exits 0 "before February 2014 it is applied for" nsw submit --wait --clock shift "$APPLICATIONS/coffee-form-d.xml"
ok "on paper" has_task VN15-COO-000101 "MoIT MOIT-FORM-D PAPER NONE -"
certificates() { nsw ls --json | grep -c '"kind":"COO-ISS"'; }
ok "no electronic one is made" test "$(certificates)" = 0

finish
