#!/bin/bash
# Scenarios: what is not valid is told line by line, what fails is explained, what is kept can be looked at, the
# same seed writes the same journal; and whatever happens, no process and no file is left.
. tests/flow/lib.bash

stories=$SCRATCH/stories
mkdir "$stories"
story() # NAME [GIVEN...]: the steps are on standard input
{
	local name=$1
	shift
	{
		echo "<scenario xmlns=\"urn:nsw:scenario:1\" name=\"$name\">"
		echo "<given date=\"2014-02-26\" seed=\"7\">$*</given>"
		cat
		echo '</scenario>'
	} >"$stories/$name.xml"
}
motorcycles='<submit file="lpa/motorcycles-moit" as="d1"><set xpath="FunctionalReferenceID" value="M-${run}"/></submit>'

# ---- what is not valid -----------------------------------------------------------------------------

story good <<END
<step name="granted">$motorcycles<expect of="d1" from="MoIT" state="APPROVED" within="9d"/></step>
END
story typo '<fault at="MoIT" kind="dorp"/>' <<END
<step name="one"/>
END
story later <<END
<step name="one">$motorcycles
<expect of="d2" state="APPROVED"/></step>
END
exits 3 "files that are not valid end with 3" nsw test "$stories"
ok "and are all told, each with its line and the word that was meant" said \
	"typo.xml:2: FLT-001: .*'dorp' is not one of delay, drop, .*did you mean 'drop'?" \
	"later.xml:4: SCN-001: nothing has been submitted as 'd2' before this (did you mean 'd1'?)"
refute "what is valid beside them is not run" said PASS
exits 3 "a folder without a scenario is told" nsw test schemas/codes
exits 3 "so is a filter that finds none" nsw test --filter nothing-like-this "$stories/good.xml"
story kind '<fault at="MoF" kind="drop" document="DEC-IPM"/>' <<END
<step name="one"/>
END
exits 3 "a fault for a kind that there is not" nsw test "$stories/kind.xml"
ok "is told with the nearest" said "kind.xml:2: SCN-001: .*DEC-IPM.*did you mean 'DEC-IMP'?"
rm "$stories"/{typo,later,kind}.xml

# ---- what fails is explained ---------------------------------------------------------------------------

fails() # NAME PATTERN...: it ends with 1, and says all that
{
	local name=$1
	shift
	run 1 nsw test "$stories/$name.xml" && said "$@"
}

story word <<END
<step name="s">$motorcycles
<expect of="d1" from="MoIT" state="APROVED" within="9d"/></step>
END
ok "a word that nobody says is told, with the one that was meant" fails word \
	"word.xml:4  expected d1 from MoIT: APROVED within 9d" "nearest  d1 from MoIT: APPROVED at 3d0[0-9]h" \
	"hint: MoIT never says APROVED (did you mean 'APPROVED'?)"

story early <<END
<step name="s">$motorcycles
<expect of="d1" from="MoIT" state="APPROVED" within="1d"/></step>
END
ok "an answer that waits for its time is told, and for when" fails early \
	"hint: MoIT will answer at 3d0[0-9]h: that is later than expected"

story mere_receipt <<END
<step name="s"><submit file="lpa/motorcycles-moit" as="d1"><set xpath="FunctionalReferenceID" value="SIM-N0G-\${run}"/></submit>
<expect of="d1" from="MoIT" state="RECEIVED" within="1m"/></step>
END
ok "a receipt is no decision, and that is said" fails mere_receipt \
	"hint: \(the receipt of MoIT came at 0.000s, but here RECEIVED is a decision of its own\|MoIT will answer\)"

story slip <<END
<step name="s">$motorcycles
<never of="d1" from="MoIT" state="REFUSD" during="1m"/></step>
END
story slip_of_code <<END
<step name="s">$motorcycles
<never of="d1" from="MoIT" code="MOIT-777" during="1m"/></step>
END
ok "never what nobody says is a slip of the pen" fails slip "slip.xml:4 .*never REFUSD" "hint: .*did you mean 'REFUSED'?"
ok "so is a code that stands nowhere" fails slip_of_code "hint: the code MOIT-777 stands in no rule"

