#!/bin/bash
# The systemd units grant no more than a gateway needs: systemd itself says how much that is.
# Nothing is started and no manager is asked; what is looked at is what `make install` put down.
. "$(dirname "$0")/report.sh"

MOST=15 # tenths of an exposure of 10: what systemd calls "OK" ends at 3.9
place=$SCRATCH/place/usr
units=$place/lib/systemd/system

install_here()
{
	make BUILD_FIRST= O="$O" MODE="${MODE:-debug}" DESTDIR= PREFIX="$place" install \
		>"$SCRATCH/said" 2>&1 || { cat "$SCRATCH/said"; false; }
}
# An instance is looked at under the name of a profile that comes with the program.
stand_in_place() { [ -r "$units/nswd.service" ] && [ -r "$units/nsw-adapter@.service" ]; }
instance() { cp "$units/nsw-adapter@.service" "$SCRATCH/nsw-adapter@mard.service"; }
no_gap_is_left() { ! grep -n '@[A-Z]*@' "$units"/*; }

verifies() # UNIT
{
	timeout 60 systemd-analyze verify --man=no "$1" >"$SCRATCH/said" 2>&1 &&
		! grep -F "${1##*/}" "$SCRATCH/said"
}
exposed_at_most() # TENTHS UNIT
{
	timeout 60 systemd-analyze security --no-pager --offline=true --threshold="$1" "$2" \
		>"$SCRATCH/said" 2>&1 || { grep -e ✗ -e Overall "$SCRATCH/said"; false; }
}
quietly() { "$@" >/dev/null; }
says() { grep -qE "^$2\$" "$1"; } # UNIT LINE
without() { grep -vE "^($2)" "$1" >"$SCRATCH/changed.service"; } # UNIT LINES
misspelt() { sed 's|/bin/nsw[a-z-]*|&-none|' "$1" >"$SCRATCH/changed.service"; }

check "make install puts the units down" install_here
check "both are there" stand_in_place
check "their paths are filled in" no_gap_is_left
instance
for unit in "$units/nswd.service" "$SCRATCH/nsw-adapter@mard.service"; do
	name=${unit##*/}
	while read -r line what; do
		check "$name: $what" says "$unit" "$line"
	done <<-'EOF'
		User=nsw(-%i)? runs as a user of its own
		DynamicUser=yes and that user owns nothing but its state
		StateDirectoryMode=0700 nobody else looks into the state
		UMask=0077 nor into a file of it
		LimitCORE=0 keys are in no core dump
		MemoryMax=[0-9]+[MG] memory is bounded
		NoNewPrivileges=yes rights never grow
		ProtectSystem=strict the system is read only
		IPAddressDeny=any nobody on a network is spoken to
		IPAddressAllow=localhost but loopback is
	EOF
	if ! command -v systemd-analyze >/dev/null; then
		skip "$name: systemd knows what it says" "systemd-analyze is not here"
		skip "$name: exposure of at most ${MOST::1}.${MOST:1}" "systemd-analyze is not here"
		continue
	fi
	check "$name: systemd knows what it says" verifies "$unit"
	check "$name: exposure of at most ${MOST::1}.${MOST:1}" exposed_at_most $MOST "$unit"
	sed -n 's/.*\(Overall.*[0-9]\) .*/\1/p' "$SCRATCH/said"
	without "$unit" 'SystemCallFilter|CapabilityBoundingSet'
	refute "$name: without its filters it would be refused" \
		quietly exposed_at_most $MOST "$SCRATCH/changed.service"
	misspelt "$unit"
	refute "$name: so would a program that is not there" quietly verifies "$SCRATCH/changed.service"
done
finish
