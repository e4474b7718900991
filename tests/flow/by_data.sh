#!/bin/bash
# A new kind with one rule and a new agency with one procedure: files in a folder, and no C.
. tests/flow/lib.bash

kinds=$SCRATCH/kinds parties=$SCRATCH/parties
mkdir -p "$kinds/fireworks" "$parties"

# ---- a kind: what identifies it, its schema, one rule, its facts ------------------------------------

cat >"$kinds/fireworks/kind.xml" <<'END'
<kind xmlns="urn:nsw:kind:1" id="FIREWORKS" version="1" role="application" from="trader"
      signature="allowed" title="Fireworks import permit" title-vi="Giấy phép nhập khẩu pháo hoa">
  <ns prefix="f" uri="urn:test:fireworks"/>
  <identify namespace="urn:test:fireworks" root="Application"/>
  <schema file="fireworks.xsd"/>
  <rules phase="message" file="rules.sch"/>
  <events fact="function"><event value="9" name="lodge"/></events>
  <facts>
    <fact name="function" xpath="/f:Application/f:FunctionCode" required="yes"/>
    <fact name="reference" xpath="/f:Application/f:Reference" required="yes"/>
    <fact name="declarant" xpath="/f:Application/f:Trader"/>
    <fact name="mass" xpath="/f:Application/f:Kilograms"/>
  </facts>
</kind>
END
cat >"$kinds/fireworks/fireworks.xsd" <<'END'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test:fireworks"
           elementFormDefault="qualified">
  <xs:element name="Application">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="FunctionCode" type="xs:token"/>
        <xs:element name="Reference" type="xs:token"/>
        <xs:element name="Trader" type="xs:token"/>
        <xs:element name="Kilograms" type="xs:decimal"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
END
cat >"$kinds/fireworks/rules.sch" <<'END'
<schema xmlns="http://purl.oclc.org/dsdl/schematron" xmlns:nsw="urn:nsw:rule:1" queryBinding="xslt">
  <title>Fireworks</title>
  <ns prefix="f" uri="urn:test:fireworks"/>
  <pattern id="mass">
    <rule context="/f:Application">
      <assert id="FIR-01" role="error" nsw:layer="E" nsw:where="f:Kilograms"
              test="nsw:at-most(f:Kilograms, '500')" diagnostics="FIR-01.hint">
        <value-of select="f:Kilograms"/> kg is more than one permit allows</assert>
    </rule>
  </pattern>
  <diagnostics>
    <diagnostic id="FIR-01.hint">Apply for several permits of at most 500 kg.</diagnostic>
  </diagnostics>
</schema>
END
cat >"$kinds/control.xml" <<'END'
<control xmlns="urn:nsw:control:1" title="Who decides on fireworks">
  <row kind="FIREWORKS" to="FIREBRIGADE" procedure="FIRE-PERMIT" title="Fireworks permit"
       title-vi="Giấy phép pháo hoa" source="a test" mark="C"/>
</control>
END

# ---- an agency: who it is, and how it decides --------------------------------------------------------

cat >"$parties/firebrigade.xml" <<'END'
<party xmlns="urn:nsw:party:1" id="FIREBRIGADE" role="agency" delivery="push">
  <name lang="en">Fire Brigade</name>
  <name lang="vi">Đội chữa cháy</name>
  <sees kind="FIREWORKS"/>
  <decisions answer="LPR">
    <decision id="large" when="mass &gt; 100" title="Much of it" source="a test" mark="C">
      <step name="refused" status="REFUSED" after="1h">
        <refusal code="FIRE-7" text="too much at once" hint="bring less"/>
      </step>
    </decision>
    <decision id="small" title="Little of it" source="a test" mark="C">
      <step name="approved" status="APPROVED" after="2h">
        <document type="911" number="FW-{year}-{draw}" valid="30d"/>
      </step>
    </decision>
  </decisions>
</party>
END

# application REFERENCE KILOGRAMS: the path of a document
application()
{
	cat >"$SCRATCH/$1.xml" <<END
<Application xmlns="urn:test:fireworks">
  <FunctionCode>9</FunctionCode>
  <Reference>$1</Reference>
  <Trader>9900000016</Trader>
  <Kilograms>$2</Kilograms>
</Application>
END
	echo "$SCRATCH/$1.xml"
}

# ---- they take part -----------------------------------------------------------------------------------

little=$(application LITTLE-1 20) much=$(application MUCH-1 200) most=$(application MOST-1 501)
wrong=$(application WRONG-1 heavy)
exits 0 "the kind is known without a gateway" nsw validate --kinds "$kinds" "$little" "$much"
exits 3 "its schema and its rule judge" nsw validate --kinds "$kinds" "$wrong" "$most"
ok "with line, code, text and hint" said 'WRONG-1.xml:5: XSD-' \
	'MOST-1.xml:5: FIR-01: 501 kg is more than one permit allows' 'hint: Apply for several'

sandbox day --date 2014-02-26 --skip-time --kinds "$kinds" --parties "$parties"
exits 0 "the agency has keys and is connected" nsw status
ok "under its name" said '^FIREBRIGADE.agency.push.yes.*Fire Brigade'

exits 0 "a small one is decided" nsw submit --wait "$little"
ok "by the new agency, on its procedure" said 'FIRE-PERMIT' 'APPROVED.FIREBRIGADE'
ok "the case is approved" said 'state.gateway.APPROVED'
id=$(head -n 1 "$OUT" | cut -f1)
exits 0 "the trader gets the answer" nsw fetch
ok "which is an approval" said '	RES	AP	'
nsw export -q "$id" --to "$SCRATCH/export" >/dev/null
ok "the permit came with it" grep -qr '<ID>FW-2014-' "$SCRATCH/export"

exits 6 "a large one is refused by the agency" nsw submit --wait "$much"
ok "the case is refused" said 'REFUSED.FIREBRIGADE' 'state.gateway.REFUSED'
refused FIR-01 "what breaks the rule is refused at the door" "$most"
exits 0 "customs goes on as before beside it" nsw submit --wait "$SHRIMPS"
exits 0 "the journal is whole" nsw journal verify

# ---- and a broken one is refused with its place ----------------------------------------------------------

nsw down -q
sed -i 's/<assert id="FIR-01"/<assert id="FIR-01" tset="x"/' "$kinds/fireworks/rules.sch"
exits 3 "a misspelt rule keeps the gateway from starting" \
	nsw up --detach --kinds "$kinds" --parties "$parties"
ok "with file and line" said 'rules.sch:[67]: RUL-902'
exits 3 "and nsw from validating" nsw validate --kinds "$kinds" "$little"
ok "with file and line" said 'rules.sch:[67]: RUL-902'

finish
