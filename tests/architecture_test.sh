#!/bin/bash
# The house keeps its plan: who may include whom, where each library is named, what stands where.
. "$(dirname "$0")/report.sh"

source_files() { find gateway adapters -name '*.[ch]' | sort; }
tracked()
{
	git ls-files -co --exclude-standard 2>/dev/null ||
		find . -type f -not -path './build/*' -not -path './.git/*' -printf '%P\n'
}

# Lines of standard input are what is wrong; none means well.
none()
{
	local wrong
	wrong=$(cat)
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
}

# ---- includes run one way -----------------------------------------------------------------------

# part        what it may include: folders of gateway/, or single headers
#
# The journal is the waist: what stands right of it, or asks about it, sees its interface only.
# Control looks on, and so also knows who is present.
may_include='
core          core/
accept        core/ accept/
journal       core/ journal/
deliver       core/ deliver/ journal/journal.h journal/conduct.h journal/delivery.h journal/life.h journal/fault_rows.h
control       core/ control/ journal/journal.h journal/fault_rows.h deliver/presence.h
cli           core/ cli/ control/ journal/journal.h journal/life.h deliver/plan.h
clerk         core/ accept/ journal/ deliver/ control/ clerk/ pipeline.h
pipeline      core/ accept/ journal/ deliver/ control/ clerk/ OWN
adapters      core/ OWN
'

part_of() # FILE
{
	case $1 in
	adapters/*) echo adapters ;;
	gateway/*/*) cut -d/ -f2 <<<"$1" ;;
	gateway/*) echo pipeline ;; # main and the driver
	*) echo unknown ;;
	esac
}

allowed() # PART HEADER
{
	local part may each
	while read -r part may; do
		[ "$part" = "$1" ] || continue
		for each in $may; do
			[[ $2 == "$each"* ]] && return
			[[ $each == OWN && $2 != */* ]] && return
		done
	done <<<"$may_include"
	return 1
}

includes_against_the_plan()
{
	source_files | xargs grep -H '^ *# *include *"' |
		sed -n 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/p' |
		while read -r file header; do
			allowed "$(part_of "$file")" "$header" || echo "$file includes $header"
		done | none
}

# "core/../journal/journal.h" would lead round every view.
includes_that_climb()
{
	source_files | xargs grep -nE '^ *# *include *["<][^">]*\.\.' | none
}

# Stages judge and record; only the pipeline's driver speaks to anybody.
stages_that_send()
{
	grep -nE '\<(bus|link)_(send|receive|open)\(' -r gateway/accept gateway/journal \
		gateway/deliver --include='*.[ch]' | none
}

# ---- each library in one place ------------------------------------------------------------------

# header        files that may include it             how many do at most
libraries='
zmq.h           gateway/core/bus[a-z_]*\.c            1
sqlite3.h       gateway/journal/[a-z_]*\.c            1
jansson.h       gateway/core/row\.c                   1
uuid.h          gateway/core/text\.c                  1
libxslt/.*      adapters/transform\.c                 1
openssl/.*      gateway/core/(digest|text|signature[a-z_]*|keyring[a-z_]*)\.[ch]  99
argp.h          (gateway/cli/[a-z_]*\.[ch]|gateway/daemon\.c|adapters/adapter\.c)      99
'

libraries_elsewhere()
{
	local header where most users
	while read -r header where most; do
		[ -n "$header" ] || continue
		users=$(source_files | xargs grep -lE "^ *# *include *<$header>")
		grep -vE "^$where\$" <<<"$users" | sed -n "s|..*|& includes <$header>|p"
		[ "$(grep -c . <<<"$users")" -le "$most" ] || echo "<$header> is included by:" $users
	done <<<"$libraries" | none
}

# ---- what compiles ------------------------------------------------------------------------------

: "${CC:=cc}"
libraries_flags=$(sed -n 's/^PKG_CFLAGS := //p' build/packages.mk 2>/dev/null)
syntax() # VIEW FILE...
{
	local view=$1
	shift
	# shellcheck disable=SC2086 -- flags are words
	$CC -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -fsyntax-only $libraries_flags "-I$view" "$@"
}

headers_that_need_others()
{
	local header view wrong=0
	for header in $(source_files | grep '\.h$'); do
		view=gateway
		[[ $header == adapters/* ]] && view=build/include
		syntax $view -Werror -x c -include "$PWD/$header" /dev/null 2>"$SCRATCH/said" && continue
		echo "$header alone:"
		grep -m 2 error "$SCRATCH/said"
		wrong=1
	done
	return $wrong
}

# A file in adapters/ that includes HEADER, compiled as the Makefile compiles adapters.
adapter_sees() # HEADER
{
	echo "#include \"$1\"" | syntax build/include -iquote adapters -x c - 2>"$SCRATCH/said"
}

adapters_are_blind()
{
	local header seen=0
	adapter_sees core/failure.h || { cat "$SCRATCH/said"; return 1; }
	for header in gateway/pipeline.h gateway/{accept,journal,deliver,control,cli}/*.h; do
		[ -e "$header" ] || continue
		seen=$((seen + 1))
		if adapter_sees "${header#gateway/}"; then
			echo "an adapter can include $header"
			return 1
		fi
	done
	[ $seen -gt 4 ]
}

# The view that the Makefile gives them is the one tried above.
adapters_get_that_view()
{
	make -n V=1 MODE="${MODE:-debug}" O="$SCRATCH/o" "$SCRATCH/o/adapters/main.o" |
		grep -e ' -c -o ' >"$SCRATCH/command"
	grep -q -e ' -Ibuild/include ' "$SCRATCH/command" &&
		refute_words -Igateway -I. -Igateway/core <"$SCRATCH/command"
}
refute_words()
{
	local word words
	words=" $(cat) "
	for word in "$@"; do [[ $words != *" $word "* ]] || return 1; done
}

# ---- what stands where --------------------------------------------------------------------------

top_level()
{
	tracked | cut -d/ -f1 | sort -u |
		grep -vxE '\..*|Makefile|README\.md|LICENSE|gateway|adapters|schemas|certs-example|tests' |
		none
}

agencies_in_code()
{
	find gateway adapters -name '*.c' -print0 | xargs -0 grep -nE '"(MoF|MoT|MoIT|MARD|MoH|MONRE|ASW-)' | none
}

private_keys()
{
	tracked | tr '\n' '\0' | xargs -0 grep -lE 'BEGIN [A-Z ]*PRIVATE KEY-----' -- 2>/dev/null | none
}

paths_of_a_machine()
{
	tracked | tr '\n' '\0' | xargs -0 grep -nIE "(^|[^A-Za-z0-9._])/(home|work|Users)/[a-z]" -- \
		2>/dev/null | grep -v '^tests/architecture_test.sh:' | none
}

long_files()
{
	source_files | xargs wc -l | awk '$2 != "total" && $1 > 600 { print $2 " has " $1 " lines" }'
}

mkdir -p build/include
[ -e build/include/core ] || ln -sfn ../../gateway/core build/include/core

check "includes run one way: main, pipeline, stages, core" includes_against_the_plan
check "no include climbs out of its folder" includes_that_climb
check "a stage never sends" stages_that_send
check "each library is named in one place" libraries_elsewhere
check "every header compiles alone" headers_that_need_others
check "an adapter that includes the gateway's inside does not compile" adapters_are_blind
check "the Makefile gives adapters that view" adapters_get_that_view
check "nothing new stands at the top" top_level
check "no agency is named in the code" agencies_in_code
check "no private key is kept with the sources" private_keys
check "no path of one machine is written down" paths_of_a_machine
long_files # to be looked at, not refused
finish
