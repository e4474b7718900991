#!/bin/bash
# The demo tells its story, and everything in it is true.
. tests/flow/lib.bash

folders() { ls -d build/tmp/demo.* 2>/dev/null; }
before=$(folders)

exits 0 "the demo ends well" nsw demo
ok "it says that it is a simulation" said '^Simulation: not connected to any government system'
ok "the declaration is cleared, its answers reach the trader" said 'CLEARED, number' 'the last is AP'
ok "the forged one is refused, the repeated one gets the same receipt" \
	said 'refused, SIG-002' 'the same receipt'
ok "the journal is whole, the exported signatures hold" said 'chain intact' 'signatures hold'
ok "it says where to go next" said 'nsw help'

exits 0 "the demo is a list of rows as well" nsw demo --json
every_chapter_as_told()
{
	[ "$(grep -c '"as_told":true' "$OUT")" = 9 ] && ! grep -q '"as_told":false' "$OUT"
}
ok "each of its nine chapters went as told" every_chapter_as_told

nothing_is_left() { [ "$(folders)" = "$before" ]; }
ok "nothing is left of it" nothing_is_left

finish
