#!/bin/bash
# The stories of the ministries before they were connected: the same applications are taken, and decided
# at the counters; the same imports cite the papers, and clear.
. tests/flow/story.bash

# ---- applications ---------------------------------------------------------------------------------------

apply() # MINISTRY PROCEDURE APPLICATION REFERENCE
{
	exits 0 "$1 is applied to: $3" nsw submit --clock shift "$APPLICATIONS/$3.xml"
	ok "on paper" has_task "$4" "$1 $2 PAPER NONE -"
}
by_hand() # MINISTRY REFERENCE PERMIT
{
	exits 0 "$1 issues $3 at its counter" nsw paper decide "$2" --agency "$1" --permit "$3"
	ok "the application is approved" reaches APPROVED "$2"
}

day paper --date 2013-06-03
apply MoT MOT-VEHICLE cars-mot LPA15-MOT-000302
apply MoIT MOIT-MOTORCYCLE motorcycles-moit LPA15-MOIT-000301
apply MARD MARD-AQ-IMP chicken-mard LPA15-MARD-000305
apply MONRE MONRE-HCFC hcfc-monre LPA15-MONRE-000304
apply MoH MOH-MED-IMP medicine-moh LPA15-MOH-000303
apply MoF MOF-TEA looms-mof LPA15-MOF-000307
ok "the trader reads where to take the papers" told 9900000023 RES LPA15-MOT-000302 \
	'PAPER\|take the papers to Viet Nam Register'
waiting() { [ "$(nsw paper ls -q --json | grep -c '"type":"paper"')" = "$1" ]; }
ok "six papers wait" waiting 6

by_hand MoT LPA15-MOT-000302 DK-2013-0071
by_hand MoIT LPA15-MOIT-000301 BCT-2013-0072
by_hand MARD LPA15-MARD-000305 TY-2013-0073
exits 0 "MONRE says no at its counter" nsw paper decide LPA15-MONRE-000304 --agency MONRE --refuse \
	--text "the quota of the year is used up"
ok "the application is refused" reaches REFUSED LPA15-MONRE-000304
ok "the trader reads why" told 9900000016 RES LPA15-MONRE-000304 'the quota of the year is used up'
ok "two papers wait" waiting 2

# ---- time decides what nobody decides by hand --------------------------------------------------------------

day paper --skip-time
ok "MoH has decided when its time was over" reaches APPROVED LPA15-MOH-000303
ok "and so has customs" reaches APPROVED LPA15-MOF-000307
issued() { nsw show "$1" --json | grep '"event":"found under"' | field text; }
medicine=$(issued LPA15-MOH-000303) looms=$(issued LPA15-MOF-000307)
ok "the trader reads the number" told 9900000030 RES LPA15-MOH-000303 "<Note>$medicine<"
ok "no paper waits" waiting 0

# ---- imports that cite the papers --------------------------------------------------------------------------

CITED=//GovernmentAgencyGoodsItem/AdditionalDocument
import() # FILE PERMIT OPTION...
{
	nsw submit --wait --clock shift --set "$CITED/ID=$2" "${@:3}" "$IMPORTS/$1.xml"
}
cites() # MINISTRY PROCEDURE FILE REFERENCE PERMIT
{
	exits 0 "the import $4 cites $5, and clears" import "$3" "$5"
	ok "$1 has looked at the papers" has_task "$4" "$1 $2 PAPER NONE -"
	ok "customs has released it electronically" has_task "$4" "MoF MOF-IMP ELECTRONIC LIVE e-customs pilot"
}
cites MoT MOT-VEHICLE cars-japan VN15-SGN-000302 DK-2013-0071
ok "the permit is used up" reaches EXHAUSTED LPA15-MOT-000302
cites MoIT MOIT-MOTORCYCLE motorcycles-japan VN15-SGN-000301 BCT-2013-0072
ok "the permit is used up" reaches EXHAUSTED LPA15-MOIT-000301
cites MARD MARD-AQ-IMP chicken-brazil VN15-HPH-001305 TY-2013-0073
ok "the permit is used up" reaches EXHAUSTED LPA15-MARD-000305
cites MoH MOH-MED-IMP medicine-india VN15-SGN-000303 "$medicine"
ok "the permit is used up" reaches EXHAUSTED LPA15-MOH-000303
cites MONRE MONRE-HCFC hcfc-china VN15-HPH-001304 TNMT-2012-0009 # which the window has never seen
exits 0 "the list of looms is cited" import hcfc-china "$looms" --set FunctionalReferenceID=LOOMS-1 \
	--set "$CITED/TypeCode=916" --set "$CITED/CategoryCode=MOF" \
	--set //Commodity/Classification/ID=84463000 --set '//Commodity/Description=Máy dệt thoi (looms)'
ok "all of this before anybody else was connected" test "$(nsw date --json | field date)" \< 2014-02-26
exits 0 "the record is whole" nsw journal verify

finish
