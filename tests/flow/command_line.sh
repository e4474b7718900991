#!/bin/bash
# The command line keeps its manners: exit codes, streams, forms, closed pipes.
. tests/flow/lib.bash

# ---- mistakes ---------------------------------------------------------------------------------------

exits 2 "no command is a mistake" nsw
exits 2 "so is one that does not exist" nsw validat
ok "the nearest is named" said "did you mean 'validate'"
exits 2 "so is half a command" nsw journal
ok "the other half is named" said 'one of: verify, anchor, prune'
exits 2 "an unknown option" nsw ls --no-such-option
exits 2 "a value that is none" nsw ls --limit many
exits 2 "a duration that is none" nsw --timeout soon status
exits 2 "a date that is none" nsw validate --date tomorrow "$SHRIMPS"
exits 2 "an empty id" nsw show ""
ok "is said to be empty" said 'ID is empty'
exits 2 "a clock that is none" nsw replay --clock yesterday "$SHRIMPS"
exits 2 "half a command of the calendar" nsw date tomorrow
ok "its other halves are named" said 'one of: show, set, next, ls'
exits 2 "a refusal on paper without a reason" nsw paper decide X --agency MARD --refuse
exits 2 "a permit without a number" nsw paper decide X --agency MARD
exits 2 "a threshold that is none" nsw replay --threshold 'p95>1s' "$SHRIMPS"
exits 2 "a setting out of range" nsw up --workers 100000
ok "its range is named" said 'from 0 to 256'
exits 2 "a mistake is a row as well" nsw --json submit
is_row() { grep -q '^{"v":1,"type":"error","exit":2,"code":"CLI-001"' "$OUT"; }
ok "on stdout" is_row

# ---- help ---------------------------------------------------------------------------------------------

exits 0 "help lists the commands" nsw help
cp "$OUT" "$SCRATCH/help"
ok "and the exit codes" said '^Exit codes' 'refused by the gateway or an agency'
exits 0 "--help is the same" nsw --help
ok "to the letter" cmp "$OUT" "$SCRATCH/help"
every_command_has_help()
{
	local command
	while read -r command; do
		# shellcheck disable=SC2086
		run 0 nsw $command --help && said '^Usage: ' && continue
		echo "$command"
		return 1
	done < <(awk '/^  [a-z]/ { print substr($0, 3, 15) }' "$SCRATCH/help" | grep -v '^help')
}
ok "every command has help of its own" every_command_has_help
exits 0 "options may stand before the command" nsw --json version
ok "and are heard" said '^{"v":1,"type":"version"'

# ---- offline -------------------------------------------------------------------------------------------

