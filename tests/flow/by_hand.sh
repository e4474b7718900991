#!/bin/bash
# Somebody stands in for a ministry with nothing but the command line, and sends what a sample was
# never meant to say.
. tests/flow/lib.bash

sandbox hand --date 2014-02-26 --calendar none --without MARD
inbox=$SCRATCH/inbox
trader=9900000016

exits 3 "a party that does not exist cannot be left out" nsw up --state "$SCRATCH/never" --without MRAD
ok "the nearest is named" said "did you mean 'MARD'"
exits 4 "the sandbox is not ready while nobody stands in" nsw ready
ok "and says who is missing" said 'not connected: MARD'

# ---- receive and answer -------------------------------------------------------------------------------

exits 2 "a party must be named" nsw receive --to "$inbox"
exits 2 "and a folder" nsw receive --as MARD
exits 3 "a party without keys receives nothing" nsw receive --as NOBODY --to "$inbox"
exits 5 "who waits in vain is told so" nsw receive --as MARD --to "$inbox" --wait --timeout 300ms
ok "and how much came" said 'CLI-004: 0 of 1 messages for MARD'

exits 0 "a declaration is handed in" nsw submit --set FunctionalReferenceID=HAND-1 "$SHRIMPS"
exits 0 "its delivery is received" nsw receive --as MARD --to "$inbox" --wait --json
ok "and listed" said '"type":"letter".*"kind":"DEC-IMP".*"reference":"HAND-1"'
delivery=$(sed -n 's/.*"type":"letter".*"id":"\([^"]*\)".*/\1/p' "$OUT")
exits 0 "envelope and payload can be verified" nsw verify "$inbox"
task_state() { nsw show "$1" --json | sed -n 's/.*"type":"task","party":"MARD".*"state":"\([A-Z_]*\)".*/\1/p'; }
task_is() { [ "$(task_state "$1")" = "$2" ] || { task_state "$1"; return 1; }; }
ok "without a receipt it counts as not received" task_is HAND-1 SENT
exits 0 "it comes again, and is acknowledged" nsw receive --as MARD --to "$inbox" --ack --wait
ok "under the same id" test "$(sed -n '2s/.*\t//p' "$OUT")" = "$delivery"
ok "now it is received" task_is HAND-1 RECEIVED
exits 0 "a second receipt does no harm" nsw receive --as MARD --to "$inbox" --ack

cat >"$SCRATCH/decision.xml" <<-END
	<Response xmlns="urn:nsw:lpr:1">
	  <FunctionCode>11</FunctionCode>
	  <RefToMessageID/>
	  <IssueDateTime>2014-02-26T08:00:00+07:00</IssueDateTime>
	  <Error role="error">
	    <Description xml:lang="en">the health certificate is missing</Description>
	    <ValidationCode>MARD-101</ValidationCode>
	    <Hint>hand it in</Hint>
	  </Error>
	  <Status>
	    <EffectiveDateTime>2014-02-26T08:00:00+07:00</EffectiveDateTime>
	    <NameCode>REFUSED</NameCode>
	  </Status>
	</Response>
END
exits 3 "an answer to nothing that is there" nsw submit --as MARD --ref "$SCRATCH/none" "$SCRATCH/decision.xml"
exits 6 "a ministry does not declare" nsw submit --as MARD "$SHRIMPS"
exits 0 "a decision answers the delivery" nsw submit --as MARD --ref "$inbox/$delivery" \
	--set "RefToMessageID=$delivery" "$SCRATCH/decision.xml"
ok "the task is decided" task_is HAND-1 DECIDED
exits 0 "the reason of the agency is shown" nsw show HAND-1
ok "with code, text and remedy" said '^MARD: MARD-101: the health certificate is missing' 'hint: hand it in'

by_hand() # the other hand, while the trader waits
{
	nsw receive -q --as MARD --to "$SCRATCH/second" --ack --wait --timeout 20s >/dev/null || return
	local id
	id=$(cd "$SCRATCH/second" && echo *-*-*-*-*)
	nsw submit -q --as MARD --ref "$id" --set "RefToMessageID=$id" "$SCRATCH/decision.xml" >/dev/null
}
by_hand &
exits 6 "who waits for a refusal" nsw submit --wait --set FunctionalReferenceID=HAND-2 "$SHRIMPS"
wait $!
ok "is told the reason at its end" said 'MARD: MARD-101: the health certificate is missing'

exits 0 "a trader receives from its mailbox" nsw receive --as $trader --to "$SCRATCH/mail" --count 2
ok "so many as it wants" said '^2 messages for'
exits 0 "which leaves them there" nsw receive --as $trader --to "$SCRATCH/mail" --ack
exits 0 "until they are acknowledged" nsw receive --as $trader --to "$SCRATCH/mail"
ok "then there are none" said '^0 messages for'

# ---- changed on the way ----------------------------------------------------------------------------------

