#!/bin/bash
# The stories and tables of tests/scenarios pass; the one that is meant to fail says why.
. "$(dirname "$0")/report.sh"

unset NSW_GATEWAY NSW_STATE NSW_RUN NSW_KEYS NSW_KINDS NSW_JSON NSW_TIMEOUT NSW_DATE NSW_PARTIES
nsw() { "$BIN/nsw" "$@"; }

files=(tests/scenarios/*.xml)
# A thread sanitizer is slow, and the threads are the same in all of them.
[ "${MODE:-debug}" != tsan ] || files=(tests/scenarios/{01,02,12}-*.xml)

# ---- all of them, once ------------------------------------------------------------------------

nsw test -j 2 "${files[@]}" >"$SCRATCH/all" 2>"$SCRATCH/trouble"
status=$?

# What was said of a scenario: its PASS, FAIL, ERROR and SKIP lines, and what stands below them.
said_of() { awk -v name="$1" '/^[A-Z]/ { of = $2 } /^[0-9]/ { of = "" } of == name' "$SCRATCH/all"; }
passed() # NAME
{
	said_of "$1" >"$SCRATCH/said"
	grep -q '^PASS ' "$SCRATCH/said" && ! grep -v '^PASS ' "$SCRATCH/said" && return
	cat "$SCRATCH/trouble"
	return 1
}
title_of() { sed -n '/<scenario /,/>/s/.*[ \t]'"$2"'="\([^"]*\)".*/\1/p' "$1"; }

for file in "${files[@]}"; do
	check "$(basename "$file" .xml): $(title_of "$file" title)" passed "$(title_of "$file" name)"
done
check "together they end with 0" test $status = 0

every_file_has_a_line()
{
	local file missing=0
	for file in tests/scenarios/*.xml; do
		grep -q "^| \[$(basename "$file" .xml)\]" tests/scenarios/README.md && continue
		echo "README.md does not tell of $file"
		missing=1
	done
	return $missing
}
check "the index has them all" every_file_has_a_line

# ---- one that fails, and says why ---------------------------------------------------------------

cat >"$SCRATCH/expected" <<'END'
PASS  moit-flaky-permit / permit is granted after two lost requests   TIME
FAIL  moit-flaky-permit / health ministry joins later                 TIME
  tests/scenarios_that_fail/moit-flaky.xml:19  expected d2 from MoH: ACCEPTED within 2s
                                               nearest  d2 from MoH: PAPER_DUE at 0.000s
  hint: at 2015-09-08 MoH is not connected; it joins on 2015-12-01
  more: nsw test --keep --filter moit-flaky-permit tests/scenarios_that_fail/moit-flaky.xml, then nsw show ID
1 passed, 1 failed, 0 skipped
END
as_expected()
{
	nsw test tests/scenarios_that_fail/moit-flaky.xml >"$SCRATCH/out" 2>&1
	[ $? = 1 ] || { cat "$SCRATCH/out"; return 1; }
	sed '/^PASS\|^FAIL/s/[0-9.]*s$/TIME/; s/nsw show [0-9a-f]*$/nsw show ID/' "$SCRATCH/out" |
		diff "$SCRATCH/expected" -
}
check "a failure names file, line, expectation, nearest, hint, and what shows more" as_expected

finish
