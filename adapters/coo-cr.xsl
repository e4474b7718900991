<?xml version="1.0" encoding="UTF-8"?>
<!--
  What the customs of a partner made of a certificate: every item utilised in full, but for those that are
  only partially cumulated (PC), which are rejected. One bad item does not block the others.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:c="urn:nsw:coo-iss:1" xmlns="urn:nsw:coo-cr:1" exclude-result-prefixes="c">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:param name="request"/>
  <xsl:param name="moment"/>
  <xsl:variable name="items" select="/c:Declaration/c:GoodsShipment/c:GovernmentAgencyGoodsItem"/>
  <xsl:variable name="bad" select="$items[c:Origin/c:TypeCode = 'PC']"/>

  <xsl:template match="/c:Declaration">
    <Response>
      <FunctionCode>11</FunctionCode>
      <xsl:choose>
        <xsl:when test="count($bad) = count($items)"><ResultCode>RE</ResultCode></xsl:when>
        <xsl:otherwise><ResultCode>AP</ResultCode></xsl:otherwise>
      </xsl:choose>
      <FunctionalReferenceID><xsl:value-of select="c:ID"/></FunctionalReferenceID>
      <RefToMessageID><xsl:value-of select="$request"/></RefToMessageID>
      <IssueDateTime><xsl:value-of select="$moment"/></IssueDateTime>
      <xsl:if test="$bad">
        <AdditionalInformation>
          <StatementCode>CRI</StatementCode>
          <StatementDescription xml:lang="en">goods that are only partially cumulated do not originate in the exporting state</StatementDescription>
        </AdditionalInformation>
      </xsl:if>
      <Status>
        <EffectiveDateTime><xsl:value-of select="$moment"/></EffectiveDateTime>
        <xsl:choose>
          <xsl:when test="count($bad) = count($items)"><NameCode>REJECTED</NameCode></xsl:when>
          <xsl:when test="$bad"><NameCode>PARTIAL</NameCode></xsl:when>
          <xsl:otherwise><NameCode>UTILISED</NameCode></xsl:otherwise>
        </xsl:choose>
      </Status>
      <xsl:apply-templates select="$items"/>
    </Response>
  </xsl:template>

  <xsl:template match="c:GovernmentAgencyGoodsItem">
    <xsl:variable name="measure" select="c:Commodity/c:GoodsMeasure/c:TariffQuantity[1]"/>
    <GovernmentAgencyGoodsItem>
      <SequenceNumeric><xsl:value-of select="c:SequenceNumeric"/></SequenceNumeric>
      <Commodity>
        <Classification>
          <ID><xsl:value-of select="c:Commodity/c:Classification/c:ID"/></ID>
        </Classification>
      </Commodity>
      <xsl:choose>
        <xsl:when test="c:Origin/c:TypeCode = 'PC'">
          <NameCode>REJECTED</NameCode>
          <ReasonCode>CRI</ReasonCode>
        </xsl:when>
        <xsl:otherwise>
          <NameCode>UTILISED</NameCode>
          <UsedQuantity unitCode="{$measure/@unitCode}"><xsl:value-of select="$measure"/></UsedQuantity>
        </xsl:otherwise>
      </xsl:choose>
    </GovernmentAgencyGoodsItem>
  </xsl:template>
</xsl:stylesheet>
