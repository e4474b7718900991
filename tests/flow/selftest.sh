#!/bin/bash
# `nsw selftest` shows what a gateway withstands, and says so when it does not.
. tests/flow/lib.bash

sandbox day --date 2014-02-26 --skip-time
trader=9900000016
memory=100
[ "${MODE:-debug}" = debug ] || memory=2000 # a sanitizer keeps what was freed

check "every hostile case ends as it must" run 0 nsw selftest --hostile --memory $memory
check "it ends with totals" grep -q '^[0-9]* passed, 0 failed, [01] skipped$' "$OUT"
cases=$(grep -c '<probe ' schemas/selftest.xml)
fired() { [ "$(grep -cP '\t(passed|skipped)$' "$OUT")" = $((cases + 4)) ]; }
check "each case has a line" fired
check "one case alone" run 0 nsw selftest --only B13
refute "the others are not fired then" grep -q '^A1' "$OUT"
check "without --hostile only honest messages are sent" run 0 nsw selftest
refute "no hostile one" grep -q 'transport' "$OUT"
check "a case that there is not" run 3 nsw selftest --only Z99
check "the code says which" grep -q 'SLF-001' "$ERR"

# A trader whose signature does not hold: then nothing can be shown, and it says so.
certs-example/make-pki "$SCRATCH/foreign" $trader:p256 NSW-VN:p256
cp -R "$NSW_STATE/keys" "$SCRATCH/keys"
cp "$SCRATCH/foreign/parties/$trader"/sign.* "$SCRATCH/keys/parties/$trader/"
check "where honest messages are refused it fails" run 1 nsw selftest --hostile --keys "$SCRATCH/keys"
check "the line says what came back" grep -qE '^before.*RECEIPT.*SIG-0[0-9]*.*failed$' "$OUT"
check "the journal is whole after all that" run 0 nsw journal verify
finish
