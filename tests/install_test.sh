#!/bin/bash
# What `make install` puts down works without the sources, and `make uninstall` takes it all away.
. "$(dirname "$0")/report.sh"

place=$SCRATCH/place
# What is built is taken as it is: other tests are using it.
install_with()
{
	make BUILD_FIRST= O="$O" MODE="${MODE:-debug}" DESTDIR="$place" PREFIX=/usr "$1" \
		>"$SCRATCH/said" 2>&1 || { cat "$SCRATCH/said"; false; }
}
data_stand_there()
{
	local name
	for name in schemas/catalogue.xml adapters/mof.xml certs-example/make-pki; do
		[ -r "$place/usr/share/nsw/$name" ] || { echo "$name is missing"; return 1; }
	done
	! find "$place" -name '*.[cho]' | grep .
}
tells_its_story() # away from the sources, with nothing of the caller's
{
	(cd / && env -i PATH="$PATH" HOME="$SCRATCH" TMPDIR="$SCRATCH" "$place/usr/bin/nsw" demo) \
		>"$SCRATCH/said" 2>&1 || { tail -n 20 "$SCRATCH/said"; false; }
}
nothing_is_left() { ! find "$place" ! -type d | grep .; }

check "make install succeeds" install_with install
check "data and example certificates stand under share/nsw" data_stand_there
check "the installed programs find them" tells_its_story
check "make uninstall succeeds" install_with uninstall
check "nothing is left of it" nothing_is_left
finish
