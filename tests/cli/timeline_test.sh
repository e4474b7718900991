#!/bin/bash
# nsw timeline: the calendar is told as it stands in its file, and every day of twenty years comes
# out as another program works it out from the same file.
. tests/flow/lib.bash
export NSW_STATE=$SCRATCH/nothing-runs-here

REGISTER=schemas/procedures.xml

# ---- any day ---------------------------------------------------------------------------------------

# Every day on which something changes, the day before it, and 400 drawn ones of 2013 to 2025.
some_days()
{
	{
		xmllint --xpath '//@used' "$1" | grep -o '[0-9-]\{10\}' | sort -u |
			awk '{ print $0; print $0 " - 1 day" }'
		awk 'BEGIN { srand(20140226); for (i = 0; i < 400; i++) print "2013-01-01 + " int(rand() * 4748) " days" }'
	} | date -u -f - +%F | sort -u
}

# same_as_worked_out TOLD CALENDAR: `nsw timeline` over TOLD and the oracle over CALENDAR agree.
same_as_worked_out()
{
	local at=()
	some_days "$2" >"$SCRATCH/days"
	while read -r day; do at+=(--at "$day"); done <"$SCRATCH/days"
	nsw timeline --calendar "$1" "${at[@]}" | sed 1d | cut -f1-11 | sort >"$SCRATCH/told"
	{ xmllint --c14n "$2" && xmllint --c14n $REGISTER; } |
		awk -f tests/cli/timeline_oracle.awk days="$SCRATCH/days" - | sort >"$SCRATCH/worked-out"
	[ "$(wc -l <"$SCRATCH/days")" -gt 300 ] && [ -s "$SCRATCH/worked-out" ] || return 1
	cmp -s "$SCRATCH/told" "$SCRATCH/worked-out" && return
	diff "$SCRATCH/told" "$SCRATCH/worked-out" | head -n 20
	return 1
}
ok "every day of the calendar is as another program works it out" same_as_worked_out schemas/rollout.xml schemas/rollout.xml

# A calendar with all that ours has not: two rows a day, overlapping places, rows out of order.
cat >"$SCRATCH/odd.xml" <<'END'
<rollout xmlns="urn:nsw:rollout:1">
  <row of="MARD-AQ-IMP" state="ENDED" used="2019-05-01"/>
  <row of="MARD-AQ-IMP MOF-IMP" state="TEST" used="2014-05-01"/>
  <row of="MARD-AQ-IMP" place="03 VN" state="PARALLEL" used="2014-05-01" via="mail"/>
  <row of="MARD-AQ-IMP" place="03TG 15 03" state="LIVE" used="2016-05-01" earliest="2016-04-01"/>
  <row of="MARD-AQ-IMP" state="LIVE" used="2017-05-01"/>
  <row of="MARD-AQ-IMP" state="NONE" used="2017-05-01"/>
  <row of="MARD-AQ-IMP" place="0" state="TEST" used="2018-05-01"/>
  <row of="WHO-IS-THIS" state="LIVE" used="2015-01-01" latest="2015-12-31"/>
</rollout>
END
ok "so is every day of an odd one" same_as_worked_out "$SCRATCH/odd.xml" "$SCRATCH/odd.xml"
late() { sed 's/used="2015-12-01"/used="2015-12-02"/' schemas/rollout.xml >"$SCRATCH/late.xml"; }
late
differs() { ! same_as_worked_out "$SCRATCH/late.xml" schemas/rollout.xml >/dev/null; }
ok "the comparison notices one ministry one day late" differs

# ---- what it says of a day ----------------------------------------------------------------------------

state_on() # DATE ID STATE: everywhere
{
	nsw timeline --at "$1" --party "$2" | awk -F'\t' -v id="$2" -v state="$3" '
		$2 == id && $4 == "-" { said = $5 } END { if (said != state) { print id " is " said; exit 1 } }'
}
ok "the first pilot begins at midnight" state_on 2014-02-26T00:00:00+07:00 MoF LIVE
ok "and not a second before" state_on 2014-02-25T23:59:59+07:00 MoF NONE
ok "midnight is that of Ha Noi" state_on 2014-02-25T17:00:00Z MoIT LIVE
ok "agriculture joins on the day used" state_on 2015-12-01 MARD LIVE
ok "and is on paper the day before" state_on 2015-11-30 MARD NONE
ok "its procedures follow it" state_on 2015-12-01 MARD-AQ-IMP LIVE
ok "ships are compared beside paper first" state_on 2014-11-12 MOT-VES PARALLEL
ok "a partner abroad is compared first" state_on 2015-09-08 ASW-TH PARALLEL
ok "and live later" state_on 2018-01-01 ASW-TH LIVE

exits 0 "a day has a row for each place where it is otherwise" nsw timeline --at 2013-12-01 --party MOF-IMP
ok "with what carries it there" said "2013-12-01	MOF-IMP	MoF	03	LIVE	e-customs pilot	2005-06-20"
exits 0 "what comes next is said" nsw timeline --at 2014-02-26 --party MARD --json
ok "with its state" said '"id":"MARD",.*"state":"NONE",.*"next":"2015-12-01","then":"LIVE"'
exits 0 "outside every calendar all are connected" nsw timeline --calendar none --at 1999-01-01 --party MARD
ok "always" said "1999-01-01	MARD	MARD	-	LIVE"

