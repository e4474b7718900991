#!/bin/bash
# What `nsw test` reports is one thing in four forms: text, JUnit, TAP and JSON have the same counts, read by
# parsers of others; its exit codes are the documented ones; nothing is left when it is interrupted.
. tests/flow/lib.bash

stories=$SCRATCH/stories
mkdir "$stories"
story() # NAME: the steps are on standard input
{
	{
		echo "<scenario xmlns=\"urn:nsw:scenario:1\" name=\"$1\">"
		echo '  <given date="2014-02-26" seed="7"/>'
		cat
		echo '</scenario>'
	} >"$stories/$1.xml"
}
shrimps='<submit file="samples/dec-imp/shrimp-thailand.xml" as="d1"/>'

story good <<END
  <step name="a declaration is taken">$shrimps<accepted of="d1"/></step>
  <step name="and decided"><expect of="d1" state="CLEARED" within="9d"/></step>
END
story bad <<END
  <step name="a declaration is taken">$shrimps</step>
  <step name="which is never decided"><never of="d1" state="CLEARED" during="9d"/></step>
  <step name="and then"><accepted of="d1"/></step>
END
story odd <<END
  <step name="&lt;b> &amp; &quot;quoted&quot; 'x' ]]> # SKIP 1\\ mộc">$shrimps</step>
END
story broken <<END
  <step name="a fault that does not exist"><fault at="MoIT" kind="dorp"/></step>
END
all=("$stories"/{bad,good,odd}.xml) # 4 passed, 1 failed, 1 skipped

# ---- four forms, the same counts --------------------------------------------------------------------

junit=$SCRATCH/reports/deep/junit.xml
forms()
{
	run 1 nsw test -j 2 --junit "$junit" "${all[@]}" && cp "$OUT" "$SCRATCH/text" &&
		run 1 nsw test -j 2 --tap "${all[@]}" && cp "$OUT" "$SCRATCH/told.tap" &&
		run 1 nsw test -j 2 --json "${all[@]}" && cp "$OUT" "$SCRATCH/json"
}
ok "six steps are told in each form" forms
ok "text counts them" grep -qx '4 passed, 1 failed, 1 skipped' "$SCRATCH/text"
in_file_order() { [ "$(awk '/^[A-Z]/ { print $2 }' "$SCRATCH/text" | uniq | tr '\n' ' ')" = "bad good odd " ]; }
ok "in the order of the files" in_file_order
ok "a step that was not run says why" grep -q "^SKIP  bad / and then .*'which is never decided'" "$SCRATCH/text"

json_counts()
{
	[ "$(grep -c '"type":"step"' "$SCRATCH/json")" = 6 ] &&
		[ "$(grep -c '"outcome":"passed"' "$SCRATCH/json")" = 4 ] &&
		[ "$(grep -c '"type":"scenario"' "$SCRATCH/json")" = 3 ] &&
		tail -n 1 "$SCRATCH/json" |
		grep -q '"type":"tested","scenarios":3,"passed":4,"failed":1,"errored":0,"skipped":1,.*"exit":1}'
}
ok "JSON has the same counts" json_counts

cat >"$SCRATCH/count.py" <<'END'
import sys, xml.etree.ElementTree as tree
from junitparser import JUnitXml

file = sys.argv[1]
root = tree.parse(file).getroot()
kinds = ("failure", "error", "skipped")
for node in [root, *root.findall("testsuite")]:
    said = [int(node.get(name)) for name in ("tests", "failures", "errors", "skipped")]
    counted = [len(node.findall(".//testcase")), *(len(node.findall(f".//{kind}")) for kind in kinds)]
    assert said == counted, (node.get("name"), said, counted)

