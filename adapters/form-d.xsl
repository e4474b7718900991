<?xml version="1.0" encoding="UTF-8"?>
<!--
  A certificate of origin Form D made from the application for it. What the application says in AgencyData,
  of an item or of all items, is the criterion of box 8 as it is printed (WO, CTH, 40%, CTSH + 35%), the
  invoice and the FOB value; issued more than three days after the shipment it is marked RET.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:a="urn:nsw:lpa:1" xmlns="urn:nsw:coo-iss:1" exclude-result-prefixes="a">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:param name="moment"/>
  <xsl:param name="date"/>
  <xsl:param name="document"/>
  <xsl:param name="until"/>
  <xsl:variable name="data" select="/a:Declaration/a:AgencyData"/>
  <xsl:variable name="shipment" select="/a:Declaration/a:GoodsShipment"/>
  <xsl:variable name="items" select="$shipment/a:GovernmentAgencyGoodsItem"/>
  <xsl:variable name="departure" select="$shipment/a:Consignment/a:DepartureDateTime"/>
  <xsl:variable name="digits" select="'0123456789.'"/>
  <!-- The FOB value stands on all certificates until 19 September 2020, then on those to these members. -->
  <xsl:variable name="shows-value" select="translate($date, '-', '') &lt; 20200920 or
                                           contains(' ID KH LA ', $shipment/a:Destination/a:CountryCode)"/>

  <xsl:template match="/a:Declaration">
    <Declaration>
      <FunctionCode>9</FunctionCode>
      <ID><xsl:value-of select="$document"/></ID>
      <IssueDateTime><xsl:value-of select="$moment"/></IssueDateTime>
      <TypeCode>861</TypeCode>
      <ExpirationDateTime><xsl:value-of select="substring-before($until, 'T')"/></ExpirationDateTime>
      <xsl:call-template name="boxes"/>
      <Authentication>
        <RoleCode>EXPORTER</RoleCode>
        <Name><xsl:value-of select="a:Applicant/a:Name"/></Name>
        <IssueDateTime><xsl:value-of select="$date"/></IssueDateTime>
        <xsl:apply-templates select="$shipment/a:Exporter/a:Address/a:CityName" mode="copy"/>
      </Authentication>
      <Authentication>
        <RoleCode>ISSUER</RoleCode>
        <Name>Nguyễn Văn Mẫu</Name>
        <OfficeName>Phòng Quản lý xuất nhập khẩu khu vực mẫu</OfficeName>
        <IssueDateTime><xsl:value-of select="$date"/></IssueDateTime>
      </Authentication>
      <Exporter>
        <xsl:apply-templates select="$shipment/a:Exporter/*" mode="copy"/>
      </Exporter>
      <GoodsShipment>
        <Consignee>
          <xsl:apply-templates select="$shipment/a:Importer/*" mode="copy"/>
          <xsl:if test="not($shipment/a:Importer)"><Name>TO ORDER</Name></xsl:if>
        </Consignee>
        <xsl:call-template name="consignment"/>
        <xsl:apply-templates select="$shipment/a:Destination | $shipment/a:ExportCountry" mode="copy"/>
        <xsl:apply-templates select="$items"/>
        <Invoice>
          <ID><xsl:value-of select="($data | $items/a:AgencyData)[a:Name = 'InvoiceNumber'][1]/a:Value"/></ID>
          <IssueDateTime><xsl:value-of select="($data | $items/a:AgencyData)[a:Name = 'InvoiceDate'][1]/a:Value"/></IssueDateTime>
        </Invoice>
      </GoodsShipment>
    </Declaration>
  </xsl:template>

  <!-- Box 13. -->
  <xsl:template name="boxes">
    <xsl:variable name="late">
      <xsl:choose>
        <xsl:when test="$departure">
          <xsl:variable name="then"><xsl:call-template name="day"><xsl:with-param name="date" select="$departure"/></xsl:call-template></xsl:variable>
          <xsl:variable name="now"><xsl:call-template name="day"><xsl:with-param name="date" select="$date"/></xsl:call-template></xsl:variable>
          <xsl:value-of select="$now - $then"/>
        </xsl:when>
        <xsl:otherwise>0</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:if test="($data | $items/a:AgencyData)[a:Name = 'CumulationCountry']">
      <AdditionalInformation><StatementCode>ACC</StatementCode></AdditionalInformation>
    </xsl:if>
    <xsl:if test="$late &gt; 3">
      <AdditionalInformation><StatementCode>RET</StatementCode></AdditionalInformation>
    </xsl:if>
    <xsl:if test="($data | $items/a:AgencyData)[a:Name = 'OriginCriterion'][starts-with(a:Value, 'PC')]">
      <AdditionalInformation><StatementCode>PCU</StatementCode></AdditionalInformation>
    </xsl:if>
  </xsl:template>

  <xsl:template name="consignment">
    <xsl:variable name="means" select="$shipment/a:Consignment/a:BorderTransportMeans[a:Name]"/>
    <Consignment>
      <xsl:if test="$means">
        <BorderTransportMeans>
          <xsl:apply-templates select="$means/a:Name | $means/a:ID | $means/a:ModeCode" mode="copy"/>
        </BorderTransportMeans>
      </xsl:if>
      <DepartureDateTime>
        <xsl:value-of select="$departure"/>
        <xsl:if test="not($departure)"><xsl:value-of select="$date"/></xsl:if>
      </DepartureDateTime>
      <xsl:apply-templates select="$shipment/a:Consignment/a:LoadingLocation | $shipment/a:Consignment/a:UnloadingLocation" mode="copy"/>
      <xsl:if test="not($shipment/a:Consignment)">
        <UnloadingLocation><ID><xsl:value-of select="$shipment/a:Destination/a:CountryCode"/>ZZZ</ID></UnloadingLocation>
      </xsl:if>
    </Consignment>
  </xsl:template>

  <xsl:template match="a:GovernmentAgencyGoodsItem">
    <!-- Of the item where it says so itself, else of all. -->
    <xsl:variable name="own" select="a:AgencyData"/>
    <xsl:variable name="criterion" select="normalize-space(($own | $data[not(a:Name = $own/a:Name)])[a:Name = 'OriginCriterion']/a:Value)"/>
    <xsl:variable name="value" select="($own | $data[not(a:Name = $own/a:Name)])[a:Name = 'FOBValue']/a:Value"/>
    <xsl:variable name="content" select="contains($criterion, '%') and not(starts-with($criterion, 'PC'))"/>
    <GovernmentAgencyGoodsItem>
      <xsl:apply-templates select="a:SequenceNumeric" mode="copy"/>
      <Commodity>
        <xsl:apply-templates select="a:Commodity/a:Description | a:Commodity/a:Classification | a:Commodity/a:GoodsMeasure" mode="copy"/>
        <xsl:if test="$content and $value and $shows-value">
          <InvoiceLine>
            <ItemChargeAmount currencyID="USD"><xsl:value-of select="$value"/></ItemChargeAmount>
          </InvoiceLine>
        </xsl:if>
      </Commodity>
      <Origin>
        <xsl:apply-templates select="a:Origin/a:CountryCode" mode="copy"/>
        <xsl:call-template name="criterion"><xsl:with-param name="printed" select="$criterion"/></xsl:call-template>
      </Origin>
      <xsl:apply-templates select="a:Packaging" mode="copy"/>
      <xsl:if test="not(a:Packaging)">
        <Packaging>
          <SequenceNumeric>1</SequenceNumeric>
          <QuantityQuantity>0</QuantityQuantity>
          <TypeCode>NE</TypeCode>
        </Packaging>
      </xsl:if>
    </GovernmentAgencyGoodsItem>
  </xsl:template>

  <!-- What is printed in box 8, taken apart. -->
  <xsl:template name="criterion">
    <xsl:param name="printed"/>
    <xsl:variable name="share" select="substring-before(concat(substring-after($printed, '+'), substring($printed, 1, 35 * not(contains($printed, '+')))), '%')"/>
    <xsl:variable name="number" select="translate($share, translate($share, $digits, ''), '')"/>
    <xsl:choose>
      <xsl:when test="contains($printed, '+')">
        <TypeCode>COMBI</TypeCode>
        <TariffChangeCode><xsl:value-of select="normalize-space(substring-before($printed, '+'))"/></TariffChangeCode>
        <PercentageNumeric><xsl:value-of select="$number"/></PercentageNumeric>
      </xsl:when>
      <xsl:when test="starts-with($printed, 'PC')">
        <TypeCode>PC</TypeCode>
        <PercentageNumeric><xsl:value-of select="$number"/></PercentageNumeric>
      </xsl:when>
      <xsl:when test="contains($printed, '%')">
        <TypeCode>RVC</TypeCode>
        <PercentageNumeric><xsl:value-of select="$number"/></PercentageNumeric>
      </xsl:when>
      <xsl:otherwise>
        <TypeCode><xsl:value-of select="$printed"/></TypeCode>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The number of a day, to count between two of them. -->
  <xsl:template name="day">
    <xsl:param name="date"/>
    <xsl:variable name="month" select="number(substring($date, 6, 2))"/>
    <xsl:variable name="shift" select="floor((14 - $month) div 12)"/>
    <xsl:variable name="year" select="number(substring($date, 1, 4)) + 4800 - $shift"/>
    <xsl:value-of select="number(substring($date, 9, 2)) + floor((153 * ($month + 12 * $shift - 3) + 2) div 5) +
                          365 * $year + floor($year div 4) - floor($year div 100) + floor($year div 400)"/>
  </xsl:template>

  <xsl:template match="*" mode="copy">
    <xsl:element name="{local-name()}" namespace="urn:nsw:coo-iss:1">
      <xsl:copy-of select="@*"/>
      <xsl:apply-templates select="* | text()[normalize-space()]" mode="copy"/>
    </xsl:element>
  </xsl:template>
</xsl:stylesheet>
