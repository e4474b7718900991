#!/bin/bash
# Declarations that nobody here wrote: 65 of the WCO Data Model, of which 64 are valid.
. tests/flow/lib.bash

declarations=$REAL/wco-dec/declarations
if [ ! -d "$declarations" ]; then
	skip "real declarations" "there are none in $REAL (NSW_REAL_DIR)"
	skip "their replay" "there are none in $REAL (NSW_REAL_DIR)"
	finish
fi
schemas=$REAL/wco-dec/schemas

# ---- validated -------------------------------------------------------------------------------------

exits 3 "one of them is not valid" nsw validate --kinds "$schemas" "$declarations"/*.xml
ok "64 are" said '^64 files valid, 1 invalid'
ok "that one is told with line and reason" \
	said 'example_submission_declaration_400.xml:12: XSD-[0-9]*: .*unknown.*expected'

verdicts_agree()
{
	local file judge ours
	for file in "$declarations"/*.xml; do
		judge=0 ours=0
		xmllint --noout --schema "$schemas/driver.xsd" "$file" >/dev/null 2>&1 || judge=3
		nsw validate -q --schema-only --kinds "$schemas" "$file" >/dev/null 2>&1 || ours=$?
		[ "$judge" = "$ours" ] && continue
		echo "$file: xmllint $judge, nsw $ours"
		return 1
	done
}
ok "xmllint says the same of each" verdicts_agree
exits 3 "without their schemas nobody knows the kind" nsw validate "$declarations/TT_IM001d.xml"
ok "and it is said what is missing" said 'KND-001' 'left out'

# ---- replayed ----------------------------------------------------------------------------------------

sandbox day --date 2014-02-26 --skip-time --kinds "$schemas"
mkdir "$SCRATCH/valid"
for file in "$declarations"/*.xml; do
	case $file in */example_submission_declaration_400.xml) ;; *) cp "$file" "$SCRATCH/valid/" ;; esac
done
exits 0 "64 are replayed until they are decided" \
	nsw replay "$SCRATCH/valid" --rate 100/s --wait final --timeout 60s --run real -v \
	--threshold 'errors<1%'
ok "each was answered" said '^64 sent'
count() { [ "$(grep -c "$1" "$OUT")" = "$2" ]; }
ok "58 are cleared" count '	CLEARED	' 58
ok "six name declarations never lodged here, and are refused for that" count '	REFUSED	IDM-04	' 6
cp "$OUT" "$SCRATCH/shots"
exits 0 "the gateway lists them under their label" nsw ls --run real --limit 1000
ok "all of them" count 'WCO-DEC' 64

# ---- what customs said -----------------------------------------------------------------------------------

# The item's commodity code stands in two pieces (TSP and TRC), which customs cites in one.
items() # FILE CODE-XPATH
{
	local n=0 count this item="//*[local-name()='GovernmentAgencyGoodsItem']"
	local origin="*[local-name()='Origin'][1]/*[local-name()='CountryCode']"
	count=$(xmllint --xpath "count($item)" "$1")
	while [ $((n++)) -lt "$count" ]; do
		this="${item}[$n]"
		xmllint --xpath "concat(${2//ITEM/$this}, ' ', $this/$origin)" "$1"
	done
}
piece() # TYPE
{
	echo "ITEM//*[local-name()='Classification'][*[local-name()='IdentificationTypeCode']='$1']/*[local-name()='ID']"
}
declared_code="$(piece TSP), $(piece TRC)"
cited_code="ITEM//*[local-name()='Classification']/*[local-name()='ID']"
cited() # ID
{
	local folder=$SCRATCH/export file decision='' n=0
	rm -rf "$folder"
	nsw export "$1" --to "$folder" -q >/dev/null || return 1
	for file in "$folder"/answer-MoF-*/payload.xml; do
		grep -q '<ResultCode>AP' "$file" && decision=$file
	done
	[ -n "$decision" ] || { echo "$1: no decision"; return 1; }
	mapfile -t declared < <(items "$folder/message/payload.xml" "$declared_code")
	mapfile -t answered < <(items "$decision" "$cited_code")
	if [ ${#declared[@]} = 0 ] || [ ${#declared[@]} != ${#answered[@]} ]; then
		echo "$1: ${#declared[@]} items, ${#answered[@]} cited"
		return 1
	fi
	for n in "${!declared[@]}"; do
		[ "${answered[n]}" = "${declared[n]}" ] && continue
		echo "$1: item $((n + 1)) is ${declared[n]}, customs cites ${answered[n]}"
		return 1
	done
}
all_cited()
{
	local id n=0 with_codes=0
	while read -r id; do
		cited "$id" || return 1
		n=$((n + 1))
		[ "${answered[0]}" = ' ' ] || with_codes=$((with_codes + 1))
	done < <(grep '	CLEARED	' "$SCRATCH/shots" | grep xml | cut -f5)
	echo "$with_codes of $n declare a code and an origin"
	[ $n = 58 ] && [ $with_codes -gt 40 ]
}
ok "58 decisions cite the items' commodity codes and origins" all_cited

judge()
{
	local folder
	for folder in "$SCRATCH/export"/*/; do
		(cd "$folder" && xmlsec1 --verify --enabled-key-data x509 --trusted-pem ../ca-1.pem \
			--trusted-pem ../ca-2.pem envelope.xml) >"$OUT" 2>&1 || return 1
	done
}
ok "xmlsec1 verifies what is exported of the last" judge
sed -i '0,/WCODataModelVersionCode>3/s//WCODataModelVersionCode>4/' "$SCRATCH/export/message/payload.xml"
refute "and no longer after one byte is changed" judge
exits 7 "as does nsw" nsw verify "$SCRATCH/export"
exits 0 "the journal is whole" nsw journal verify

finish
