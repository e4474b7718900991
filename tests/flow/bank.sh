#!/bin/bash
# Duties paid through the window: customs asks, the trader orders, the bank pays, the goods are cleared.
# Before the bank was connected: at its counter.
. tests/flow/story.bash

TRADER=9900000016 IMPORT=VN15-HPH-001025
declare_it() { nsw submit --clock shift --set "FunctionalReferenceID=$1" "$IMPORTS/nswpay-thailand.xml"; }

day bank --date 2015-12-02 --skip-time

# ---- customs asks for payment ------------------------------------------------------------------------------

exits 0 "an import asks for payment through the window" declare_it $IMPORT
ok "everybody has agreed, and payment is due" reaches PAYMENT_DUE $IMPORT
ok "it is the bank's task" has_task $IMPORT "BANK BANK-DUTY ELECTRONIC LIVE single window"
ok "the trader has the notice of customs" told $TRADER PAY-NOT "" "<FunctionalReferenceID>$IMPORT<"

notice=$(letters $TRADER PAY-NOT "")
in_notice() { sed -n "s/.*<$1[^>]*>\([^<]*\)<.*/\1/p" "$notice" | head -n 1; }
number=$(in_notice FunctionalReferenceID) payment=$(in_notice ReferenceID) amount=$(in_notice PaymentAmount)
ok "with the value added tax, and no import duty" test "$(grep -o '<TypeCode>[A-Z]*<' "$notice")" = '<TypeCode>VAT<'
ok "as it was declared" test "$amount" = 345903180

# ---- orders --------------------------------------------------------------------------------------------------

import=$IMPORT # for which it is paid
# order SAMPLE REFERENCE OF-PAYMENT AMOUNT OPTION...
order()
{
	nsw submit --clock shift --set "FunctionalReferenceID=$2" --set "//Payment/ReferenceID=$3" \
		--set "//Payment/PaymentAmount=$4" --set "ID=$import" "${@:5}" "schemas/pay-ord/samples/$1.xml"
}
refused_order() # CODE OPTION of order...
{
	run 6 order "${@:2}" && said "REFUSED $1"
}
ok "an order for what nobody has asked for is refused" refused_order JRN-011 nswpay-thailand PO-1 NOP-000000000000 "$amount"
ok "and so is that of somebody else" refused_order JRN-011 nswpay-thailand PO-2 "$payment" "$amount" --as 9900000048 \
	--set Payer/ID=9900000048

exits 0 "an order is given that the bank cannot carry out" order cannot-be-paid SIM-P-1 "$payment" "$amount"
ok "the trader reads that" told $TRADER PAY-ADV SIM-P-1 '<PaidStatus>FAILED<'
ok "the notice is open" reaches FAILED "$number"
ok "and payment still due" reaches PAYMENT_DUE $IMPORT

exits 0 "another order is given" order nswpay-thailand PO-3 "$payment" "$amount"
ok "the bank has paid" told $TRADER PAY-ADV PO-3 '<PaidStatus>PAID<'
ok "that settles the notice" reaches PAID "$number"
ok "and the import is cleared" reaches CLEARED $IMPORT
ok "the bank had the order, and customs a copy" went "$number" PAY-ORD BANK MoF
ok "the advice went to customs too" went "$number" PAY-ADV MoF $TRADER
last_answer() { in_a_letter $TRADER RES $IMPORT '<ResultCode>AP<'; }
ok "the trader reads that it is cleared" last_answer
once() { [ "$(nsw show $IMPORT --json | grep -c '"event":"state".*"state":"CLEARED"')" = 1 ]; }
ok "once" once
ok "nothing is paid twice" refused_order LIF-001 nswpay-thailand PO-4 "$payment" "$amount"

# ---- less, then the rest -------------------------------------------------------------------------------------

exits 0 "another import asks for payment" declare_it PARTS-1
ok "it is due" reaches PAYMENT_DUE PARTS-1
ok "the trader has a notice" told $TRADER PAY-NOT "" '<FunctionalReferenceID>PARTS-1<'
import=PARTS-1 notice=$(letters $TRADER PAY-NOT "" | tail -n 1)
number=$(in_notice FunctionalReferenceID) payment=$(in_notice ReferenceID)
exits 0 "a part is ordered" order nswpay-thailand PO-5 "$payment" 200000000
ok "and paid" reaches PART_PAID "$number"
ok "which does not clear" reaches PAYMENT_DUE PARTS-1
exits 0 "all of it is ordered" order nswpay-thailand PO-6 "$payment" "$amount"
ok "and paid" reaches PAID "$number"
ok "which does" reaches CLEARED PARTS-1
exits 0 "the record is whole" nsw journal verify

# ---- at the counter --------------------------------------------------------------------------------------------

day counter --date 2014-02-03
exits 0 "an import asks for payment before the bank is connected" declare_it $IMPORT
exits 0 "and another" declare_it POOR-1
ok "they are to pay at the counter" has_task $IMPORT "BANK BANK-DUTY PAPER NONE -"
exits 0 "the papers wait there" nsw paper ls $IMPORT
ok "at the bank" said 'BANK.BANK-DUTY.*Branch of the collecting bank'
exits 0 "one is paid" nsw paper decide $IMPORT --agency BANK --permit NH-2014-001
exits 0 "the other cannot be" nsw paper decide POOR-1 --agency BANK --refuse --text "no funds"
ok "it is suspended, not refused" reaches SUSPENDED POOR-1
day counter --skip-time
ok "what is paid clears when the others have decided" reaches CLEARED $IMPORT
decided() { nsw show "$1" --json | grep '"type":"task"' | grep -c '"state":"DECIDED"' | grep -qx "$2"; }
ok "everybody has decided on the other too" soon decided POOR-1 4
ok "which waits for an amendment" in_state SUSPENDED POOR-1
exits 0 "the record is whole" nsw journal verify

finish
