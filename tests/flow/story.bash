# story - what the stories share: real programs under the real calendar. To be sourced like lib.bash:
#
#	. tests/flow/story.bash
#	day one --date 2015-12-01 --skip-time	a sandbox; the one before has ended
#	day one --skip-time			on with it
#	reaches APPROVED LPA15-MOT-000302	the case gets to that state within ten seconds
#	tasks LPA15-MOT-000302			"PARTY PROCEDURE ROUTE LINK VIA" of each of its tasks
#	told 9900000016 LPR REFERENCE PATTERN	a letter of that kind says so
#	went LPA15-MOT-000302 LPR MoF		the record has it that it went there

. tests/flow/lib.bash
leisurely "the story"

IMPORTS=schemas/dec-imp/samples EXPORTS=schemas/dec-exp/samples APPLICATIONS=schemas/lpa/samples

day() # NAME [OPTION of nsw up...]
{
	[ -z "${NSW_STATE:-}" ] || nsw down -q
	MAIL=$SCRATCH/mail-$1
	sandbox "$1" --calendar "" "${@:2}"
}

in_state() { [ "$(state_of "$2")" = "$1" ]; }
reaches() # STATE ID
{
	soon in_state "$@" && return
	echo "$2 is $(state_of "$2"), not $1"
	nsw show "$2" | tail -n 20
	return 1
}

# field NAME: of JSON rows, one a line; null is -
field() { sed -n 's/.*"'"$1"'":\(null\|"\([^"]*\)"\|[a-z0-9]*\)[,}].*/\1/p' | sed 's/^null$/-/; s/^"\(.*\)"$/\1/'; }

# What carries nothing goes by nothing; what has no other name goes by the single window.
tasks() # ID
{
	local row link via
	nsw show "$1" --json | grep '"type":"task"' | while read -r row; do
		link=$(field link <<<"$row") via=$(field via <<<"$row")
		[ "$via" != - ] || case $link in LIVE | PARALLEL) via="single window" ;; esac
		echo "$(field party <<<"$row") $(field procedure <<<"$row") $(field route <<<"$row") $link $via"
	done
}
has_task() # ID LINE
{
	tasks "$1" >"$OUT"
	grep -qxF "$2" "$OUT" && return
	echo "no task: $2"
	cat "$OUT"
	return 1
}

# What waits in a trader's mailbox is taken as it comes; of each letter a line in $MAIL/PARTY.list.
mail() # PARTY
{
	mkdir -p "$MAIL"
	nsw receive -q --as "$1" --to "$MAIL/$1" --ack >>"$MAIL/$1.list" 2>&1
}
# letters PARTY KIND REFERENCE: the payloads of that kind about that reference ("": any), the oldest first
letters()
{
	awk -F '\t' -v kind="$2" -v about="$3" -v to="$MAIL/$1" \
		'$2 == kind && (about == "" || $5 == about) { print to "/" $7 "/payload.xml" }' "$MAIL/$1.list"
}
in_a_letter() # PARTY KIND REFERENCE PATTERN
{
	mail "$1" || return 1
	[ -n "$(letters "$1" "$2" "$3" | xargs -r grep -he "$4")" ]
}
told() # PARTY KIND REFERENCE PATTERN: a letter says so, now or within ten seconds
{
	soon in_a_letter "$@" && return
	echo "no $2 about $3 to $1 says: $4"
	cat "$MAIL/$1.list"
	return 1
}
# went ID KIND PARTY...: a message of that kind went to those parties, as the record of ID has it
went()
{
	local id=$1 kind=$2 party
	shift 2
	nsw show "$id" --json >"$OUT"
	for party; do
		grep '"event":"planned"' "$OUT" | grep "\"hop\":\"$party\"" | grep -q "\"text\":\"$kind\"" && continue
		echo "no $kind of $id went to $party"
		return 1
	done
}
