#!/bin/sh
# A quarantine service in fifteen lines, in place of a ministry's own system:
#
#	nsw up --exec MARD=tests/adapters/fifteen_lines.sh
decision() { echo "<decision xmlns='urn:nsw:party:1' id='$1'>$2</decision>"; }
step="<step name='decided' after='1h' items='yes'"
why="<refusal code='MARD-101' text='no cattle and no beef from there' hint='see the items from GB'/>"
permit="<document type='853' number='TY-{year}-{draw}' valid='60d'/>"

if [ "$NSW_EVENT" = cancel ]; then
	decision cancelled "$step status='CANCELLED'/>"
elif echo "$NSW_ITEM_ORIGIN" | grep -qx GB && echo "$NSW_ITEM_HS" | grep -q '^02'; then
	decision bovine "$step status='REFUSED'>$why</step>"
elif echo "$NSW_ITEM_HS" | grep -q '^0[1-5]'; then
	decision quarantine "$step status='APPROVED'>$permit</step>"
else
	decision not-subject "$step status='APPROVED' note='NOT SUBJECT TO QUARANTINE'/>"
fi
