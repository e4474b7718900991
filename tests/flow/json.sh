#!/bin/bash
# What `nsw` prints with --json is what schemas/json/rows.schema.json says: every line of every command over
# a small story, and of its mistakes, is judged by a public validator; and the schema describes nothing that
# nobody prints.
. tests/flow/lib.bash

schema=schemas/json/rows.schema.json
rows=$SCRATCH/rows
mkdir "$rows"

# rows EXIT COMMAND...: with --json; what it prints is kept, to be judged below
count=100
rows_of()
{
	local expected=$1
	shift
	count=$((count + 1))
	echo "$*" >>"$SCRATCH/commands"
	run "$expected" nsw --json "$@" || return 1
	cp "$OUT" "$rows/$count-$(tr -cs 'a-z0-9\n' - <<<"$*" | cut -c 1-40).jsonl"
}
rows() # EXIT SENTENCE COMMAND...
{
	local expected=$1 sentence=$2
	shift 2
	check "$sentence" rows_of "$expected" "$@"
}

# ---- without a gateway ------------------------------------------------------------------------------

rows 0 "the version" version
rows 0 "what is valid" validate "$SHRIMPS" "$PARTS"
sed 's|<CountryCode>TH<|<CountryCode>ZZ<|' "$SHRIMPS" >"$SCRATCH/wrong.xml"
head -c 900 "$SHRIMPS" >"$SCRATCH/cut.xml"
rows 3 "what is not" validate "$SCRATCH/wrong.xml" "$SCRATCH/cut.xml"
rows 3 "what is not there" validate "$SCRATCH/nothing.xml"
rows 0 "a plan" plan --dates 2014-02-26,2016-07-01 "$SHRIMPS"
rows 0 "the calendar" timeline
rows 0 "who is connected on a day" timeline --at 2014-02-26
rows 0 "the samples" samples ls
rows 0 "the next days" timeline --from 2015-01-01 --to 2015-12-31 --party MoH
rows 2 "a wrong option" ls --no-such-option
rows 2 "a wrong command" validat
rows 2 "no file" submit
rows 4 "no gateway" status
rows 0 "a folder to begin with" init "$SCRATCH/starter"
rows 3 "which is not written over" init "$SCRATCH/starter"

# ---- a story ----------------------------------------------------------------------------------------

export NSW_STATE=$SCRATCH/json
at_exit env NSW_STATE="$NSW_STATE" "$BIN/nsw" down -q
rows 0 "a gateway starts" up --detach --timeout 60s --absence 30s --date 2014-02-26 --attempts 2 \
	--retry-first 1s --without MoIT
rows 1 "once" up --detach
rows 4 "not everybody is there" ready
rows 0 "an import waits for quarantine" submit --set FunctionalReferenceID=JSON-0 "$SHRIMPS"
rows 0 "on paper" paper ls
rows 0 "which decides" paper decide JSON-0 --agency MARD --permit TY-HP-1
rows 0 "a day later" date next
rows 0 "a request to who is not there" submit --clock shift --set FunctionalReferenceID=JSON-9 \
	schemas/lpa/samples/motorcycles-moit.xml
rows 5 "who is waited for" submit --wait --timeout 300ms --clock shift --set FunctionalReferenceID=JSON-8 \
	schemas/lpa/samples/motorcycles-moit.xml