# ---- what happened ------------------------------------------------------------------------------------

exits 0 "the calendar is told in the order of its days" nsw timeline
in_order() { sed 1d "$OUT" | cut -f1 | grep -v '^-$' | sort -c; }
ok "from the first" in_order
ok "each day with the earliest, the latest and the one used" said "2015-12-01	2015-10-01	2015-12-31	MARD MoH MONRE	-	LIVE	-	S	C"
ok "a day that is not known is left open" said "^-	-	2015-09-07	ASW TH (4)"
ok "Viet Nam is the fifth" said "2015-09-08	2015-09-01	2015-09-30	ASW VN (5)"
every_row() { [ "$(sed 1d "$OUT" | wc -l)" = "$(xmllint --xpath 'count(//*[local-name()="row"])' schemas/rollout.xml)" ]; }
ok "no row is missing" every_row
exits 0 "a part of it" nsw timeline --from 2015-12-01 --to 2015-12-01
one_row() { [ "$(wc -l <"$OUT")" = 2 ]; }
ok "with both its ends" one_row
exits 0 "the rows of a party" nsw timeline --party MoT
ok "and of its procedures" said 'MOT-VES'
no_others() { ! grep -q 'MARD MoH' "$OUT"; }
ok "and no others" no_others
exits 0 "rows are objects with --json" nsw timeline --json
ok "in two languages" said '^{"v":1,"type":"rollout",.*"club":"ASW","country":"VN","order":5,.*"title_vi":"Việt Nam'

# ---- drawings ---------------------------------------------------------------------------------------------

exits 0 "it is drawn" nsw timeline --svg "$SCRATCH/all.svg"
ok "and said where" said 'drawn to'
ok "as well-formed XML" xmllint --noout "$SCRATCH/all.svg"
drawn() # XPATH
{
	[ "$(xmllint --xpath "$1" "$SCRATCH/all.svg")" = true ] && return
	echo "not drawn: $1"
	return 1
}
ok "an SVG with a title" drawn 'name(/*) = "svg" and namespace-uri(/*) = "http://www.w3.org/2000/svg" and string-length(/*/*[1][local-name() = "title"]) > 0'
ok "that says it is a simulation" drawn 'contains(/*, "Simulation, not connected to any government system")'
ok "with a lane for each ministry" drawn 'boolean(//*[. = "MARD"]) and boolean(//*[. = "MoT"]) and boolean(//*[. = "MOT-VES"])'
ok "states are named, not only coloured" drawn 'boolean(//*[local-name() = "text" and . = "PARALLEL"]) and boolean(//*[local-name() = "text" and . = "LIVE"])'
ok "and patterned" drawn 'boolean(//*[local-name() = "pattern" and @id = "parallel"]) and boolean(//*[@class = "PARALLEL"])'
ok "Viet Nam is drawn as number five" drawn '//*[local-name() = "g"][*[local-name() = "circle"]][*[. = "VN"]]/*[local-name() = "text"][1] = "5"'
ok "the range of late 2015 is told" drawn 'boolean(//*[local-name() = "title" and contains(., "2015-12-01 (2015-10-01 to 2015-12-31) [S, day C] MARD MoH MONRE LIVE")])'
exits 0 "a part is drawn to stdout" nsw timeline --from 2014-01-01 --to 2016-01-01 --party MARD --svg -
cp "$OUT" "$SCRATCH/all.svg"
ok "and nothing else" drawn 'boolean(//*[. = "MARD"]) and not(//*[. = "MOT-VES"]) and not(//*[local-name() = "circle" and @class])'
exits 0 "an empty time is an empty drawing" nsw timeline --from 1990-01-01 --to 1990-01-02 --svg "$SCRATCH/none.svg"
ok "well-formed as well" xmllint --noout "$SCRATCH/none.svg"
exits 0 "nothing of strangers breaks it" nsw timeline --calendar <(printf '%s' '<rollout xmlns="urn:nsw:rollout:1"><row used="2014-02-26" title="&lt;script&gt; &amp; &quot;"/></rollout>') --svg "$SCRATCH/hostile.svg"
cp "$SCRATCH/hostile.svg" "$SCRATCH/all.svg"
ok "what it writes is escaped" drawn 'contains(/*, "<script> &") and not(//*[local-name() = "script"])'

# ---- mistakes ---------------------------------------------------------------------------------------------

exits 2 "a day and a drawing are two things" nsw timeline --at 2014-02-26 --svg "$SCRATCH/x.svg"
exits 2 "a day that is none" nsw timeline --at tomorrow
exits 3 "a party that nobody knows" nsw timeline --party MARDD
ok "gets the nearest" said "CLI-009" "did you mean 'MARD'"
exits 3 "a calendar that is not there" nsw timeline --calendar "$SCRATCH/absent.xml"
ok "is named" said 'absent.xml: ROL-901'
exits 3 "a file that cannot be written" nsw timeline --svg "$SCRATCH/no/such/folder.svg"

finish
