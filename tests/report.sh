# report - how a shell test says what it found; to be sourced by tests/**/*.sh.
#
#	. tests/report.sh
#	check "a sentence that should be true" COMMAND ARGUMENT...
#	refute "a sentence whose command should fail" COMMAND ARGUMENT...
#	skip "a sentence" "why it was not looked at"
#	finish
#
# The form is cmocka's, so that tests/run reads shell and C alike. Tests run in the root of the
# project, with BIN (programs), SCRATCH (a folder of their own, removed afterwards) and O set;
# alone they find the debug build: tests/architecture_test.sh. What a test starts it stops:
# `at_exit COMMAND...`, run in reverse order whatever happens.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
: "${O:=build/debug}"
: "${BIN:=$O/bin}"
export O BIN

report_passed=0 report_failed=0 report_skipped=0 report_cleanup=()
at_exit() { report_cleanup=("$(printf '%q ' "$@")" "${report_cleanup[@]}"); }
report_end()
{
	local command
	for command in "${report_cleanup[@]}"; do eval "$command"; done
}
trap report_end EXIT
trap 'exit 130' INT TERM

if [ -z "${SCRATCH:-}" ]; then
	SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/nsw.XXXXXX") || exit 70
	at_exit rm -rf "$SCRATCH"
fi
export SCRATCH

check() # SENTENCE COMMAND...
{
	local sentence=$1
	shift
	echo "[ RUN      ] $sentence"
	if "$@"; then
		echo "[       OK ] $sentence"
		report_passed=$((report_passed + 1))
	else
		echo "status $?: $(printf '%q ' "$@")"
		echo "[  FAILED  ] $sentence"
		report_failed=$((report_failed + 1))
	fi
}

refute() # SENTENCE COMMAND...
{
	local sentence=$1
	shift
	check "$sentence" report_fails "$@"
}
report_fails()
{
	if "$@"; then
		echo "succeeded, and should not have"
		return 1
	fi
}

skip() # SENTENCE REASON
{
	echo "[ RUN      ] $1"
	echo "$2"
	echo "[  SKIPPED ] $1"
	report_skipped=$((report_skipped + 1))
}

finish()
{
	echo "$report_passed passed, $report_failed failed, $report_skipped skipped"
	[ "$report_failed" = 0 ] && [ $((report_passed + report_skipped)) -gt 0 ]
	exit
}
