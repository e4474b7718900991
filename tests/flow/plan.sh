#!/bin/bash
# nsw plan, without a gateway: the answers expected of the shrimp import, and what a sheet adds up to.
. tests/flow/lib.bash
leisurely "what is looked up offline"

plan() { nsw plan "$@"; }

# value NAME: of the JSON rows on standard input, "-" for null
value() { sed -n 's/.*"'"$1"'":\(null\|"\([^"]*\)"\|[a-z0-9]*\).*/\1/p' | sed 's/^null$/-/; s/^"\(.*\)"$/\1/'; }

# What is required, as "PARTY PROCEDURE ROUTE LINK VIA".
answers()
{
	local row
	grep '"type":"decision"' | grep -v '"cell":"not required"' | while read -r row; do
		for name in party procedure route link via; do
			printf '%s ' "$(value $name <<<"$row")"
		done
		echo
	done | sed 's/ $//' | sort
}

# ---- the shrimp import, as it was expected before there was code ---------------------------------------

as_expected() # ANSWER-FILE
{
	local moment
	moment=$(sed -n 's/^at //p' "$1")
	run 0 plan --json --dates "$moment" "$SHRIMPS" || return 1
	answers <"$OUT" >"$SCRATCH/said"
	grep -v '^#\|^at ' "$1" | sort | diff - "$SCRATCH/said"
}
answers_there=0
for file in tests/answers/shrimp/*.txt; do
	ok "the shrimp import at $(sed -n 's/^at //p' "$file"): $(sed -n '1s/^# //p' "$file")" as_expected "$file"
	answers_there=$((answers_there + 1))
done
ok "four days, and a second before and after each" [ $answers_there = 12 ]

days=2013-12-01,2014-02-26,2015-09-08,2015-12-01
exits 0 "one sheet has all days" plan --dates $days "$SHRIMPS"
ok "decisions down, days across" said "^decision	2013-12-01	2014-02-26	2015-09-08	2015-12-01$" \
	"^MoF MOF-IMP	electronic	electronic	electronic	electronic$" \
	"^MARD MARD-AQ-IMP	paper	paper	paper	electronic$" \
	"^ASW-TH ASW-FORM-D	paper	paper	electronic (parallel)	electronic (parallel)$"
ok "with what it adds up to" said "^counters to visit	2	2	2	1$" "^papers	2	2	2	1$"
ok "and what it rests on" said "2014-02-26 electronic: LIVE since 2014-02-26: " "2015-12-01 electronic: .*known: 2015-10-01 to 2015-12-31"
ok "it is a simulation, and says so" grep -q '^Simulation: not connected to any government system' "$ERR"
exits 0 "without days it finds those on which something changes" plan "$SHRIMPS"
ok "and adds the document's own" \
	said "^decision	2005-06-20.*	2014-02-25	2014-02-26	2015-09-08	2015-12-01	2018-01-01$"
exits 0 "each day once, in the order given" plan -q --dates 2015-12-01,2014-02-26,2015-12-01 "$SHRIMPS"
ok "quietly" said "^decision	2015-12-01	2014-02-26$"
refute "with no banner" grep -q Simulation "$ERR"

# ---- every date: the calendar, read a second time by other means --------------------------------------------

# The calendar's states for lines "DATE PARTY PROCEDURE LINK CELL"; prints those that say otherwise.
# A procedure with rows of its own follows them alone, else its party; of the rows that have begun
# and fit the office the latest counts.
another_reading='
function attr(name,   s) {
	if (!match($0, "[ \t\n]" name "=\"[^\"]*\"")) return ""
	s = substr($0, RSTART, RLENGTH); sub(/^[^"]*"/, "", s); sub(/"$/, "", s); return s
}
function here(places,   n, i, one) {
	n = split(places, one, " ")
	for (i = 1; i <= n; i++) if (index(office, one[i]) == 1) return 1
	return n == 0
}
FNR == NR {
	if ($0 !~ /^row[ \t\n]/ || attr("of") == "") next
	n++; of[n] = " " attr("of") " "; used[n] = attr("used"); state[n] = attr("state"); place[n] = attr("place")
	next
}
{
	who = $2; named = 0; link = "NONE"; since = ""
	for (i = 1; i <= n; i++) if (index(of[i], " " $3 " ")) who = $3
	for (i = 1; i <= n; i++) {
		if (!index(of[i], " " who " ")) continue
		named = 1
		if (used[i] <= $1 && used[i] >= since && here(place[i])) { since = used[i]; link = state[i] }
	}
	if (!named) link = "LIVE"
	cell = link == "LIVE" ? "electronic" : link == "PARALLEL" ? "electronic (parallel)" : "paper"
	compared++
	if ($0 != $1 " " $2 " " $3 " " link " " cell) print $0 ", not " link " " cell
}
END { if (!compared) print "nothing was compared" }'

# Each day of the calendar from 2013 to 2025, the day before it, and each New Year.
all_days()
{
	local day
	{
		printf '%s-01-01\n' {2013..2025}
		for day in $(grep -o 'used="20[12][0-9]-[^"]*' schemas/rollout.xml | cut -d'"' -f2 | sort -u); do
			[[ $day > 2012 && $day < 2026 ]] && echo "$day" && date -d "$day - 1 day" +%F
		done
	} | sort -u | paste -sd,
}
says_the_calendar() # DOCUMENT
{
	run 0 plan --json --dates "$days" "$1" || return 1
	sed -n 's/.*"date":"\([^"]*\)","party":"\([^"]*\)","procedure":"\([^"]*\)".*"cell":"\([^"]*\)".*"link":"\([^"]*\)".*/\1 \2 \3 \5 \4/p' \
		"$OUT" >"$SCRATCH/said"
	awk -v office="$(sed -n 's/.*<DeclarationOfficeID>\([^<]*\).*/\1/p' "$1")" "$another_reading" \
		RS='<' schemas/rollout.xml RS='\n' "$SCRATCH/said" >"$SCRATCH/otherwise"
	head -n 10 "$SCRATCH/otherwise"
	[ ! -s "$SCRATCH/otherwise" ]
}
days=$(all_days)
for file in "$SAMPLES"/*.xml; do
	ok "$(basename "$file" .xml) goes as the calendar says, on any day of 2013 to 2025" says_the_calendar "$file"
done

# ---- what it adds up to: an agency, a register and a calendar of our own ---------------------------------

kinds=$SCRATCH/kinds parties=$SCRATCH/parties
mkdir -p "$kinds/fireworks" "$parties"
for name in fireworks note; do
	mkdir -p "$kinds/$name"
	cat >"$kinds/$name/kind.xml" <<END
<kind xmlns="urn:nsw:kind:1" id="${name^^}" version="1" role="application" from="trader" title="$name">
  <ns prefix="f" uri="urn:test:$name"/>
  <identify namespace="urn:test:$name" root="Application"/>
  <schema file="$name.xsd"/>
  <facts><fact name="reference" xpath="/f:Application/f:Reference"/></facts>
</kind>
END
	cat >"$kinds/$name/$name.xsd" <<END
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test:$name" elementFormDefault="qualified">
  <xs:element name="Application">
    <xs:complexType><xs:sequence><xs:element name="Reference" type="xs:token"/></xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
END
	echo "<Application xmlns='urn:test:$name'><Reference>R-1</Reference></Application>" >"$SCRATCH/$name.xml"
done
for id in BRIGADE POLICE; do
	cat >"$parties/$id.xml" <<END
<party xmlns="urn:nsw:party:1" id="$id" role="agency" delivery="push">
  <name lang="en">$id</name> <name lang="vi">$id</name> <sees kind="FIREWORKS"/>
</party>
END
done
cat >"$kinds/control.xml" <<'END'
<control xmlns="urn:nsw:control:1">
  <row kind="FIREWORKS" procedure="FW-PERMIT" releases="yes"/>
  <row kind="FIREWORKS" procedure="FW-EVENT"/>
  <row kind="FIREWORKS" to="POLICE" procedure="UNREGISTERED" title="Public order"/>
</control>
END
cat >"$kinds/procedures.xml" <<'END'
<procedures xmlns="urn:nsw:procedures:1">
  <procedure id="FW-PERMIT" party="BRIGADE" title="Fireworks permit" fee="50000" paper-time="5d" electronic-time="12h"
             counter="Station 1" source="the order on fire" mark="A" assumed="electronic-time"/>
  <procedure id="FW-EVENT" party="BRIGADE" title="Notice of an event" from="2015-06-01" fee="0" paper-time="2d"
             electronic-time="1h" counter="Station 1" source="the order on fire" mark="A" assumed="fee"/>
</procedures>
END
cat >"$kinds/rollout.xml" <<'END'
<rollout xmlns="urn:nsw:rollout:1">
  <row of="BRIGADE" state="TEST" used="2014-01-01" title="A test" source="a leaflet" mark="B"/>
  <row of="BRIGADE" state="PARALLEL" used="2015-01-01" earliest="2014-12-01" latest="2015-02-01" title="A trial"
       source="a leaflet" mark="B" mark-day="C"/>
  <row of="BRIGADE" state="LIVE" used="2016-01-01" via="the city's own line" title="The line" source="a leaflet" mark="B"/>
</rollout>
END
ours=(--kinds "$kinds" --parties "$parties")

exits 0 "a kind, an agency, a register and a calendar of our own" plan "${ours[@]}" \
	--dates 2014-12-31T23:59:59+07:00,2015-01-01,2015-06-01,2016-01-01 "$SCRATCH/fireworks.xml"
ok "a test is paper still, a trial both, and what begins later is not required before" said \
	"^decision	2014-12-31T23:59:59+07:00	2015-01-01	2015-06-01	2016-01-01$" \
	"^BRIGADE FW-PERMIT	paper	electronic (parallel)	electronic (parallel)	electronic$" \
	"^BRIGADE FW-EVENT	not required	not required	electronic (parallel)	electronic$" \
	"^POLICE UNREGISTERED	electronic	electronic	electronic	electronic$"
in_order() { grep -n '^BRIGADE FW-PERMIT	\|^BRIGADE FW-EVENT	\|^POLICE' "$OUT" | cut -d' ' -f2 | head -n 3 | cut -f1 | tr '\n' ' ' | grep -q 'PERMIT.*EVENT.*UNREG'; }
ok "in the control table's order" in_order
ok "what is in parallel is a paper too, and two papers go to one counter" said \
	"^counters to visit	1	1	1	0$" "^papers	1	1	2	0$"
ok "days are those of the slowest, and assumed where it is" said "^days	5	5	5	0.5 (assumed)$"
ok "with fee, times and counter" said "fee 50000 VND; on paper 5d, electronically 12h (assumed)" \
	"fee 0 VND (assumed); on paper 2d, electronically 1h$" "papers go to: Station 1$"
ok "each day with its basis" said \
	"2014-12-31T23:59:59+07:00 paper: TEST since 2014-01-01: A test; a leaflet \[B\]; electronic from 2015-01-01$" \
	"2015-01-01 electronic (parallel): PARALLEL since 2015-01-01 (known: 2014-12-01 to 2015-02-01): A trial; a leaflet \[B, day C\]" \
	"2016-01-01 electronic: LIVE by the city's own line since 2016-01-01: The line" \
	"not required: the procedure begins on 2015-06-01" "the calendar does not name it"

exits 0 "the same for scripts" plan "${ours[@]}" --json --dates 2015-06-01,2016-01-01 "$SCRATCH/fireworks.xml"
one_row_each() { [ "$(grep -c '"type":"decision"' "$OUT")" = 6 ] && [ "$(grep -c '"type":"totals"' "$OUT")" = 2 ] && [ "$(wc -l <"$OUT")" = 8 ]; }
ok "a row for each decision and day, and one for each day" one_row_each
ok "with all that is known" said \
	'"date":"2015-06-01".*"procedure":"FW-PERMIT".*"cell":"electronic (parallel)","route":"ELECTRONIC","link":"PARALLEL","via":"single window","since":"2015-01-01","earliest":"2014-12-01","latest":"2015-02-01","basis":"A trial".*"fee":"50000","fee_assumed":false,"time":"5d","time_assumed":false,"counter":"Station 1"' \
	'"type":"totals".*"date":"2015-06-01","required":3,"counters":1,"papers":2,"days":"5","days_assumed":false'
exits 0 "the days of their own calendar are found" plan -q "${ours[@]}" "$SCRATCH/fireworks.xml"
ok "a test changes nothing" said "^decision	2015-01-01	2015-06-01	2016-01-01	20"

# ---- what cannot be planned ------------------------------------------------------------------------------

exits 3 "nobody decides on a note" plan "${ours[@]}" "$SCRATCH/note.xml"
ok "which is said" said 'note.xml: PLN-001: .*names nobody who decides on this NOTE'
echo "<Application xmlns='urn:test:fireworks'><Weight>1</Weight></Application>" >"$SCRATCH/wrong.xml"
exits 3 "a document that is not valid" plan "${ours[@]}" "$SCRATCH/wrong.xml" "$SCRATCH/fireworks.xml"
ok "is told as by validate, and the next is planned" said 'wrong.xml:1: XSD-' '^decision'
echo "<Stranger/>" >"$SCRATCH/stranger.xml"
exits 3 "a kind that nobody knows" plan "$SCRATCH/stranger.xml"
exits 3 "a file that is not there" plan "$SCRATCH/absent.xml"
exits 2 "a day that is none" plan --dates 2014-02-26,tomorrow "$SHRIMPS"
exits 2 "no day at all" plan --dates , "$SHRIMPS"
exits 2 "no file" plan --dates 2014-02-26
sed -i 's/"FIREWORKS" procedure="FW-EVENT"/"FIREWORKS NOTE" procedure="FW-EVENT"/' "$kinds/control.xml"
exits 3 "a table that sends a kind to who does not see it" plan "${ours[@]}" "$SCRATCH/fireworks.xml"
ok "is refused with its place" said 'control.xml:3: PLN-903: BRIGADE does not see NOTE'

finish