rows 0 "a fault" fault add MoT drop on=request first=1 every=2 probability=0.5 for=1d document=DEC-IMP
rows 3 "of a kind that does not exist" fault add MoT dorp
rows 0 "is listed" fault ls
rows 0 "and removed" fault rm f-1
rows 0 "as are all" fault reset
rows 0 "a ministry is cut off" agency off MoT
rows 0 "and that is seen" agency ls
rows 0 "and comes back" agency on MoT
rows 0 "the end" down
rows 0 "twice" down
rows 0 "it goes on, and time skips" up --detach --timeout 60s --absence 30s --skip-time
rows 0 "is ready" ready --wait
rows 0 "and shown" status
rows 0 "a document is signed" sign --date 2014-02-26 --out "$SCRATCH/signed" "$SHRIMPS"
rows 0 "handed in and followed" submit --wait --set FunctionalReferenceID=JSON-1 "$SHRIMPS"
rows 0 "handed in" submit --set FunctionalReferenceID=JSON-2 "$PARTS"
rows 6 "refused" submit --wait --set FunctionalReferenceID=JSON-3 "$SCRATCH/wrong.xml"
rows 6 "not even well-formed" submit --kind DEC-IMP "$SCRATCH/cut.xml"
rows 0 "listed" ls
rows 0 "and what failed" ls --failed
rows 0 "one is shown" show JSON-1
rows 0 "with what is wrong with it" show "$(nsw ls --failed --json | sed -n '1s/.*"id":"\([^"]*\)".*/\1/p')"
rows 3 "none is shown" show no-such-id
rows 0 "what happened" tail --no-follow
rows 0 "papers" paper ls
rows 3 "no paper to decide" paper decide JSON-1 --agency MoF --permit 1
rows 3 "nothing to try again" retry JSON-1
rows 0 "the trader's mailbox" fetch --leave
rows 0 "and as any party" receive --as 9900000016 --to "$SCRATCH/inbox"
rows 0 "a message is exported" export JSON-1 --to "$SCRATCH/exported"
rows 0 "and verified" verify "$SCRATCH/exported"
find "$SCRATCH/exported" -name payload.xml -exec sed -i '$a <!-- -->' {} +
rows 7 "until it is changed" verify "$SCRATCH/exported"
rows 0 "it is verified where it is" verify JSON-1
rows 0 "the journal is whole" journal verify
rows 0 "what it withstands" selftest --only A1
rows 0 "and ends somewhere" journal anchor
rows 0 "what is long over is given up" journal prune --older-than 9d
rows 0 "a replay is counted beforehand" replay --dry-run "$SHRIMPS" "$PARTS"
rows 0 "and told" replay --same-ids --wait final --threshold 'p95<60s' "$SHRIMPS" "$PARTS"
rows 1 "each message, and what it should have met" replay -v --threshold 'refused<1%' "$SCRATCH/wrong.xml"
rows 4 "nobody at an endpoint" ready --gateway "ipc://$SCRATCH/nobody"
rows 0 "the date" date
rows 0 "the calendar" date ls
rows 0 "the calendar's next day" date next
rows 0 "another" date set 2015-06-01
rows 6 "none that is past" date set 2014-01-01
rows 0 "the demonstration" demo

# ---- scenarios --------------------------------------------------------------------------------------

rows 0 "scenarios are listed" test --list "$SCRATCH/starter"
rows 0 "and run" test -j 2 "$SCRATCH/starter"
rows 1 "one that fails" test tests/scenarios_that_fail
sed 's/kind="drop"/kind="dorp"/' "$SCRATCH/starter/licence.xml" >"$SCRATCH/dorp.xml"
rows 3 "one that is none" test "$SCRATCH/dorp.xml"

# ---- all of it --------------------------------------------------------------------------------------

# Help is for people, and a sample is the document itself.
every_command()
{
	local command
	nsw help | awk '/^  [a-z]/ { print substr($0, 3, 15) }' | sed 's/ *$//' |
		grep -vxE 'help|samples cat' | while read -r command; do
		grep -q "^$command\>" "$SCRATCH/commands" || echo "$command was not asked for rows"
	done >"$SCRATCH/said"
	[ ! -s "$SCRATCH/said" ] || { cat "$SCRATCH/said"; false; }
}
ok "every command was asked" every_command

# Rows that only the control protocol has: gateway/control/protocol.md.
protocol='ask|body|delivery|end|none|settled'
every_type()
{
	grep -rhoE 'row_new\("[a-z_-]+"\)' gateway --include='*.c' | cut -d'"' -f2 | sort -u |
		grep -vxE "$protocol" | while read -r kind; do
		grep -q "\"row-$kind\"" "$schema" || echo "the schema does not know rows of the type $kind"
	done >"$SCRATCH/said"
	[ ! -s "$SCRATCH/said" ] || { cat "$SCRATCH/said"; false; }
}
ok "every type of row is described" every_type

# ---- judged -----------------------------------------------------------------------------------------

ok "the schema is one, and every line is what it says" "$(tests/python jsonschema)" tests/valid_rows "$schema" "$rows"/*.jsonl
finish
