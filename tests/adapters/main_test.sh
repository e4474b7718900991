#!/bin/bash
# nsw-adapter as a program: what it says to wrong options and broken files, and how it ends.
. "$(dirname "$0")/../report.sh"

keys=$SCRATCH/keys
certs-example/make-pki "$keys" NSW-VN:p256 MoF:p256 MARD:p256 || exit 70
sed 's/<decisions answer=/<decisions anser=/' adapters/mof.xml >"$SCRATCH/mof.xml"
broken=$(grep -n '<decisions' adapters/mof.xml | cut -d: -f1)
endpoint=ipc://$SCRATCH/bus
complete=(--profile adapters/mof.xml --connect "$endpoint" --keys "$keys" --kinds schemas)

adapter() { timeout 20 "$BIN/nsw-adapter" "$@" >"$SCRATCH/out" 2>"$SCRATCH/said"; }

# STATUS, words that stderr must have, ARGUMENTS
ends_with()
{
	local status=$1 words=$2
	shift 2
	adapter "$@"
	[ $? = "$status" ] && grep -qF -- "$words" "$SCRATCH/said" && [ ! -s "$SCRATCH/out" ] && return
	cat "$SCRATCH/said"
	return 1
}

check "no option is a usage error" ends_with 2 "--profile is missing"
check "each option that is missing is named" ends_with 2 "--keys is missing" "${complete[@]:0:4}"
check "an unknown option is a usage error" ends_with 2 "--colour" "${complete[@]}" --colour
check "a word too many is a usage error" ends_with 2 "'more'" "${complete[@]}" more
check "a profile that is not there is named" \
	ends_with 3 "no-such.xml" --profile no-such.xml "${complete[@]:2}"
check "a broken profile is named with its line" \
	ends_with 3 "$SCRATCH/mof.xml:$broken" --profile "$SCRATCH/mof.xml" "${complete[@]:2}"
check "a party can be hosted once" ends_with 3 "ADP-005" "${complete[@]}" --profile adapters/mof.xml
check "a folder of kinds that is not there is named" \
	ends_with 3 "no/kinds" "${complete[@]}" --kinds no/kinds
check "a keyring that is not there is named" ends_with 3 "no/keys" "${complete[@]}" --keys no/keys
check "a gateway without a key is named" ends_with 3 "NSW-XX" "${complete[@]}" --gateway NSW-XX
check "an endpoint that cannot be used is named" \
	ends_with 3 "BUS-001" "${complete[@]}" --connect nowhere
check "a command for a party that is not hosted is named" \
	ends_with 3 "ADP-024" "${complete[@]}" --exec NOBODY=true
check "a command with a variable before it is no party's" \
	ends_with 3 "env NAME=VALUE" "${complete[@]}" --exec 'LANG=C decide'
check "a party has one command" \
	ends_with 3 "already" "${complete[@]}" --exec MoF=true --exec MoF=false
check "a party needs a command" ends_with 3 "no command" "${complete[@]}" --exec MoF=
check "a command may not outlast the gateway's patience" \
	ends_with 3 "at most 10s" "${complete[@]}" --exec true --exec-within 11s
check "a command needs some time" ends_with 3 "ADP-024" "${complete[@]}" --exec-within 0s

# Two parties that look for a gateway; both have said that there is none when they are stopped.
stopped_by() # SIGNAL
{
	local line parties='' adapter status
	exec {said}< <(exec "$BIN/nsw-adapter" "${complete[@]}" --profile adapters/mard.xml 2>&1)
	adapter=$!
	while [ "$parties" != 2 ] && read -r -t 20 line <&$said; do
		grep -q 'code=BUS-031' <<<"$line" && parties=$((parties + 1))
	done
	kill -"$1" "$adapter"
	wait "$adapter"
	status=$?
	exec {said}<&-
	[ "$parties" = 2 ] && [ $status = 0 ]
}

check "SIGTERM ends it cleanly" stopped_by TERM
check "SIGINT ends it cleanly" stopped_by INT

finish