suites = JUnitXml.fromfile(file)
print(suites.tests, suites.failures, suites.errors, suites.skipped)
cases = [case for suite in suites for case in suite]
print(len(cases), sum(case.is_passed for case in cases))
print(next(case.name for case in cases if "SKIP 1" in case.name))
END
junit_counts()
{
	"$(tests/python junitparser)" "$SCRATCH/count.py" "$junit" >"$SCRATCH/said" || return 1
	printf '%s\n' '6 1 0 1' '6 4' "<b> & \"quoted\" 'x' ]]> # SKIP 1\\ mộc" | diff - "$SCRATCH/said"
}
ok "JUnit has them, read by a parser of others, and so has each suite" junit_counts

tap_counts()
{
	perl -MTAP::Parser -e '
		my $parser = TAP::Parser->new({ source => $ARGV[0] });
		$parser->run;
		printf "%d %d %d %d %d\n", $parser->tests_planned, $parser->tests_run, scalar $parser->passed,
			scalar $parser->failed, scalar $parser->skipped;
		exit scalar $parser->parse_errors' "$SCRATCH/told.tap" >"$SCRATCH/said" || return 1
	grep -qx '6 6 5 1 1' "$SCRATCH/said" || { cat "$SCRATCH/said"; false; }
}
ok "TAP has them: what was skipped counts as passed there" tap_counts
# prove calls `nsw test --tap FILE` for each of its arguments.
proven() { prove --exec "$BIN/nsw test --tap" "$@"; }
exits 0 "prove is content with what passed" proven "$stories/good.xml"
ok "and counts it" said 'Tests=2'
exits 1 "and finds what failed" proven "${all[@]}"
ok "and names it" said 'bad.xml (.* Failed: 1)' 'Failed test:  2' 'Files=3, Tests=6'

# ---- who reads it ------------------------------------------------------------------------------------

plain() { ! env TERM=xterm-256color grep -l $'\033' "$SCRATCH"/{text,told.tap,json} "$junit"; }
ok "off a terminal there is no byte of colour" plain
explained()
{
	grep -A 3 '^FAIL  bad / which is never decided' "$SCRATCH/text" >"$SCRATCH/said"
	grep -q "^  $stories/bad.xml:4  expected " "$SCRATCH/said" &&
		grep -q '^  more: nsw test --keep ' "$SCRATCH/said" || { cat "$SCRATCH/said"; false; }
}
ok "a failure says where, what, and how to see more" explained
in_junit() { xmllint --xpath "$1" "$junit" >"$SCRATCH/said" 2>&1 && grep -qx true "$SCRATCH/said"; }
ok "so it does in JUnit, with the trace" in_junit 'contains(//failure, "bad.xml:4") and contains(//failure, "gateway")'
ok "the suite says its date and seed" in_junit \
	'//testsuite[@name="bad"]//property[@name="seed"]/@value = "7" and //property[@name="date"]/@value = "2014-02-26"'
ok "a case has its scenario's name" in_junit 'count(//testcase[@classname="bad"][@file][@line]) = 3'

# ---- which ones, how often ----------------------------------------------------------------------------

listed() { [ "$(wc -l <"$OUT")" = $(($1 + 1)) ]; }
exits 0 "a list runs nothing" nsw test --list "${all[@]}"
ok "and names each step" listed 6
exits 0 "a part of a name chooses" nsw test --list --filter DECLARATION "${all[@]}"
ok "whole scenarios" listed 5
exits 0 "a pattern" nsw test --list --filter 'go?d' "${all[@]}"
ok "is for all of a name" listed 2
exits 0 "repeated" nsw test -j 2 --repeat 3 "$stories/good.xml"
ok "each time is counted" said '^6 passed, 0 failed, 0 skipped$' '^PASS  good (3 of 3) / and decided'
exits 1 "until something fails" nsw test --fail-fast "${all[@]}"
ok "the rest is told as skipped" said '^1 passed, 1 failed, 4 skipped$' "^SKIP  odd .*'bad' did not pass"

# ---- exit codes ---------------------------------------------------------------------------------------

