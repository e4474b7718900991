#!/bin/bash
# A story a ministry, when all are connected: an application, its decision, which customs and the trader
# read, and an import that cites the permit and uses it up.
. tests/flow/story.bash

# ---- the parts of a story -----------------------------------------------------------------------------

apply() # MINISTRY PROCEDURE APPLICATION REFERENCE TRADER KIND-OF-ANSWER
{
	exits 0 "$1 is applied to: $3" nsw submit --clock shift "$APPLICATIONS/$3.xml"
	ok "by the single window" has_task "$4" "$1 $2 ELECTRONIC LIVE single window"
	ok "it approves" reaches APPROVED "$4"
	ok "the trader reads that" told "$5" "$6" "$4" '<NameCode>APPROVED'
	permit=$(number_in "$(letters "$5" "$6" "$4" | tail -n 1)")
	ok "with the number of what was issued" test -n "$permit"
}
number_in() { sed -n '/<AdditionalDocument>/,/<\/AdditionalDocument>/s/.*<ID>\(.*\)<\/ID>.*/\1/p' "$1"; }

sample() { [ -e "$SCRATCH/$1.xml" ] && echo "$SCRATCH/$1.xml" || echo "$IMPORTS/$1.xml"; }
CITED=//GovernmentAgencyGoodsItem/AdditionalDocument
import() # FILE REFERENCE OPTION...
{
	nsw submit --clock shift --set "FunctionalReferenceID=$2" "${@:3}" "$(sample "$1")"
}
cites() # FILE REFERENCE PERMIT OPTION...
{
	exits 0 "the import $2 cites it, and clears" import "$1" "$2" --wait --set "$CITED/ID=$3" "${@:4}"
}
unknown() # FILE
{
	run 6 import "$1" "UNKNOWN-$1" && said 'REFUSED LPC-04'
}

# ministry MINISTRY PROCEDURE APPLICATION REFERENCE TRADER IMPORT
ministry()
{
	apply "${@:1:5}" LPR
	ok "and so does customs" went "$4" LPR MoF
	ok "an import with a permit that nobody issued is refused" unknown "$6"
	cites "$6" "USE-$6" "$permit"
	ok "$1 has looked at it, and customs" said "APPROVED.$1" 'RELEASED.MoF'
	ok "both by the single window" has_task "USE-$6" "$1 $2 ELECTRONIC LIVE single window"
	ok "the permit is used up" reaches EXHAUSTED "$4"
}

# ---- each of them ---------------------------------------------------------------------------------------

day live --date 2015-12-08 --skip-time
ministry MoT MOT-VEHICLE cars-mot LPA15-MOT-000302 9900000023 cars-japan
ministry MARD MARD-AQ-IMP chicken-mard LPA15-MARD-000305 9900000016 chicken-brazil
ministry MONRE MONRE-HCFC hcfc-monre LPA15-MONRE-000304 9900000016 hcfc-china

# ---- industry and trade: goods that need the certificate of another ministry too ----------------------------

# The certificate of transport beside the licence.
awk '/<GovernmentAgencyGoodsItem>/ { item = 1 }
item && /<AdditionalDocument>/ { block = "" }
{ block = block $0 "\n"; print }
item && /<\/AdditionalDocument>/ { gsub("911", "856", block); gsub("MIT<", "MOT<", block); printf "%s", block; item = 0 }' \
	"$IMPORTS/motorcycles-japan.xml" >"$SCRATCH/motorcycles.xml"

exits 0 "MoT is applied to as well" nsw submit --clock shift --set ProcedureCode=MOT-MOTORCYCLE --set TypeCode=855 \
	--set ResponsibleGovernmentAgency/ID=MoT --set FunctionalReferenceID=LPA15-MOT-000308 \
	--set '//GovernmentAgencyGoodsItem/AgencyData[1]/Name=EngineNumber' "$APPLICATIONS/motorcycles-moit.xml"
ok "it approves" reaches APPROVED LPA15-MOT-000308
ok "the trader reads that" told 9900000023 LPR LPA15-MOT-000308 '<NameCode>APPROVED'
certificate=$(number_in "$(letters 9900000023 LPR LPA15-MOT-000308 | tail -n 1)")
apply MoIT MOIT-MOTORCYCLE motorcycles-moit LPA15-MOIT-000301 9900000023 LPR
ok "and so does customs" went LPA15-MOIT-000301 LPR MoF
ok "an import with permits that nobody issued is refused" unknown motorcycles
exits 0 "the import that cites both clears" import motorcycles MOTORCYCLES-1 --wait \
	--set "${CITED}[1]/ID=$permit" --set "${CITED}[2]/ID=$certificate"
ok "both ministries have looked at it, and customs" said APPROVED.MoIT APPROVED.MoT RELEASED.MoF
ok "the licence is used up" reaches EXHAUSTED LPA15-MOIT-000301
ok "and so is the certificate" reaches EXHAUSTED LPA15-MOT-000308
exits 6 "one that lacks the certificate waits for it, and is refused in the end" \
	import motorcycles-japan MOTORCYCLES-2 --wait --set "$CITED/EffectiveDateTime=2013-01-15"
ok "by the ministry whose certificate it is" said DOCS_REQUIRED.MoT REFUSED.MoT 'APPROVED.MoIT.*PERMIT CITED'

# ---- health: a permit used in parts -----------------------------------------------------------------------

apply MoH MOH-MED-IMP medicine-moh LPA15-MOH-000303 9900000030 LPR
ok "customs has it too" went LPA15-MOH-000303 LPR MoF
ok "an import with a permit that nobody issued is refused" unknown medicine-india
cites medicine-india PART-1 "$permit" --set "$CITED/WriteOff/QuantityQuantity=5000"
ok "the permit is used in part" reaches PART_USED LPA15-MOH-000303
more_than_is_left()
{
	run 6 import medicine-india PART-2 --set "$CITED/ID=$permit" && said 'REFUSED LPC-03' 'use 5000;'
}
ok "more than is left is refused" more_than_is_left
of_another()
{
	run 6 import medicine-india THEIRS --set "$CITED/ID=$permit" --set Declarant/ID=9900000048 \
		--set //Importer/ID=9900000048 --as 9900000048 && said 'REFUSED LPC-04'
}
ok "nobody else may use it" of_another
cites medicine-india PART-3 "$permit" --set "$CITED/WriteOff/QuantityQuantity=15000"
ok "then it is used up" reaches EXHAUSTED LPA15-MOH-000303

# ---- finance: a list of goods that need pay no duty, cited and not used up -----------------------------------

apply MoF MOF-TEA looms-mof LPA15-MOF-000307 9900000016 RES
cites hcfc-china LOOMS-1 "$permit" --set "$CITED/TypeCode=916" --set "$CITED/CategoryCode=MOF" \
	--set //Commodity/Classification/ID=84463000 --set '//Commodity/Description=Máy dệt thoi (looms)'
customs_alone() { [ "$(tasks LOOMS-1)" = "MoF MOF-IMP ELECTRONIC LIVE single window" ]; }
ok "customs alone decides on it" customs_alone
ok "the list goes on" reaches APPROVED LPA15-MOF-000307

# ---- the paper of before --------------------------------------------------------------------------------------

exits 0 "what was issued on paper before the day still holds" import chicken-brazil PAPER-1 --wait \
	--set "$CITED/ID=TY-HP-0712" --set "$CITED/EffectiveDateTime=2014-10-20"
exits 0 "the record is whole" nsw journal verify

finish
