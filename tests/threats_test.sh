#!/bin/bash
# Each adversarial case has a test, and whatever tests/threats.tsv names is there.
. "$(dirname "$0")/report.sh"

# ---- one column each ------------------------------------------------------------------------

lines() { grep -v -e '^#' -e '^$' "$1"; } # TABLE

whole() # TABLE: six columns everywhere, none of them empty
{
	! lines "$1" | awk -F'\t' '{ bad = NF != 6 } { for (i = 1; i <= NF; i++) bad = bad || $i == "" } bad' | grep .
}

# E2 is about a time-stamping authority, which there is none of: its line says so and names no test.
cases() { printf '%s\n' A{1..15} B{1..14} C{1..17} D{1..10} E{1..4}; }
each_has_a_test() # TABLE
{
	diff <(cases | sort) <(lines "$1" | cut -f1 | sort -u) &&
		! lines "$1" | awk -F'\t' '($1 == "E2") != ($4 == "-")' | grep .
}

codes_are_catalogued() # TABLE
{
	! comm -23 <(lines "$1" | cut -f2 | grep -vx - | sort -u) \
		<(sed -n 's/.*<code id="\([^"]*\)".*/\1/p' schemas/catalogue.xml | sort -u) | grep .
}

# ---- what a line names ------------------------------------------------------------------------

source_of() # PROGRAM
{
	local file
	for file in "tests/$1_test.c" "tests/$1.sh" "tests/$1_test.sh" "tests/$1"; do
		[ -f "$file" ] && echo "$file" && return
	done
	return 1
}

# A function is defined once and registered at least once; a sentence stands in quotation marks.
is_there() # FILE TEST
{
	case $1 in
	*.c) grep -q "^static void $2(void \*\*" "$1" && [ "$(grep -cw "$2" "$1")" -ge 2 ] ;;
	*) grep -qF "\"$2\"" "$1" ;;
	esac
}

# Words stand in the program, and the code too; a file of the corpus stands in the code's folder.
ends_as_said() # FILE CODE WHERE
{
	case $3 in
	tests/corpus/*)
		[ -f "$3" ] && [ "$(basename "$(dirname "$3")")" = "${2/#-/OK}" ]
		return
		;;
	esac
	[ "$3" = - ] || grep -qF -e "$3" "$1" || return 1
	[ "$2" = - ] || grep -qF "$2" "$1"
}

all_is_there() # TABLE
{
	local case code program name where what file missing=0
	while IFS=$'\t' read -r case code program name where what; do
		[ "$case" != E2 ] || continue
		file=$(source_of "$program") && is_there "$file" "$name" &&
			ends_as_said "$file" "$code" "$where" && continue
		echo "$case: $program: $name: $where ($code): not found ($what)"
		missing=1
	done < <(lines "$1")
	return $missing
}

# ---- the table, and what would be wrong with it -------------------------------------------------

table=tests/threats.tsv
check "each line has its six columns" whole $table
check "each case has a test" each_has_a_test $table
check "each code is in the catalogue" codes_are_catalogued $table
check "each test and each row is there, with its code" all_is_there $table

# A line that the script changes, or adds; the whole table where CHECK is about all of it.
spoilt() # SED-SCRIPT CHECK: notices it
{
	sed "$1" $table >"$SCRATCH/whole"
	diff $table "$SCRATCH/whole" | sed -n 's/^> //p' >"$SCRATCH/line"
	case $2 in
	each_has_a_test) report_fails "$2" "$SCRATCH/whole" ;;
	*) [ -s "$SCRATCH/line" ] && report_fails "$2" "$SCRATCH/line" ;;
	esac
}
check "a case that lost its tests is noticed" spoilt '/^C8\t/d' each_has_a_test
check "so is a case that there is not" spoilt '$a F1\t-\tcore/bus\ttest_time_runs_out\t-\tnothing' each_has_a_test
check "so is a line cut short" spoilt '/^A3\t/s/\t[^\t]*$//' whole
check "so is a code of nobody" spoilt '/^B2\t/s/\tSIG-013\t/\tSIG-913\t/' codes_are_catalogued
check "so is a function that there is not" spoilt '/^D8\t/s/\ttest_/\ttest_not_/' all_is_there
check "so is a program that there is not" spoilt '/^A3\t/s|\tcore/document\t|\tcore/dokument\t|' all_is_there
check "so is a sentence that nobody checks" spoilt '/\tflow\//s/four at once/five at once/' all_is_there
check "so is a row that was taken out of its table" spoilt 's/\tKeyValue beside\t/\tKeyValue behind\t/' all_is_there
check "so is a code that the program does not name" spoilt '/^D8\t/s/BUS-030/BUS-033/' all_is_there
check "so is a file that lies in another folder" spoilt '/billion-laughs/s/\tXML-003\t/\tXML-004\t/' all_is_there
finish
