<?xml version="1.0" encoding="UTF-8"?>
<!--
  A payment notice made from a declaration: what it states to be paid at once (method D), by tax. Import and
  export declarations have one form; only their namespaces differ. Whole dong fit into XPath's numbers
  exactly up to nine thousand million million.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns="urn:nsw:pay-not:1">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:param name="id"/>
  <xsl:param name="moment"/>
  <xsl:param name="date"/>
  <xsl:param name="reference"/>
  <xsl:param name="draw"/>
  <xsl:variable name="payment" select="concat('NOP-', translate(substring($id, 1, 13), 'abcdef-', 'ABCDEF'))"/>
  <xsl:key name="tax" match="*[local-name() = 'DutyTaxFee'][*[local-name() = 'Payment']
                              [*[local-name() = 'MethodCode'] = 'D'][*[local-name() = 'PaymentAmount'] &gt; 0]]"
           use="*[local-name() = 'TypeCode']"/>

  <xsl:template match="/*">
    <xsl:variable name="importer" select="*[local-name() = 'GoodsShipment']/*[local-name() = 'Importer']"/>
    <Response>
      <FunctionCode>9</FunctionCode>
      <FunctionalReferenceID><xsl:value-of select="concat('TB-', substring($date, 1, 4), '-', $draw, '-', substring($id, 1, 8))"/></FunctionalReferenceID>
      <IssueDateTime><xsl:value-of select="$moment"/></IssueDateTime>
      <TypeCode>102</TypeCode>
      <Declaration>
        <FunctionalReferenceID><xsl:value-of select="$reference"/></FunctionalReferenceID>
        <TypeCode>
          <xsl:choose>
            <xsl:when test="$importer">929</xsl:when>
            <xsl:otherwise>830</xsl:otherwise>
          </xsl:choose>
        </TypeCode>
        <!-- Each tax once, in the order in which the declaration has them. -->
        <xsl:apply-templates select=".//*[local-name() = 'DutyTaxFee']
          [generate-id() = generate-id(key('tax', *[local-name() = 'TypeCode'])[1])]"/>
      </Declaration>
      <Payer>
        <xsl:apply-templates select="$importer | *[local-name() = 'Exporter'][not($importer)]"/>
      </Payer>
    </Response>
  </xsl:template>

  <xsl:template match="*[local-name() = 'DutyTaxFee']">
    <xsl:variable name="same" select="key('tax', *[local-name() = 'TypeCode'])/*[local-name() = 'Payment']"/>
    <DutyTaxFee>
      <TypeCode><xsl:value-of select="*[local-name() = 'TypeCode']"/></TypeCode>
      <Payment>
        <ReferenceID><xsl:value-of select="$payment"/></ReferenceID>
        <MethodCode>D</MethodCode>
        <TaxAssessedAmount currencyID="VND">
          <xsl:value-of select="format-number(sum($same/*[local-name() = 'TaxAssessedAmount']), '0')"/>
        </TaxAssessedAmount>
        <PaymentAmount currencyID="VND">
          <xsl:value-of select="format-number(sum($same/*[local-name() = 'PaymentAmount']), '0')"/>
        </PaymentAmount>
        <!-- Method D: before release, so today. -->
        <DueDateTime><xsl:value-of select="$date"/></DueDateTime>
      </Payment>
    </DutyTaxFee>
  </xsl:template>

  <xsl:template match="*[local-name() = 'Importer'] | *[local-name() = 'Exporter']">
    <Name><xsl:value-of select="*[local-name() = 'Name']"/></Name>
    <ID><xsl:value-of select="*[local-name() = 'ID']"/></ID>
  </xsl:template>
</xsl:stylesheet>