story unasked <<END
<step name="s">$motorcycles<expect of="d1" from="BANK" within="1d"/></step>
END
ok "who was not asked cannot answer" fails unasked "hint: BANK was not asked about d1; 'nsw plan .*' says who is"

story recorded <<END
<step name="s"><date set="2014-06-26"/><submit file="dec-imp/shrimp-thailand" as="d1"/></step>
END
ok "dates that were not moved are told" fails recorded "refused with COD-07" 'hint: .*clock="shift" on <submit> moves them'

story damaged '<fault at="MoIT" kind="truncate" on="request" first="1"/>' <<END
<step name="s">$motorcycles<expect of="d1" from="MoIT" code="DLV-009" within="1h"/></step>
END
exits 0 "the code of an attempt can be expected" nsw test "$stories/damaged.xml"

story list <<END
<step name="s"><codes list="ship-notices">  NAV HP
</codes></step>
END
ok "a list that is another one says which codes" fails list "list.xml:3  expected the list ship-notices as it stands there, on 2014-02-26" \
	"nearest  HP is missing, NAV is missing, .* is one too many"
story says <<END
<step name="s"><calendar says="the moon"/></step>
END
ok "so does a calendar that says something else" fails says "nearest  it says [A-Z]"
story neither <<END
<step name="s"><calendar party="MoF"/></step>
END
exits 3 "a calendar deed is of a link or of a day" nsw test "$stories/neither.xml"
rm "$stories/neither.xml"

story hangs '<fault at="MoIT" kind="hang"/>' <<END
<step name="s">$motorcycles<expect of="d1" from="MoIT" state="APPROVED" within="9d"/></step>
END
ok "what came again and again is told once" fails hangs "why: *and [0-9]* times more"

story refusal <<END
<step name="s"><submit file="dec-imp/shrimp-thailand" as="d1"><set xpath="GoodsItemQuantity" value="3"/></submit></step>
END
ok "a refusal that nobody expects fails, with its finding, file and line" fails refusal \
	"expected d1 accepted" "nearest  d1 refused with TOT-01" "why: *TOT-01 .*shrimp-thailand.xml:[0-9]*)" "hint: "

story otherwise <<END
<step name="s">$motorcycles<refused of="d1" code="APP-06"/></step>
END
ok "so does an acceptance where a refusal was expected" fails otherwise \
	"expected d1 refused with APP-06" "nearest  d1 accepted"

story fault '<fault at="MoIT" kind="drop" on="request"/>' <<END
<step name="s">$motorcycles<expect of="d1" from="MoIT" state="APPROVED" within="1h"/></step>
END
ok "a fault that struck is named with each attempt" fails fault \
	"why: *fault f-1 at MoIT, attempt 1: drop of the request" "attempt 2:" "hint: a fault struck "

story never <<END
<step name="s">$motorcycles
<never of="d1" from="MoIT" state="APPROVED" during="9d"/></step>
END
ok "what must not be is told with the moment it was" fails never \
	"never.xml:4  expected d1 from MoIT: never APPROVED during 9d" "nearest  d1 from MoIT: APPROVED at 3d0[0-9]h"

story xpath <<END
<step name="s">$motorcycles<expect of="d1" from="MoIT" state="APPROVED" within="9d">
<xpath test="//Signature/@status = 'ok'"/>
<xpath test="count(//attempt) = 2"/></expect></step>
END
ok "a test of the trace is told with what it found" fails xpath \
	"xpath.xml:5  expected .* with count(//attempt) = 2" "nearest  count(//attempt) is '1'"

story steps <<END
<step name="first">$motorcycles<paper decide="MoIT" of="d1"/></step>
<step name="second"><advance by="1d"/></step>
END
ok "an order that the gateway refuses fails, in its words" fails steps \
	"expected MoIT decides d1 on paper" "why: *PPR-001"
