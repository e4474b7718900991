<?xml version="1.0" encoding="UTF-8"?>
<!--
  A payment advice made from an order: everything credited under the number of a booking; where there is
  none, the order has failed and nothing is credited.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:o="urn:nsw:pay-ord:1" xmlns="urn:nsw:pay-adv:1" exclude-result-prefixes="o">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:param name="request"/>
  <xsl:param name="party"/>
  <xsl:param name="moment"/>
  <xsl:param name="document"/>

  <xsl:template match="/o:Declaration">
    <Declaration>
      <FunctionCode>9</FunctionCode>
      <FunctionalReferenceID><xsl:value-of select="o:FunctionalReferenceID"/></FunctionalReferenceID>
      <ID><xsl:value-of select="o:ID"/></ID>
      <RefToMessageID><xsl:value-of select="$request"/></RefToMessageID>
      <IssueDateTime><xsl:value-of select="$moment"/></IssueDateTime>
      <TypeCode>834</TypeCode>
      <xsl:choose>
        <xsl:when test="$document != ''">
          <PaidStatus>PAID</PaidStatus>
        </xsl:when>
        <xsl:otherwise>
          <PaidStatus>FAILED</PaidStatus>
          <AdditionalInformation>
            <StatementCode>INSUFFICIENT</StatementCode>
            <StatementDescription>Insufficient funds. Tài khoản không đủ số dư.</StatementDescription>
          </AdditionalInformation>
        </xsl:otherwise>
      </xsl:choose>
      <Bank>
        <ID><xsl:value-of select="$party"/></ID>
        <xsl:if test="$document != ''">
          <ReferenceID><xsl:value-of select="$document"/></ReferenceID>
        </xsl:if>
      </Bank>
      <xsl:apply-templates select="o:DutyTaxFee"/>
      <Payer>
        <ID><xsl:value-of select="o:Payer/o:ID"/></ID>
      </Payer>
    </Declaration>
  </xsl:template>

  <xsl:template match="o:DutyTaxFee">
    <DutyTaxFee>
      <TypeCode><xsl:value-of select="o:TypeCode"/></TypeCode>
      <Payment>
        <ReferenceID><xsl:value-of select="o:Payment/o:ReferenceID"/></ReferenceID>
        <xsl:choose>
          <xsl:when test="$document != ''">
            <PaymentAmount currencyID="VND"><xsl:value-of select="o:Payment/o:PaymentAmount"/></PaymentAmount>
            <PaidDateTime><xsl:value-of select="$moment"/></PaidDateTime>
          </xsl:when>
          <xsl:otherwise>
            <PaymentAmount currencyID="VND">0</PaymentAmount>
          </xsl:otherwise>
        </xsl:choose>
      </Payment>
    </DutyTaxFee>
  </xsl:template>
</xsl:stylesheet>
