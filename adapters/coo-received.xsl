<?xml version="1.0" encoding="UTF-8"?>
<!-- A partner's word that it has a certificate: the business receipt. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:c="urn:nsw:coo-iss:1" xmlns="urn:nsw:coo-cr:1" exclude-result-prefixes="c">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:param name="request"/>
  <xsl:param name="moment"/>

  <xsl:template match="/c:Declaration">
    <Response>
      <FunctionCode>11</FunctionCode>
      <ResultCode>AJ</ResultCode>
      <FunctionalReferenceID><xsl:value-of select="c:ID"/></FunctionalReferenceID>
      <RefToMessageID><xsl:value-of select="$request"/></RefToMessageID>
      <IssueDateTime><xsl:value-of select="$moment"/></IssueDateTime>
      <Status>
        <EffectiveDateTime><xsl:value-of select="$moment"/></EffectiveDateTime>
        <NameCode>RECEIVED</NameCode>
      </Status>
    </Response>
  </xsl:template>
</xsl:stylesheet>
