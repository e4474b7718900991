#!/bin/bash
# Every input that fuzzing began with or has found, and some mutations of each: nothing breaks.
. "$(dirname "$0")/../report.sh"
: "${MODE:=debug}"
mutations=100
[ "$MODE" = debug ] || mutations=10

replay() # TARGET SEED...
{
	local target=$1 found=tests/corpus/fuzz/$1
	shift
	[ ! -d "$found" ] || set -- "$@" "$found"
	"$O/tests/fuzz/$target" $mutations "$@"
}

while read -r target seeds; do
	# shellcheck disable=SC2086 # seeds are several words
	[ "${target#\#}" != "$target" ] || check "$target: what it was given, and $mutations mutations of each" replay "$target" $seeds
done <tests/fuzz/seeds
for source in tests/fuzz/*.c; do
	name=$(basename "$source" .c)
	case $name in engine | replay | files) continue ;; esac
	check "$name has seeds" grep -q "^$name " tests/fuzz/seeds
done
finish
