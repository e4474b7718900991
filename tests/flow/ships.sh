#!/bin/bash
# Ships and what they carry: a manifest and the declaration of its goods, a ship that enters and leaves;
# when the authority is connected in parallel, when at Hai Phong alone, and before.
. tests/flow/story.bash

AGENT=9900000048
CARGO=CAR14-HPH-000014 ENTRY=VES14-HPH-000014 LEAVE=VES14-HPH-000015
manifest() { nsw submit --wait --clock shift schemas/car/samples/mekong-014n.xml; }
notice() { nsw submit --clock shift "schemas/ves/samples/$1.xml"; }
goods() # REFERENCE OPTION...
{
	nsw submit --clock shift --set "FunctionalReferenceID=$1" "${@:2}" "$SHRIMPS"
}
# The agent says that what was announced has happened: the same notice, with its number and the moment.
confirm() # SAMPLE CASE
{
	sed -e 's|<FunctionCode>9|<FunctionCode>6|' \
		-e "s|</FunctionalReferenceID>|&<ID>$(nsw show "$2" --json | head -n 1 | field number)</ID>|" \
		-e '0,/<\/TypeCode>/s||&<VersionID>1</VersionID>|' \
		-e 's|\(<Estimated[A-Za-z]*>\)\([^<]*\)\(<.*\)|&<ActualDateTime>\2</ActualDateTime>|' \
		"schemas/ves/samples/$1.xml" >"$SCRATCH/confirm.xml"
	nsw submit --clock shift "$SCRATCH/confirm.xml"
}
reads() { told $AGENT LPR "$1" "$2"; }

# ---- a manifest and its goods ------------------------------------------------------------------------------

day parallel --date 2014-02-27 --skip-time
exits 0 "goods may be declared before their manifest" goods EARLY-1
warned() { told 9900000016 RES "$1" "$2"; }
ok "with a warning" warned EARLY-1 MAN-12
exits 0 "the manifest is lodged, and accepted" manifest
ok "by customs" said ACCEPTED.MoF
ok "which had it by the single window" has_task $CARGO "MoF MOF-MAN ELECTRONIC LIVE single window"
ok "the agent reads that" told $AGENT RES $CARGO '<NameCode>ACCEPTED'
more_than_it_has()
{
	run 6 goods MORE-1 --set TotalPackageQuantity=3801 \
		--set '//GovernmentAgencyGoodsItem[1]/Packaging/QuantityQuantity=1801' && said 'REFUSED MAN-06' '3800 of 41800 kg'
}
ok "more packages than it has are refused" more_than_it_has
exits 0 "the goods are declared, and cleared" goods GOODS-1 --wait
unwarned() # PARTY REFERENCE PATTERN
{
	mail "$1" && [ -n "$(letters "$1" RES "$2")" ] && ! letters "$1" RES "$2" | xargs grep -qe "$3"
}
ok "without a warning" unwarned 9900000016 GOODS-1 'MAN-'
exits 0 "those on another bill with one" goods OTHER-1 --set "AdditionalDocument[TypeCode='705']/ID=XMPL-LCH-140221-99"
ok "which names the bill" warned OTHER-1 'XMPL-LCH-140221-99.*stands in a manifest'

# ---- a ship enters and leaves, its papers exchanged in parallel ----------------------------------------------

exits 0 "the ship that carries them is announced" notice mekong-entry
ok "its permit is decided in parallel" has_task $ENTRY "MoT MOT-VES ELECTRONIC PARALLEL single window"
ok "she may enter" reaches PERMITTED $ENTRY
ok "the agent has the permit" reads $ENTRY '<TypeCode>524<'
ok "and customs too" went $ENTRY LPR MoF
exits 0 "she has arrived" confirm mekong-entry $ENTRY
ok "her notice says so" reaches ARRIVED $ENTRY
ok "so does her manifest" reaches ARRIVED $CARGO
exits 0 "she is to leave" notice mekong-exit
ok "she may" reaches PERMITTED $LEAVE
ok "without a word about her entry" unwarned $AGENT $LEAVE VES-10
ok "the agent has that permit" reads $LEAVE '<TypeCode>525<'
run 0 confirm mekong-exit $LEAVE
ok "she has left" reaches DEPARTED $LEAVE
told_twice() { [ "$(nsw show $1 --json | grep '"event":"planned"' | grep -c '"hop":"MoT"')" = 2 ]; }
ok "the authority was told" told_twice $LEAVE
exits 0 "the record is whole" nsw journal verify

# ---- when Hai Phong is live ------------------------------------------------------------------------------------

day live --date 2014-11-12 --skip-time
exits 0 "a ship is announced at Hai Phong" notice mekong-entry
ok "where the link is live" has_task $ENTRY "MoT MOT-VES ELECTRONIC LIVE single window"
ok "she may enter" reaches PERMITTED $ENTRY
exits 0 "another at Cat Lai" notice saigon-cat-lai
ok "where it is parallel still" has_task VES15-SGN-000204 "MoT MOT-VES ELECTRONIC PARALLEL single window"
ok "she may enter too" reaches PERMITTED VES15-SGN-000204
exits 0 "the record is whole" nsw journal verify

# ---- before anybody is connected -------------------------------------------------------------------------------

day paper --date 2014-02-03
exits 0 "a ship is announced" notice mekong-entry
ok "her permit is a matter of paper" has_task $ENTRY "MoT MOT-VES PAPER NONE -"
exits 0 "the port authority gives it" nsw paper decide $ENTRY --agency MoT --permit GPVC-2014-07
ok "she may enter" reaches PERMITTED $ENTRY
ok "the agent reads the number" told $AGENT RES $ENTRY '<Note>GPVC-2014-07<'
exits 0 "she has arrived" confirm mekong-entry $ENTRY
ok "her notice says so" reaches ARRIVED $ENTRY
on_paper() { nsw show $ENTRY --json | grep '"event":"on paper"' | grep -q '"hop":"MoT"'; }
ok "the authority is not told electronically" on_paper
day paper --skip-time
exits 0 "she is to leave" notice mekong-exit
ok "on paper as well" has_task $LEAVE "MoT MOT-VES PAPER NONE -"
ok "which takes its time" reaches PERMITTED $LEAVE
exits 0 "the manifest goes to customs, and is accepted" manifest
ok "by the pilot of Hai Phong" has_task $CARGO "MoF MOF-MAN ELECTRONIC LIVE e-customs pilot"

day older --date 2005-06-01
exits 0 "before that pilot it is taken" nsw submit --clock shift schemas/car/samples/mekong-014n.xml
ok "but decided on paper" has_task $CARGO "MoF MOF-MAN PAPER NONE -"
exits 0 "by hand" nsw paper decide $CARGO --agency MoF --permit BK-2005-1
ok "it is accepted" reaches ACCEPTED $CARGO

finish
