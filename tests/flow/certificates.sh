#!/bin/bash
# A Form D that comes from Thailand: since 2018 it is the proof of the import that cites it; before, a
# copy beside the paper.
. tests/flow/story.bash

TRADER=9900000016
sends() # SAMPLE [OPTION...]: what the partner says
{
	nsw submit --as ASW-TH "${@:2}" "schemas/$1.xml"
}
claims() # SAMPLE REFERENCE [OPTION...]
{
	nsw submit --set "FunctionalReferenceID=$2" "${@:3}" "$IMPORTS/$1.xml"
}
refused_claim() # CODE REFERENCE [OPTION...]
{
	run 6 claims shrimp-thailand-2018 "${@:2}" && said "REFUSED $1"
}
warned() { told $TRADER RES "$1" "$2"; }
proof_of() { has_task "$1" "ASW-TH ASW-FORM-D $2"; }
# answered CERTIFICATE STATUS...: in this order, to the partner
answered()
{
	local part said=()
	for part in delivery-ASW-TH delivery-ASW-TH-{2,3}; do
		nsw show "$1" --xml=$part >"$OUT" 2>/dev/null || break
		said+=("$(sed -n 's/.*<NameCode>\(.*\)<.*/\1/p' "$OUT" | head -n 1)")
	done
	[ "${said[*]}" = "${*:2}" ] || { echo "answered: ${said[*]}" && return 1; }
}

# ---- the electronic certificate alone is the proof -------------------------------------------------------------

FORM=TH-D-2018-000815
day alone --date 2018-03-12 --skip-time
ok "a claim is refused while its certificate is not there" refused_claim COO-10 EARLY-1
exits 0 "the partner sends it" sends coo-iss/samples/shrimp-thailand-2018
ok "it is received" reaches RECEIVED $FORM
ok "customs has a copy" went $FORM COO-ISS MoF
ok "the partner is told" went $FORM COO-CR ASW-TH
exits 0 "now the claim is taken, and cleared" claims shrimp-thailand-2018 CLAIM-1 --wait
ok "by the electronic proof" proof_of CLAIM-1 "ELECTRONIC LIVE single window"
ok "which is used up" reaches UTILISED $FORM
ok "the partner is told of both" answered $FORM RECEIVED UTILISED
ok "another claim on it is refused" refused_claim COO-04 CLAIM-2
exits 0 "the record is whole" nsw journal verify

day parts --date 2018-03-12 --skip-time
exits 0 "a certificate is there" sends coo-iss/samples/shrimp-thailand-2018
half=(--set "//AdditionalDocument[TypeCode='861']/WriteOff/QuantityQuantity=9000")
exits 0 "a claim uses a part of it" claims shrimp-thailand-2018 PART-1 --wait "${half[@]}"
ok "some is left" reaches PARTIAL $FORM
ok "more than that is refused" refused_claim COO-04 PART-2
exits 6 "its issuer cannot take it back" sends coo-can/samples/shrimp-thailand-2018
ok "and is told why" said 'COO-07: certificate .* has been used'

day cancelled --date 2018-03-12 --skip-time
exits 0 "a certificate is there" sends coo-iss/samples/shrimp-thailand-2018
exits 0 "its issuer cancels it" sends coo-can/samples/shrimp-thailand-2018
ok "it is over" reaches CANCELLED $FORM
ok "a claim on it is refused" refused_claim COO-12 LATE-1

# ---- a copy beside the paper --------------------------------------------------------------------------------------

COPY=$(sed -n 's/.*<ID>\(TH-D-[^<]*\)<.*/\1/p' schemas/coo-iss/samples/shrimp-thailand-2015-12.xml | head -n 1)
day beside --date 2015-12-01 --skip-time
exits 0 "a claim is taken on paper alone" claims shrimp-thailand-2015-12 PAPER-1 --wait
ok "the paper is the proof" proof_of PAPER-1 "PAPER PARALLEL single window"
exits 0 "a copy comes" sends coo-iss/samples/shrimp-thailand-2015-12
ok "it is received" reaches RECEIVED "$COPY"
exits 0 "the same claim again, with the copy there" claims shrimp-thailand-2015-12 PAPER-2 --wait
ok "the paper is the proof still" proof_of PAPER-2 "PAPER PARALLEL single window"
exits 0 "one that differs is taken as well" claims shrimp-thailand-2015-12 PAPER-3 --set 'Exporter/Name=Other Prawns'
ok "with a warning" warned PAPER-3 COO-03
exits 0 "the record is whole" nsw journal verify

# ---- one number, two issuers ------------------------------------------------------------------------

day twice --date 2018-03-12 --skip-time
nsw submit -q --as ASW-TH schemas/coo-iss/samples/shrimp-thailand-2018.xml >"$OUT" 2>&1
exits 0 "another partner uses the same number" nsw submit --as ASW-ID --clock shift \
	--set ID=TH-D-2018-000815 schemas/coo-iss/samples/fans-indonesia.xml
exits 0 "the import means the one of its country of origin" \
	nsw submit --wait "$IMPORTS/shrimp-thailand-2018.xml"
used() { nsw ls --json | grep '"kind":"COO-ISS"' | grep "\"from\":\"$1\"" | grep -q "\"state\":\"$2\""; }
ok "which is used up" used ASW-TH UTILISED
ok "and the other is not" used ASW-ID RECEIVED

finish