ok "the steps behind it are skipped, and say why" said "^SKIP  steps / second .*'first' failed before it" \
	'^0 passed, 1 failed, 1 skipped$'

# ---- what is kept -------------------------------------------------------------------------------------

# A refused import is over: nobody waits for thirty days that it may be cleared.
story over <<END
<step name="s"><submit file="dec-imp/shrimp-thailand" as="d1"><set xpath="FunctionalReferenceID" value="SIM-A-1"/></submit>
<expect of="d1" state="CLEARED" within="30d"/></step>
END
exits 1 "another final state" nsw test --keep "$stories/over.xml"
ok "fails with that state" said "nearest  d1 from gateway: REFUSED at "
kept_state() { sed -n 's/.*export NSW_STATE=\([^;]*\).*/\1/p' "$OUT" "$ERR" | head -n 1; }
kept=$(kept_state)
at_exit rm -rf "$kept"
at_exit env NSW_STATE="$kept" "$BIN/nsw" down -q
kept_day() { NSW_STATE=$kept nsw date --json | grep -q '"date":"2014-02-26"'; }
ok "at once: its gateway, which was kept, is still on that day" kept_day
kept_shown() { NSW_STATE=$kept nsw show SIM-A-1 | grep -q '^state  *REFUSED'; }
ok "and shows what happened" kept_shown
NSW_STATE=$kept nsw down -q

# ---- the same again ---------------------------------------------------------------------------------------

for workers in 1 2 5; do
	story "same$workers" "<set name=\"workers\" value=\"$workers\"/><fault at=\"MoIT\" kind=\"drop\" probability=\"0.5\"/>" <<END
<step name="s">$motorcycles
<submit file="dec-imp/shrimp-thailand" as="d2"/><submit file="dec-imp/cars-japan" as="d3" clock="shift"/>
<expect of="d1" from="MoIT" state="APPROVED" within="9d"/><expect of="d2" from="MoF" state="RELEASED" within="9d"/></step>
END
	sed -i '1s/name="same."/name="same"/' "$stories/same$workers.xml"
done
trace_of() # FILE: all hops of its journal
{
	local state status=0
	nsw test --keep "$1" >"$OUT" 2>"$ERR" || { status=1; cat "$OUT" "$ERR" >&2; }
	state=$(kept_state)
	NSW_STATE=$state nsw tail --no-follow --json
	NSW_STATE=$state nsw down -q
	rm -rf "$state"
	return $status
}
repeats()
{
	local workers
	for workers in 1 2 5; do trace_of "$stories/same$workers.xml" >"$SCRATCH/trace$workers" || return 1; done
	[ "$(grep -c '"event":"sent"' "$SCRATCH/trace1")" -gt 2 ] &&
		cmp "$SCRATCH/trace1" "$SCRATCH/trace2" && cmp "$SCRATCH/trace1" "$SCRATCH/trace5"
}
ok "the same seed writes the same journal, ids and faults included, with any number of workers" repeats

# ---- on a live gateway ----------------------------------------------------------------------------------------

sandbox live --date 2014-02-26 --skip-time --calendar ''
endpoint=$(cat "$NSW_STATE/endpoint")
story live '<fault at="MoIT" kind="drop" on="request" first="1"/>' <<END
<step name="granted"><submit file="lpa/motorcycles-moit" as="d1"><set xpath="FunctionalReferenceID" value="L-\${run}"/></submit>
<expect of="d1" from="MoIT" state="APPROVED" within="9d"><xpath test="count(//attempt) = 2"/></expect></step>
END
exits 0 "a live gateway will do as well" nsw test --gateway "$endpoint" "$stories/live.xml"
exits 0 "and again: each run has names of its own" nsw test --gateway "$endpoint" "$stories/live.xml"
no_faults() { run 0 nsw fault ls --json && ! grep -q f-1 "$OUT"; }
ok "its faults were taken back" no_faults
nsw down -q
exits 4 "one that is not there is unreachable" nsw test --gateway "$endpoint" "$stories/live.xml"
unset NSW_STATE

