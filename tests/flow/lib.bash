# lib - what the flows share; to be sourced from the project's root:
#
#	. tests/flow/lib.bash
#	sandbox day --date 2014-02-26 --skip-time	a gateway and its ministries, ready
#	ok "a sentence" COMMAND...			it should succeed
#	exits 6 "a sentence" COMMAND...			it should end with that exit code
#	refused SIG-001 "a sentence" FILE [OPTION...]	`nsw submit` is refused with that code
#	finish
#
# Real programs, real keys, ipc endpoints below $SCRATCH. Nothing here sleeps: what takes time is
# waited for by `nsw up`, `--wait` and `--timeout`. Whatever happens, every sandbox is stopped.

. tests/report.sh
set -u

unset NSW_GATEWAY NSW_STATE NSW_RUN NSW_KEYS NSW_KINDS NSW_JSON NSW_TIMEOUT NSW_DATE NSW_PARTIES
export XDG_RUNTIME_DIR=$SCRATCH
SAMPLES=schemas/dec-imp/samples
SHRIMPS=$SAMPLES/shrimp-thailand.xml
FRUIT=$SAMPLES/fruit-china.xml
PARTS=$SAMPLES/machine-parts-japan.xml
REAL=${NSW_REAL_DIR:-../shared/real}

# leisurely WHAT: the threads that meet here meet in shorter flows as well, and a thread sanitizer takes
# ten times as long.
leisurely()
{
	[ "${MODE:-debug}" = tsan ] || return 0
	skip "$1" "its threads are those of shorter flows, and a thread sanitizer is slow"
	finish
	exit 0
}

nsw() { "$BIN/nsw" "$@"; }

# sandbox NAME [OPTION of nsw up...]: start it, or go on with it; later commands talk to it. Everybody
# is connected, always: who tests the rollout gives another --calendar.
sandbox()
{
	export NSW_STATE=$SCRATCH/$1
	shift
	[ -d "$NSW_STATE" ] || at_exit env NSW_STATE="$NSW_STATE" "$BIN/nsw" down -q
	# Adapters may be slow to start beside other tests: time must not skip over them meanwhile.
	if ! nsw up --detach --timeout 60s --absence 30s --calendar none "$@" >"$SCRATCH/up.out" 2>&1; then
		cat "$SCRATCH/up.out" "$NSW_STATE"/*.log 2>/dev/null
		echo "no sandbox" >&2
		exit 1
	fi
}

ok() { check "$@"; }

# What a command said stands in these two afterwards.
OUT=$SCRATCH/out ERR=$SCRATCH/err
run() # EXPECTED-EXIT COMMAND...
{
	local expected=$1 status=0
	shift
	"$@" >"$OUT" 2>"$ERR" || status=$?
	[ "$status" = "$expected" ] && return
	echo "exit $status, not $expected: $(printf '%q ' "$@")"
	head -n 20 "$OUT" "$ERR"
	return 1
}

exits() # EXPECTED-EXIT SENTENCE COMMAND...
{
	local expected=$1 sentence=$2
	shift 2
	check "$sentence" run "$expected" "$@"
}

said() # PATTERN...: each is found in what the last command said, on either stream
{
	local pattern
	for pattern; do
		grep -qe "$pattern" "$OUT" "$ERR" && continue
		echo "nowhere: $pattern"
		head -n 20 "$OUT" "$ERR"
		return 1
	done
}

run_refused() # CODE FILE [OPTION...]
{
	local code=$1
	shift
	run 6 nsw submit "$@" && said "REFUSED $code"
}
refused() # CODE SENTENCE FILE [OPTION...]
{
	local code=$1 sentence=$2
	shift 2
	check "$sentence ($code)" run_refused "$code" "$@"
}

# A sanitizer is several times slower than what it looks at.
case ${MODE:-debug} in asan | tsan) patience=4 ;; *) patience=1 ;; esac
soon() # COMMAND...: it succeeds now, or within ten seconds
{
	local tries=$((200 * patience))
	until "$@"; do
		[ $((tries--)) -gt 0 ] || return 1
		read -rt 0.05 <> <(:) || :
	done
}

in_the_log() { grep -qe "$1" "$NSW_STATE/nswd.log"; }
logged() # PATTERN: in the gateway's log, which may be written a moment after we were told
{
	soon in_the_log "$1" && return
	echo "not logged: $1"
	tail -n 20 "$NSW_STATE/nswd.log"
	return 1
}

# state_of ID
state_of() { nsw show "$1" --json | sed -n '1s/.*"state":"\([^"]*\)".*/\1/p'; }

# fresh FILE NAME: the document under a reference of its own, in $SCRATCH; prints the path.
fresh()
{
	local copy=$SCRATCH/$2.xml
	sed "0,/<FunctionalReferenceID>[^<]*/s//<FunctionalReferenceID>$2/" "$1" >"$copy"
	echo "$copy"
}
