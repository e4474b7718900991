#!/bin/bash
# What the gateway must not take: each has a code of its own, and does the gateway no harm.
. tests/flow/lib.bash

sandbox day --date 2014-02-26 --skip-time
keys=$NSW_STATE/keys
trader=9900000016 other=9900000023 suffering=9900000048

# A keyring like the sandbox's, to be spoilt; its path.
copied=0
copy_keys()
{
	copied=$((copied + 1))
	cp -R "$keys" "$SCRATCH/keys-$copied"
	copy=$SCRATCH/keys-$copied
}

# Keys of a stranger with the trader's name, from another authority.
certs-example/make-pki "$SCRATCH/foreign" $trader:p256 NSW-VN:p256
# Certificates that must not be trusted, for the party that tests make suffer.
cp -R "$keys" "$SCRATCH/spoilt"
certs-example/make-pki "$SCRATCH/spoilt" --bad "$SCRATCH/bad" $suffering

# ---- signatures -----------------------------------------------------------------------------------

refused SIG-001 "no signature" "$SHRIMPS" --unsigned

copy_keys
cp "$SCRATCH/foreign/parties/$trader"/sign.* "$copy/parties/$trader/"
refused SIG-010 "signed by a stranger of the same name" "$SHRIMPS" --keys "$copy"

refused SIG-019 "signed by another party" "$SHRIMPS" --sign-as $other
refused PTY-001 "a stated sender other than the one connected" "$SHRIMPS" --from $other

with_bad() # NAME DAY
{
	copy_keys
	cp "$SCRATCH/bad/$1"/sign.* "$copy/parties/$suffering/"
	set -- --keys "$copy" --as $suffering --sign-at "$2"
	options=("$@")
}
with_bad expired 2005-06-01
refused SIG-011 "a certificate that has expired by gateway time" "$SHRIMPS" "${options[@]}"
with_bad not-yet-valid 2048-06-01
refused SIG-012 "a certificate that is not yet valid by gateway time" "$SHRIMPS" "${options[@]}"
with_bad not-on-file 2014-02-26
refused SIG-015 "a certificate that is not the one on file" "$SHRIMPS" "${options[@]}"

nsw submit -q --keep "$SCRATCH/sent" "$PARTS" >/dev/null 2>&1
sed '0,/<InvoiceAmount[^>]*>./s/\(<InvoiceAmount[^>]*>\)./\19/' "$SCRATCH/sent/message/payload.xml" \
	>"$SCRATCH/changed.xml"
if cmp -s "$SCRATCH/changed.xml" "$SCRATCH/sent/message/payload.xml"; then
	sed -i '0,/<InvoiceAmount[^>]*>./s/\(<InvoiceAmount[^>]*>\)./\18/' "$SCRATCH/changed.xml"
fi
refused SIG-002 "one byte of the payload changed" "$SCRATCH/changed.xml" \
	--raw-envelope "$SCRATCH/sent/message/envelope.xml"
echo '<Envelope/>' >"$SCRATCH/no-envelope.xml"
refused ENV-001 "an envelope that is none" "$SHRIMPS" --raw-envelope "$SCRATCH/no-envelope.xml"

# ---- documents ----------------------------------------------------------------------------------------

sed '2i <!DOCTYPE Declaration [<!ENTITY lol "lol">]>' "$SHRIMPS" >"$SCRATCH/doctype.xml"
exits 3 "nsw itself sees a DOCTYPE" nsw submit "$SCRATCH/doctype.xml"
ok "and names the line" said 'doctype.xml:2: XML-003'
refused XML-003 "a DOCTYPE" "$SCRATCH/doctype.xml" --kind DEC-IMP
echo '<unknown/>' >"$SCRATCH/unknown.xml"
refused KND-001 "a document of no known kind" "$SCRATCH/unknown.xml" --kind DEC-IMP
echo 'no XML' >"$SCRATCH/none.xml"
refused XML-001 "no XML at all" "$SCRATCH/none.xml" --kind DEC-IMP
sed 's/<GoodsItemQuantity>[0-9]*/<GoodsItemQuantity>7/' "$FRUIT" >"$SCRATCH/miscounted.xml"
refused TOT-01 "a declaration that breaks a rule" "$SCRATCH/miscounted.xml"
ok "its place and remedy are told" said 'miscounted.xml:8: TOT-01: .*says 7' 'hint: Count'

# ---- sizes -----------------------------------------------------------------------------------------------

head -c 8388609 /dev/zero >"$SCRATCH/large"
exits 3 "nsw itself sees what is above the polite limit" nsw submit --kind DEC-IMP "$SCRATCH/large"
ok "and says what the limit is" said 'PLD-001: 8388609 bytes: the gateway takes 8388608'
refused PLD-001 "above the polite limit" "$SCRATCH/large" --kind DEC-IMP --force-size
rm "$SCRATCH/large"
truncate -s 50331649 "$SCRATCH/huge" # one byte above 48 MiB
exits 4 "above the hard limit the connection is gone" \
	nsw submit --kind DEC-IMP --force-size "$SCRATCH/huge"
ok "the client says why" said 'BUS-030' 'hard limit'
# The gateway tells a dropped connection from one that was given up by what is left unread; when the
# client was quick to notice, that may be nothing. Of several one is seen.
seen_in_the_log()
{
	local tries=8
	while [ $((tries--)) -gt 0 ]; do
		grep -q 'code=BUS-013' "$NSW_STATE/nswd.log" && return
		nsw submit -q --kind DEC-IMP --force-size "$SCRATCH/huge" 2>"$ERR"
	done
	logged 'code=BUS-013'
}
ok "so does the gateway's log" seen_in_the_log

# ---- connections ---------------------------------------------------------------------------------------------

copy_keys
cp "$SCRATCH/foreign/parties/$trader"/curve.* "$copy/parties/$trader/"
exits 4 "a transport key that the gateway does not know" nsw submit --keys "$copy" "$SHRIMPS"
ok "the client says why" said 'BUS-032'
ok "so does the gateway's log" logged 'code=BUS-014'
copy_keys
cp "$SCRATCH/foreign/parties/NSW-VN/curve.pub" "$copy/parties/NSW-VN/"
rm -f "$copy/parties/NSW-VN/curve.key"
exits 4 "another gateway than the one whose key we hold" \
	nsw submit --keys "$copy" --timeout 5s "$SHRIMPS"
ok "the client says why" said 'BUS-033'
exits 3 "a trader may not ask what the operator may" nsw ls --operator $trader
ok "the answer says why" said 'CTL-002'

# ---- unharmed ---------------------------------------------------------------------------------------------------

exits 0 "after all this the gateway takes an honest declaration" nsw submit --wait "$SHRIMPS"
exits 0 "what was refused is kept" nsw ls --failed --limit 1000
ok "with its codes" said SIG-001 SIG-002 SIG-010 SIG-011 SIG-012 SIG-015 SIG-019 PTY-001 XML-003 \
	PLD-001 KND-001 TOT-01
exits 0 "the journal is whole" nsw journal verify

finish