exits 2 "an edit that is none" nsw submit --set DeclarationOfficeID "$SHRIMPS"
exits 3 "an edit that finds nothing" nsw submit --set DeclarationOffice=1 "$SHRIMPS"
ok "the nearest is named" said "CLI-016.*did you mean 'DeclarationOfficeID'"
exits 3 "an edit that finds too much" nsw submit --set GoodsShipment/GovernmentAgencyGoodsItem/SequenceNumeric=1 "$SHRIMPS"
ok "how much is told" said 'CLI-016.*finds 2 places'
exits 6 "with // all are set" nsw submit --set //Origin/CountryCode=XX "$SHRIMPS"
ok "each is a mistake" test "$(grep -c 'COD-10: XX' "$OUT")" = 2
exits 0 "what was sent is kept" nsw submit --set DeclarationOfficeID=02CI --set FunctionalReferenceID=HAND-3 \
	--keep "$SCRATCH/kept" "$SHRIMPS"
other_lines() { [ "$(diff "$SHRIMPS" "$SCRATCH/kept/message/payload.xml" | grep -c '^>')" = "$1" ]; }
ok "two lines differ" other_lines 2
exits 3 "another is not kept over it" nsw submit --set FunctionalReferenceID=HAND-4 --keep "$SCRATCH/kept" "$SHRIMPS"
ok "nor sent" said CLI-017
exits 3 "so it is unknown" nsw show HAND-4

exits 2 "a fixed clock needs a day" nsw submit --clock fixed "$SHRIMPS"
exits 2 "a day needs a fixed clock" nsw submit --at 2014-02-26 "$SHRIMPS"
exits 6 "dates are as they were recorded" nsw submit --clock fixed --at 2010-01-01 "$SHRIMPS"
ok "unless they are moved" said 'COD-07: arrival on 2010-01-02'

# ---- the same again ---------------------------------------------------------------------------------------

id=6b0f2c1e-5b0a-4c43-9d0b-5d2a3f1c7e11
again() { nsw submit --id $id --set FunctionalReferenceID=HAND-5 "$@" "$SHRIMPS"; }
exits 0 "a message with an id of one's own" again
cp "$OUT" "$SCRATCH/receipt"
exits 0 "the same document under the same id" again
ok "is the same message: the same receipt" cmp "$OUT" "$SCRATCH/receipt"
exits 6 "another document is another message" again --set DeclarationOfficeID=02CI
ok "and refused" said 'REFUSED JRN-001'

# ---- signed here, sent by other means ------------------------------------------------------------------------

signed=$SCRATCH/signed
unset_state() { NSW_STATE=$SCRATCH/nobody nsw "$@" --keys "$NSW_STATE/keys"; }
exits 0 "a message is signed without a gateway" unset_state sign "$SHRIMPS" --as $trader --out "$signed" \
	--date 2014-02-26T00:00:00+07:00 --set FunctionalReferenceID=HAND-6
exits 0 "it can be verified" nsw verify "$signed"
xmlsec() (cd "$signed" && xmlsec1 --verify --enabled-key-data x509 --trusted-pem "$NSW_STATE/keys/ca/root.crt" \
	--trusted-pem "$NSW_STATE/keys/ca/issuing.crt" envelope.xml 2>&1)
ok "by xmlsec1 as well" xmlsec
exits 3 "a second message does not go over it" nsw sign "$SHRIMPS" --as $trader --out "$signed"
ok "and says so" said CLI-017
exits 0 "it can be handed in later" nsw submit --raw-envelope "$signed/envelope.xml" "$signed/payload.xml"
exits 0 "and is known" nsw show HAND-6
exits 0 "a ministry signs likewise" nsw sign "$SCRATCH/decision.xml" --as MARD --to MoF --out "$SCRATCH/of-mard"
ok "as itself" grep -q '<From[^>]*>MARD<' "$SCRATCH/of-mard/envelope.xml"

# ---- exported -----------------------------------------------------------------------------------------------

exits 0 "a message is exported" nsw export HAND-1 --to "$SCRATCH/export"
exits 0 "once more to the same folder" nsw export HAND-1 --to "$SCRATCH/export"
exits 3 "another is not mixed with it" nsw export HAND-2 --to "$SCRATCH/export"
ok "and says so" said CLI-017
exits 2 "no id is no id" nsw show ""
ok "and no message" said 'ID is empty'

# ---- replayed ------------------------------------------------------------------------------------------------

exits 0 "time goes on" nsw date set 2014-12-01
exits 0 "an old sample, replayed as of today" nsw replay "$FRUIT" --clock shift --set FunctionalReferenceID=HAND-7 --json
ok "is taken" said '"receipts":1'
exits 0 "as of today it is not, as it stands" nsw replay "$FRUIT" --set FunctionalReferenceID=HAND-8 --json
ok "but refused" said '"refusals":1'

finish
