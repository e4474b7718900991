#!/bin/bash
# A ministry that is not connected yet decides on paper, by hand; gateway time goes forward by the
# calendar.
. tests/flow/lib.bash

cat >"$SCRATCH/calendar.xml" <<'END'
<rollout xmlns="urn:nsw:rollout:1">
  <row of="MoF" state="LIVE" used="2013-06-01"/>
  <row of="MARD" state="LIVE" used="2014-03-01" title="quarantine joins"/>
  <row used="2014-03-01" title="a protocol is signed"/>
</rollout>
END
sandbox paper --date 2014-02-26 --calendar "$SCRATCH/calendar.xml"

# ---- decided at the counter --------------------------------------------------------------------------

exits 0 "a declaration of shrimps" nsw submit --set FunctionalReferenceID=PAPER-1 "$SHRIMPS"
exits 0 "and another" nsw submit --set FunctionalReferenceID=PAPER-2 "$SHRIMPS"
exits 0 "wait for quarantine on paper" nsw paper ls
ok "both of them" test "$(grep -c 'MARD-AQ-IMP' "$OUT")" = 2
ok "at a counter" said 'Hai Phong'
exits 0 "one can be asked for" nsw paper ls PAPER-2 --json
ok "and is the only one" test "$(grep -c '"type":"paper"' "$OUT")" = 1
exits 3 "of what nobody knows there is none" nsw paper ls no-such-id
exits 3 "customs does not wait on paper" nsw paper decide PAPER-1 --agency MoF --permit 1
ok "and that is said" said 'PPR-001'
exits 0 "quarantine has given a permit" nsw paper decide PAPER-1 --agency MARD --permit TY-2014-7
exits 0 "it waits no longer" nsw paper ls PAPER-1
ok "there is no paper left" test "$(wc -l <"$OUT")" -le 1
exits 3 "and is not decided twice" nsw paper decide PAPER-1 --agency MARD --permit TY-2014-8
exits 0 "the other is refused" nsw paper decide PAPER-2 --agency MARD --refuse --text "no certificate"
refused_now() { [ "$(state_of PAPER-2)" = REFUSED ]; }
ok "so is its declaration" soon refused_now

# ---- the calendar --------------------------------------------------------------------------------------

exits 0 "the calendar is listed" nsw date ls
ok "with all its rows" test "$(wc -l <"$OUT")" = 4
exits 0 "the date is told" nsw date
ok "and what comes next" said '^date     2014-02-26' '^next     2014-03-01'
exits 0 "its other name" nsw date show
exits 6 "time does not go back" nsw date set 2014-02-25
ok "and that is said" said 'CTL-007'
exits 2 "a day that is none" nsw date set soon
exits 0 "it goes to the calendar's next day" nsw date next
ok "and everything of that day is told" said 'quarantine joins' 'a protocol is signed'
exits 0 "a declaration is handed in again" nsw submit --set FunctionalReferenceID=PAPER-3 "$SHRIMPS"
exits 0 "no paper is needed now" nsw paper ls PAPER-3
ok "none at all" test "$(wc -l <"$OUT")" -le 1
exits 1 "after its last day nothing comes" nsw date next
exits 0 "but time can be set" nsw date set 2014-04-01T08:00:00+07:00
ok "to the minute" said '^time     2014-04-01T01:00:'
exits 0 "the journal is whole" nsw journal verify

finish