exits 0 "the samples are listed" nsw samples ls
of_files() { set -- schemas/*/samples/*.xml && [ "$(wc -l <"$OUT")" = $(($# + 1)) ]; }
ok "each file of each kind" of_files
exits 0 "a name is enough" nsw samples cat shrimp-thailand
ok "the sample comes as it is" cmp "$OUT" "$SHRIMPS"
exits 0 "or a part of it" nsw samples cat machine-parts-jap
exits 3 "a part that many have is none" nsw samples cat shrimp
ok "some are named" said 'samples have this in their name: .*/shrimp-thailand'
exits 0 "the kind tells namesakes apart" nsw samples cat dec-imp/shrimp-thailand
ok "as they are" cmp "$OUT" "$SHRIMPS"
exits 3 "an unknown one is told" nsw samples cat no-such-sample
exits 0 "all samples are valid on the day they were written" nsw validate "$SAMPLES"/*.xml
ok "and counted" said "^$(find "$SAMPLES" -name '*.xml' | wc -l) files valid, 0 invalid"
exits 3 "and not a dozen years later" nsw validate --date 2026-01-01 "$SAMPLES"/*.xml
exits 0 "standard input is a file" nsw validate --date 2014-02-26 - <"$SHRIMPS"
exits 3 "a file that is not there" nsw validate "$SCRATCH/absent.xml"
ok "is named" said 'absent.xml: IO-001'
exits 3 "the worst of several decides" nsw validate --date 2014-02-26 "$SHRIMPS" "$SCRATCH/absent.xml"
exits 3 "a folder of kinds that is not there" nsw validate --kinds "$SCRATCH/absent" "$SHRIMPS"
printf '<a>\n<b></a>' >"$SCRATCH/cut.xml"
echo '<unknown/>' >"$SCRATCH/unknown.xml"
exits 3 "documents of no known kind" nsw validate "$SCRATCH/unknown.xml" "$SCRATCH/unknown.xml"
ok "what may be missing is told once" test "$(grep -c 'left out for want of' "$ERR")" = 1
exits 3 "what is not well-formed" nsw validate --json "$SCRATCH/cut.xml"
ok "is a finding with its line" said '"type":"finding".*"line":2,"code":"XML-001"' '"valid":false'

# ---- nobody there ------------------------------------------------------------------------------------------

export NSW_STATE=$SCRATCH/empty
exits 4 "no gateway was started here" nsw status
ok "the remedy is named" said 'CLI-002' 'hint: start one'
exits 4 "it is a row as well" nsw status --json
ok "with the exit code" said '"type":"error","exit":4,"code":"CLI-002"'
exits 4 "nobody is ready" nsw ready
exits 4 "and not after waiting either" nsw ready --wait --timeout 100ms
exits 3 "there are no keys to sign with" nsw submit "$SHRIMPS"
exits 3 "and no journal to verify" nsw journal verify

# ---- with a gateway -------------------------------------------------------------------------------------------

sandbox day --date 2014-02-26 --skip-time
exits 0 "it can be named by its endpoint" nsw status -g "ipc://$NSW_STATE/bus"
exits 4 "another endpoint has nobody" nsw status -g "ipc://$SCRATCH/nobody"
exits 0 "--run labels what is sent" nsw submit --run mine --wait "$SHRIMPS"
nsw submit -q --run other "$PARTS" >/dev/null 2>&1
exits 0 "and what is looked at" nsw ls --run mine
one() { [ "$(wc -l <"$OUT")" = 2 ]; }
ok "nothing else is shown" one
exits 0 "every row of --json is an object with v and type" nsw ls --json
all_rows() { ! grep -qv '^{"v":1,"type":"message",.*}$' "$OUT" && [ -s "$OUT" ]; }
ok "one a line" all_rows

pipe_closes() # a reader that leaves after the first line ends the tail, and nobody complains
{
	local status
	nsw tail --from 0 2>"$ERR" | head -n 1 >"$OUT"
	status=${PIPESTATUS[0]}
	[ "$status" = 0 ] && [ ! -s "$ERR" ] && return
	echo "exit $status"
	cat "$ERR"
	return 1
}
ok "a closed pipe ends tail quietly" pipe_closes
interrupted() # ^C while it waits for the next event
{
	local pid status=0
	mkfifo "$SCRATCH/fifo"
	env --default-signal=INT "$BIN/nsw" tail --from 0 >"$SCRATCH/fifo" 2>/dev/null &
	pid=$!
	exec 3<"$SCRATCH/fifo"
	head -n 1 <&3 >/dev/null # it follows
	kill -INT "$pid"
	wait "$pid" || status=$?
	exec 3<&-
	[ $status = 130 ] || { echo "exit $status"; return 1; }
}
ok "^C ends it with 130" interrupted
disk_is_full()
{
	local status=0
	nsw ls >/dev/full 2>"$ERR" || status=$?
	[ $status = 70 ] && grep -q 'IO-003' "$ERR"
}
ok "a full disk is said" disk_is_full

sandbox slow --date 2014-02-26 # time does not skip: decisions take hours
exits 5 "what is not decided in time exits with 5" nsw submit --wait --timeout 1s "$SHRIMPS"
ok "and it is said who has not decided" said 'CLI-004.*not decided within 1 s.*waiting for .*MARD'
export NSW_STATE=$SCRATCH/day

# ---- replay ------------------------------------------------------------------------------------------------------

mkdir "$SCRATCH/many"
for n in 1 2 3 4 5 6; do mv "$(fresh "$FRUIT" "MANY-$n")" "$SCRATCH/many/"; done
exits 0 "a dry run says what would be sent" nsw replay --dry-run --rate 2/s --loop 3 "$SCRATCH/many"
ok "and how long it would take" said '^6 documents, 18 messages, 2.0/s, 8.5s'
exits 0 "a folder is replayed until it is decided" \
	nsw replay "$SCRATCH/many" --speed max -j 3 --wait final --json
ok "each of them" said '"type":"replay","sent":6,.*"receipts":6,.*"ended":6'
exits 0 "its own ids again: the same receipts, nothing new" \
	nsw replay "$SCRATCH/many" --same-ids --loop 3 --speed max --count 10 --json
exits 1 "a threshold that is not met" nsw replay "$SHRIMPS" --threshold 'max<1ms,refused<1%'
ok "is told" said 'refused < 1: 100 NOT MET'

finish
