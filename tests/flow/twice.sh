#!/bin/bash
# The same message twice is one message: before the first completes, after it, after a restart.
. tests/flow/lib.bash

sandbox day --date 2014-02-26 # time does not skip: decisions take hours
exits 0 "the first is receipted" nsw submit --keep "$SCRATCH/first" "$SHRIMPS"
id=$(head -n 1 "$OUT" | cut -f1)

again() # NAME [OPTION...]
{
	local name=$1
	shift
	run 0 nsw submit --raw-envelope "$SCRATCH/first/message/envelope.xml" \
		--keep "$SCRATCH/$name" "$@" "$SHRIMPS"
}
same_receipt() # NAME
{
	cmp "$SCRATCH/first/receipt/envelope.xml" "$SCRATCH/$1/receipt/envelope.xml" &&
		cmp "$SCRATCH/first/receipt/payload.xml" "$SCRATCH/$1/receipt/payload.xml"
}
undecided() { [ "$(state_of "$id")" != CLEARED ]; }

ok "it is not decided yet" undecided
ok "the same again is taken" again before
ok "and gets the same receipt, byte for byte" same_receipt before

nsw down -q
sandbox day --skip-time
ok "after a restart the same is taken" again restarted --wait
decided() { [ "$(state_of "$id")" = CLEARED ]; }
ok "it is decided meanwhile" decided
ok "the receipt is still the first" same_receipt restarted
ok "after completion the same is taken" again completed
ok "the receipt is still the first" same_receipt completed
refused JRN-001 "the same id with another content" "$PARTS" --id "$id"

ids="aaaaaaaa-0000-4000-8000-000000000001"
nsw submit -q --as 9900000016 --id "$ids" "$PARTS" >/dev/null 2>&1
exits 0 "another party may use the same id" nsw submit --as 9900000023 --id "$ids" "$(fresh "$PARTS" B-1)"

decided_once() { [ "$(nsw show VN14-HPH-000118 --json | grep -c '"event":"RELEASED"')" = 1 ]; }
ok "customs decided once" decided_once
exits 0 "the journal is whole" nsw journal verify

# ---- both at the same time ------------------------------------------------------------------------

document=$(fresh "$FRUIT" TWINS-1)
nsw submit -q --keep "$SCRATCH/twin" "$document" >/dev/null 2>&1
race()
{
	local i pids=() failed=0
	for i in 1 2 3 4; do
		nsw submit -q --raw-envelope "$SCRATCH/twin/message/envelope.xml" \
			--keep "$SCRATCH/twin-$i" "$document" >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i" || failed=1; done
	for i in 1 2 3 4; do
		cmp "$SCRATCH/twin/receipt/envelope.xml" "$SCRATCH/twin-$i/receipt/envelope.xml" || failed=1
	done
	return $failed
}
ok "four at once get one receipt" race

finish
