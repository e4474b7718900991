#!/bin/bash
# A sandbox with a calendar of one's own: the gateway, the ministries and the commands all read it.
. tests/flow/lib.bash
leisurely "what is looked up offline"

cat >"$SCRATCH/mine.xml" <<'END'
<rollout xmlns="urn:nsw:rollout:1">
  <row of="MoF" state="LIVE" used="2013-06-01"/>
  <row of="MARD" state="PARALLEL" used="2013-06-02" title="before its time"/>
</rollout>
END
state_of_mard() # DATE STATE
{
	nsw timeline --at "$1" --party MARD | awk -F'\t' -v state="$2" '
		$2 == "MARD" { said = $5 } END { if (said != state) { print "MARD is " said; exit 1 } }'
}
handed_on() { tr '\0' '\n' <"/proc/$(cat "$NSW_STATE/adapter.pid")/cmdline" | grep -A1 -x -e --calendar | grep -qxF -e "$1"; }

# Named relative to here: settings.xml stands elsewhere, and the gateway may too.
relative=$(realpath --relative-to=. "$SCRATCH/mine.xml")
sandbox mine --calendar "$relative" --date 2013-06-02 --skip-time
ok "the sandbox's calendar is read by the commands" state_of_mard 2013-06-02 PARALLEL
ok "on its days" state_of_mard 2013-06-01 NONE
ok "the ministries were given the same" handed_on "$PWD/$relative"
exits 0 "NSW_CALENDAR is another's" env NSW_STATE="$SCRATCH/absent" NSW_CALENDAR="$SCRATCH/mine.xml" "$BIN/nsw" timeline
ok "and read as well" said 'before its time'
nsw down -q

sandbox everybody --calendar none --date 2013-06-01
ok "none connects everybody" state_of_mard 1999-01-01 LIVE
ok "the ministries too" handed_on none
nsw down -q

sed 's/LIVE/ALIVE/' "$SCRATCH/mine.xml" >"$SCRATCH/broken.xml"
export NSW_STATE=$SCRATCH/broken
exits 3 "a broken calendar starts nothing" nsw up --detach --calendar "$SCRATCH/broken.xml"
ok "and is told with file and line" said "broken.xml:2: ROL-901" "did you mean 'LIVE'"

finish