# ---- nothing is left ----------------------------------------------------------------------------------------

story long <<END
<step name="first"/>
$(for i in {1..400}; do echo "<step name=\"s$i\"><submit file=\"dec-imp/shrimp-thailand\" as=\"d$i\"><set xpath=\"FunctionalReferenceID\" value=\"L-$i\"/></submit></step>"; done)
END
children_of() { ps -o pid= --ppid "$1" | tr -d ' '; }
nswd_below() # PID of `nsw test`: of its scenario's gateway
{
	local child pid
	for child in $(children_of "$1"); do
		for pid in $(children_of "$child"); do
			grep -qsx nswd "/proc/$pid/comm" && echo "$pid" && return
		done
	done
	return 1
}
begun()
{
	nswd_below "$test" >"$SCRATCH/nswd" && gateway=$(cat "$SCRATCH/nswd") &&
		journal=$(readlink "/proc/$gateway/fd/"* | grep -m1 'journal.db$') && state=${journal%/*} &&
		below=$(for child in $(children_of "$test"); do echo "$child"; children_of "$child"; done) &&
		[ "$(stat -c %s "$state/journal.db-wal" 2>"$SCRATCH/quiet" || echo 0)" -gt 2000000 ] # some steps are done
}
start() # [STORY]
{
	"$BIN/nsw" test "$stories/${1:-long}.xml" >"$OUT" 2>"$ERR" &
	test=$!
	soon begun
}
ended() # EXPECTED-EXIT
{
	wait "$test"
	[ $? = "$1" ] || { tail -n 3 "$OUT" "$ERR"; return 1; }
}
nobody()
{
	local pid
	for pid in $below; do kill -0 "$pid" 2>/dev/null && return 1; done
	true
}
nothing() { soon nobody && [ ! -e "$state" ] && [ ! -e "${state%/*}" ]; }

ok "a long one is started" start
kill -INT "$test"
ok "interrupted it ends with 130" ended 130
ok "the steps behind are told as skipped" said '^SKIP  long / s400 '
ok "and leaves neither process nor file" nothing

ok "another one" start
kill -KILL "$gateway"
ok "whose gateway dies is an error, not a failure" ended 4
ok "which says what died" said '^ERROR long / ' 'nswd has ended by itself'
ok "it leaves nothing either" nothing

ok "a third one" start
kill -KILL "$test"
wait "$test" 2>/dev/null
ok "that is killed takes its gateway along" soon nobody
exits 0 "and the next run" nsw test "$stories/good.xml"
ok "clears away what it left" nothing

story asking <<END
$(for i in {1..400}; do echo "<step name=\"s$i\"><submit file=\"lpa/motorcycles-moit\" as=\"d$i\" clock=\"shift\"><set xpath=\"FunctionalReferenceID\" value=\"A-$i\"/></submit><expect of=\"d$i\" from=\"MoIT\" state=\"APPROVED\" within=\"9d\"/></step>"; done)
END
ok "one that asks a party" start asking
kill -KILL "$(pgrep -x nsw-adapter -P "$(pgrep -P "$test")")"
ok "whose parties die is an error as well" ended 4
ok "and that is said" said 'nsw-adapter has ended by itself'

# ---- on a gateway that is there ---------------------------------------------------------------------------

sandbox held --date 2014-02-26 --clock held
there=$(head -n 1 "$NSW_STATE/endpoint")
exits 0 "a clock that is held goes where a scenario needs it, again and again" nsw test -g "$there" --repeat 2 "$stories/good.xml"
ok "each a run of its own" said '^2 passed, 0 failed'
exits 0 "of a label" nsw --run anna test -g "$there" "$stories/good.xml"
exits 1 "which cannot be used twice" nsw --run anna test -g "$there" "$stories/good.xml"
ok "and that is said" said 'refused with JRN-001' 'hint: .*label, anna: take another --run'
exits 0 "it ends" nsw down -q

finish