exits 0 "what passes is done" nsw test "$stories/good.xml"
exits 2 "no file is a mistake" nsw test
exits 2 "no child at a time as well" nsw test -j 0 "$stories/good.xml"
exits 2 "and no repetition" nsw test --repeat none "$stories/good.xml"
exits 3 "a scenario that is none" nsw test "$stories/good.xml" "$stories/broken.xml"
ok "says its line and what was meant" said "broken.xml:3: .*'dorp'.*did you mean 'drop'"
exits 3 "a file that is not there" nsw test "$stories/none.xml"
exits 3 "a report that cannot be written" nsw test --junit "$stories/good.xml/junit.xml" "$stories/good.xml"
ok "says so" said 'CLI-006.*JUnit'
ok "before anything is run" test ! -s "$OUT"

programs=$SCRATCH/programs
mkdir "$programs"
ln -s "$(realpath "$BIN/nsw-adapter")" "$programs"
nswd() { printf '#!/bin/sh\n%s\n' "$1" >"$programs/nswd" && chmod +x "$programs/nswd"; }
nswd 'echo "no room" >&2; exit 70'
exits 4 "a gateway that does not start" env NSW_DATA="$PWD" NSW_PROGRAMS="$programs" "$BIN/nsw" test "$stories/good.xml"
ok "is an error and no failure" said '^ERROR good / a declaration is taken' '^0 passed, 0 failed, 1 skipped, 1 errored$'
exits 4 "the worst code wins" env NSW_DATA="$PWD" NSW_PROGRAMS="$programs" "$BIN/nsw" test --fail-fast "${all[@]}"

# ---- not valid ----------------------------------------------------------------------------------------

echo '<scenario xmlns="urn:nsw:scenario:1" name="x"><given date="2014-02-26"/><step name="s"><expct/></step></scenario>' \
	>"$SCRATCH/wrong.xml"
exits 3 "what is not valid" nsw test --tap --junit "$SCRATCH/wrong-junit.xml" "$SCRATCH/wrong.xml"
ok "ends TAP" said '^Bail out! .*wrong.xml:1: SCN-001 '
in_junit() { [ "$(xmllint --xpath 'string(/testsuites/testsuite/testcase/error/@message)' "$SCRATCH/wrong-junit.xml" | grep -c SCN-001)" = 1 ]; }
ok "and is an error of JUnit" in_junit

# ---- interrupted --------------------------------------------------------------------------------------

# A gateway that tells us when it is there and then says nothing.
mkfifo "$SCRATCH/here"
nswd "echo \$\$ >$SCRATCH/here; exec sleep 100"
gone() { ! kill -0 "$1" 2>/dev/null; }
interrupted() # SIGNAL EXIT
{
	local tester hung status=0
	env NSW_DATA="$PWD" NSW_PROGRAMS="$programs" "$BIN/nsw" test "${all[@]}" >"$OUT" 2>"$ERR" &
	tester=$!
	read -r hung <"$SCRATCH/here"
	kill -"$1" $tester
	wait $tester || status=$?
	soon gone "$hung" || { echo "its gateway goes on"; kill -KILL "$hung"; return 1; }
	[ $status = "$2" ] || { echo "exit $status"; cat "$OUT" "$ERR"; false; }
}
ok "told to end, it ends" interrupted TERM 130
ok "and says what was not run" said '^0 passed, 0 failed, 6 skipped' 'interrupted'
ok "killed, it leaves no process" interrupted KILL 137

# ---- a folder to begin with -----------------------------------------------------------------------------

exits 0 "a folder to begin with" nsw init "$SCRATCH/mine"
exits 0 "passes at once" nsw test "$SCRATCH/mine"
ok "all of it" said '^5 passed, 0 failed, 0 skipped$'
snippets() { grep -l 'nsw test .*--junit junit.xml' "$SCRATCH"/mine/{.gitlab-ci.yml,.github/workflows/*.yml} | wc -l; }
ok "and says how to a build server" test "$(snippets)" = 2
exits 3 "what is there is not written over" nsw init "$SCRATCH/mine"
ok "and that is said" said 'CLI-018'
mkdir "$SCRATCH/empty"
exits 0 "an empty folder is as good as none" nsw init "$SCRATCH/empty"
finish
