#!/bin/bash
# What README.md tells a newcomer to do works as it stands there, the three recipes first of all:
# a kind, a rule and an agency that the window has never heard of, made of nothing but the page.
. "$(dirname "$0")/report.sh"

nsw() { "$BIN/nsw" --state "$SCRATCH/state" "$@"; }

# "```xml mine/art-imp/kind.xml" opens a file, "```" ends it.
files_of_the_page()
{
	mkdir -p "$SCRATCH"/mine/{art-imp,parties} "$SCRATCH/story"
	awk -v folder="$SCRATCH" '
		/^```$/ { file = "" }
		file { print > file }
		/^```xml (mine|story)\// { file = folder "/" $2; count++ }
		END { exit count < 9 }' README.md
}

takes_the_lotus() { nsw validate --kinds "$SCRATCH/mine" "$SCRATCH/mine/lotus.xml"; }
refuses_a_shirt()
{
	sed 's/970110/620520/' "$SCRATCH/mine/lotus.xml" >"$SCRATCH/shirt.xml"
	nsw validate --kinds "$SCRATCH/mine" "$SCRATCH/shirt.xml" >"$SCRATCH/said" 2>&1
	[ $? = 3 ] && grep -q 'shirt.xml:3: ART-01: .* 620520' "$SCRATCH/said" || { cat "$SCRATCH/said"; false; }
}

start()
{
	at_exit nsw -q down
	nsw up --kinds "$SCRATCH/mine" --parties "$SCRATCH/mine/parties" --date 2016-06-20 \
		--skip-time --detach
}
on_its_day() { nsw date set 2016-07-01; }
ends_with() # EXIT FILE WORD...
{
	local expected=$1 file=$2 word
	shift 2
	nsw submit --wait "$file" >"$SCRATCH/said" 2>&1
	[ $? = "$expected" ] || { cat "$SCRATCH/said"; return 1; }
	for word in "$@"; do grep -q "$word" "$SCRATCH/said" || { cat "$SCRATCH/said"; return 1; }; done
}
another() # NAME: the lotus under another reference
{
	sed "s/-001/-$1/" "$SCRATCH/mine/lotus.xml" >"$SCRATCH/$1.xml"
	echo "$SCRATCH/$1.xml"
}
an_antique()
{
	sed 's/1938/1888/; s/-001/-002/' "$SCRATCH/mine/lotus.xml" >"$SCRATCH/antique.xml"
	ends_with 6 "$SCRATCH/antique.xml" MoCST REFUSED
}

# What is said of the scenario stands on the page, but for the times.
told_of_the_scenario()
{
	local program
	program=$(realpath "$BIN/nsw")
	(cd "$SCRATCH" && "$program" test story/licence.xml >said)
	[ $? = 1 ] && sed -n '/^    PASS  licence/,/passed,/s/^    //p' README.md | without_times >"$SCRATCH/page" &&
		without_times <"$SCRATCH/said" | diff "$SCRATCH/page" -
}
without_times() { sed 's/[0-9]*\.[0-9]*s$/TIME/; s/nsw show [0-9a-f]*$/nsw show ID/'; }

# Indented command lines of "by hand", in order, with this build's programs.
commands_by_hand()
{
	local line count=0
	nsw -q down
	rm -rf "$SCRATCH/state"
	nsw up --date 2014-02-26 --skip-time --detach || return 1
	while read -r line; do
		[[ $line == *" up "* || $line == *" down" ]] && continue # the one above is used
		line=${line%%   *} # what follows is for the reader
		line=${line/build\/bin\/nsw/nsw}
		line=${line/ \/tmp\// "$SCRATCH"/}
		eval "$line" >"$SCRATCH/said" 2>&1 || { echo "$line"; cat "$SCRATCH/said"; return 1; }
		count=$((count + 1))
	done < <(sed -n 's|^    \(build/bin/nsw .*\)|\1|p' README.md)
	[ $count -ge 4 ]
}

places_of_the_table()
{
	local place
	sed -n '/^| question/,/^$/p' README.md | cut -d'|' -f3 | grep -o '`[^`]*`' | tr -d '`' |
		grep / | grep -v ' ' | while read -r place; do
		[ -e "$place" ] || echo "$place is not there"
	done >"$SCRATCH/said"
	[ ! -s "$SCRATCH/said" ] || { cat "$SCRATCH/said"; false; }
}

check "each place in the thirty-second table exists" places_of_the_table
check "the recipes' files stand on the page" files_of_the_page
check "a document of the new kind is valid" takes_the_lotus
check "the new rule refuses, with its id and line" refuses_a_shirt
check "the window starts with the new agency" start
check "before its day the new agency decides on paper" ends_with 0 "$(another before)" PAPER_DUE
check "gateway time is set to its day" on_its_day
check "the new agency approves" ends_with 0 "$SCRATCH/mine/lotus.xml" MoCST APPROVED
check "the new agency refuses" an_antique
check "the scenario of the page fails as it stands there" told_of_the_scenario
check "the commands of the page do what they say" commands_by_hand
finish
