#!/bin/bash
# The example PKI: what certs-example/make-pki promises.
. "$(dirname "$0")/report.sh"

make_pki=certs-example/make-pki
pki="$SCRATCH/a pki"

in_2014=$(date -u -d 2014-02-26 +%s)

# Every certificate of a folder, as a strict stranger would judge it.
verifies() # FOLDER
{
	cat "$1"/ca/*.crl >"$SCRATCH/lists"
	find "$1/parties" -name 'sign*.crt' -print0 |
		xargs -0 openssl verify -attime "$in_2014" -x509_strict -auth_level 2 \
			-crl_check_all -CAfile "$1/ca/root.crt" -untrusted "$1/ca/issuing.crt" \
			-CRLfile "$SCRATCH/lists" >/dev/null
}

# All that a party needs to take part.
complete() # FOLDER PARTY
{
	local file
	for file in sign.crt sign.key curve.pub curve.key; do
		[ -s "$1/parties/$2/$file" ] || return
	done
}

quietly() { [ -z "$("$@" 2>&1 || echo "status $?")" ]; }
contents() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

# ---- a new one, and more for it ---------------------------------------------------------------

listed_parties() { sed '/^#/d' certs-example/parties.tsv | cut -f1 | sort; }

has_the_listed_parties()
{
	local party
	[ "$(ls "$pki/parties" | LC_ALL=C sort)" = "$(listed_parties | LC_ALL=C sort)" ] || return
	for party in $(listed_parties); do complete "$pki" "$party" || return; done
}

keys_are_the_owners()
{
	[ -z "$(find "$pki" -name '*.key' ! -perm 600)" ] &&
		[ -z "$(find "$pki/ca/private" -prune ! -perm 700)" ]
}

subjects() { find "$1" -name '*.crt' -exec openssl x509 -noout -subject -in {} \;; }
every_name_says_simulation() { ! subjects "$pki" | grep -v SIMULATION; }

# Weighted sum modulo 11, as the tax office does it.
tax_codes_are_well_formed()
{
	local codes
	codes=$(listed_parties | grep '^[0-9]*$')
	[ "$(wc -l <<<"$codes")" = 4 ] && awk '
		{
			split("31 29 23 19 17 13 7 5 3", weight, " ")
			sum = 0
			for (i = 1; i <= 9; i++)
				sum += substr($0, i, 1) * weight[i]
			if ($0 !~ /^99/ || length($0) != 10 || 10 - sum % 11 != substr($0, 10)) {
				print "not a tax code: " $0
				exit 1
			}
		}' <<<"$codes"
}

again_changes_nothing()
{
	local before
	before=$(contents "$pki")
	quietly $make_pki "$pki" && [ "$before" = "$(contents "$pki")" ]
}

naming_adds_parties()
{
	local before after
	before=$(contents "$pki/parties")
	quietly $make_pki "$pki" MoD MIC:p384 MARD && complete "$pki" MoD && complete "$pki" MIC ||
		return
	after=$(contents "$pki/parties")
	[ "$before" = "$(grep -v '/M[oI][DC]/' <<<"$after")" ] && verifies "$pki" &&
		openssl x509 -in "$pki/parties/MIC/sign.crt" -noout -text | grep -q P-384
}

a_list_of_ones_own()
{
	printf 'BANK\trsa2048\tA/Bank+Co. = "Ngân hàng"\tits comment\n\n# none\nASW-ID\tp256\n' \
		>"$SCRATCH/own.tsv"
	quietly $make_pki "$SCRATCH/own" --from "$SCRATCH/own.tsv" 9900000016 &&
		[ "$(ls -m "$SCRATCH/own/parties")" = '9900000016, ASW-ID, BANK' ] &&
		verifies "$SCRATCH/own" &&
		openssl x509 -in "$SCRATCH/own/parties/BANK/sign.crt" -noout -nameopt utf8,sep_multiline \
			-subject | grep -qx ' *CN=A/Bank+Co. = "Ngân hàng" SIMULATION'
}

# Of the same key as the good one, good on its first day and on no other.
has_an_expired_certificate() # FOLDER PARTY
{
	local home=$1/parties/$2 day=$(date -u -d 2005-01-01T12:00 +%s)
	[ "$(openssl x509 -in "$home/expired.crt" -noout -pubkey)" = \
		"$(openssl x509 -in "$home/sign.crt" -noout -pubkey)" ] &&
		openssl verify -attime "$day" -x509_strict -CAfile "$1/ca/root.crt" \
			-untrusted "$1/ca/issuing.crt" "$home/expired.crt" >/dev/null &&
		openssl verify -attime "$in_2014" -CAfile "$1/ca/root.crt" \
			-untrusted "$1/ca/issuing.crt" "$home/expired.crt" 2>&1 |
		grep -q 'certificate has expired'
}

everybody_has_an_expired_certificate()
{
	local party
	for party in $(listed_parties); do
		has_an_expired_certificate "$pki" "$party" || { echo "$party"; return 1; }
	done
}

# As a folder from before there were any, and one that cannot issue.
an_older_folder_gets_them()
{
	local folder=$SCRATCH/older
	$make_pki "$folder" A B && rm "$folder"/parties/*/expired.crt &&
		quietly $make_pki "$folder" A C && has_an_expired_certificate "$folder" A &&
		has_an_expired_certificate "$folder" C && [ ! -e "$folder/parties/B/expired.crt" ] &&
		rm -r "$folder/ca/private" && quietly $make_pki "$folder" B
}

check "a PKI is made quietly" quietly $make_pki "$pki"
check "every certificate of it is good in 2014" verifies "$pki"
check "it has the parties of parties.tsv" has_the_listed_parties
check "keys are for their owner alone" keys_are_the_owners
check "everybody has a certificate that has expired" everybody_has_an_expired_certificate
check "an older folder gets them" an_older_folder_gets_them
check "every name says SIMULATION" every_name_says_simulation
check "the example traders have well-formed tax codes of province 99" tax_codes_are_well_formed
check "made again, it is left as it is" again_changes_nothing
check "further parties are added by naming them" naming_adds_parties
check "a list of one's own may be used" a_list_of_ones_own

# ---- wrong orders -----------------------------------------------------------------------------

status_of() # WANTED ARGUMENT...
{
	local wanted=$1
	shift
	$make_pki "$@" >"$SCRATCH/said" 2>&1
	[ $? = "$wanted" ] || { cat "$SCRATCH/said"; return 1; }
	[ -s "$SCRATCH/said" ]
}

wrong_names_are_refused()
{
	local name
	for name in ../x .hidden 'a b' a/b '' :p256 x:rsa1024 'a;b' "$(printf 'x%.0s' {1..36})"; do
		status_of 1 "$SCRATCH/none" "$name" || { echo "name '$name'"; return 1; }
		[ ! -e "$SCRATCH/none" ] || return
	done
}

a_stranger_folder_is_left_alone()
{
	mkdir -p "$SCRATCH/photos" && echo photo >"$SCRATCH/photos/one"
	status_of 1 "$SCRATCH/photos" MoF && [ "$(ls -A "$SCRATCH/photos")" = one ]
}

wrong_usage()
{
	status_of 2 && status_of 2 --revoke MoF && status_of 2 "$pki" --revoke &&
		status_of 2 "$pki" --revoke MoF MARD && status_of 2 "$pki" --nonsense &&
		status_of 2 "$pki" --rotate MoF --since && status_of 2 "$pki" --from
}

wrong_orders()
{
	status_of 1 "$pki" --revoke Nobody && status_of 1 "$pki" --rotate Nobody &&
		status_of 1 "$pki" --crl-until tomorrow &&
		status_of 1 "$pki" --rotate MoF --since 2014-2-1 &&
		status_of 1 "$SCRATCH/none" --revoke MoF && status_of 1 "$pki" --bad "$SCRATCH/photos" &&
		status_of 1 "$pki" --from "$SCRATCH/none.tsv" && [ ! -e "$SCRATCH/none" ]
}

check "names that are no party ids are refused" wrong_names_are_refused
check "a folder with something else in it is left alone" a_stranger_folder_is_left_alone
check "wrong usage is status 2" wrong_usage
check "orders that cannot be carried out are status 1" wrong_orders

# ---- changes ----------------------------------------------------------------------------------

rotated()
{
	quietly $make_pki "$pki" --rotate MoF:rsa2048 --since 2014-02-01 && verifies "$pki" &&
		openssl x509 -in "$pki/parties/MoF/sign-2.crt" -noout -startdate |
		grep -q 'Feb  1 00:00:00 2014' && quietly $make_pki "$pki" --rotate MoF &&
		[ -s "$pki/parties/MoF/sign-3.key" ]
}

listed_on() { openssl crl -in "$1" -noout -text | grep -c 'Serial Number:'; }

revoked()
{
	verifies "$pki" && quietly $make_pki "$pki" --revoke MoF && ! verifies "$pki" 2>/dev/null &&
		[ "$(listed_on "$pki/ca/issuing.crl")" = 3 ] &&
		quietly $make_pki "$pki" --revoke MoF && [ "$(listed_on "$pki/ca/issuing.crl")" = 3 ]
}

check "a party gets more certificates beside its first" rotated
check "all certificates of a party are revoked, once" revoked

# ---- interruptions ----------------------------------------------------------------------------

# An openssl that kills everybody at its Nth call.
mkdir -p "$SCRATCH/bin"
cat >"$SCRATCH/bin/openssl" <<'END'
#!/bin/sh
echo >>"$CALLS"
[ "$(wc -l <"$CALLS")" -lt "$FATAL_CALL" ] || kill -KILL 0
exec "$OPENSSL" "$@"
END
chmod +x "$SCRATCH/bin/openssl"
export OPENSSL CALLS="$SCRATCH/calls"
OPENSSL=$(command -v openssl)

killed_at_call() # N ARGUMENT...
{
	: >"$CALLS"
	{ FATAL_CALL=$1 PATH=$SCRATCH/bin:$PATH setsid -w $make_pki "${@:2}"; } >/dev/null 2>&1
}

a_new_one_is_whole_or_absent()
{
	local call folder
	for call in {1..20}; do
		folder=$SCRATCH/new/$call
		killed_at_call "$call" "$folder" A && [ "$call" -gt 5 ] && return
		[ ! -e "$folder" ] || { echo "half a PKI at call $call"; return 1; }
		$make_pki "$folder" A && verifies "$folder" && complete "$folder" A || return
	done
}

an_old_one_stays_whole()
{
	local call folder=$SCRATCH/old
	$make_pki "$folder" A || return
	for call in {1..10}; do
		killed_at_call "$call" "$folder" B && [ "$call" -gt 2 ] && break
		[ ! -e "$folder/parties/B" ] && verifies "$folder" || return
	done
	complete "$folder" A && complete "$folder" B && verifies "$folder"
}

a_revocation_is_finished_by_asking_again()
{
	local call folder=$SCRATCH/old
	for call in 1 2; do
		killed_at_call "$call" "$folder" --revoke A
		[ "$(listed_on "$folder/ca/issuing.crl")" = 0 ] || return
	done
	$make_pki "$folder" --revoke A && [ "$(listed_on "$folder/ca/issuing.crl")" = 1 ]
}

# What the authority has no record of it cannot revoke.
all_on_record()
{
	local certificate serial
	for certificate in "$1"/parties/*/sign.crt; do
		serial=$(openssl x509 -in "$certificate" -noout -serial) &&
			grep -q "	${serial#serial=}	" "$1/ca/private/issuing.issued" || return
	done
}

several_at_a_time() # FOLDER PARTY...: each with the next
{
	local folder=$1 makers=() maker status=0
	while shift && [ $# -ge 2 ]; do
		$make_pki "$folder" "$1" "$2" & makers+=($!)
	done
	for maker in "${makers[@]}"; do wait "$maker" || status=1; done
	return $status
}

several_agree()
{
	local party folder=$SCRATCH/both
	several_at_a_time "$folder" A B C && several_at_a_time "$folder" C D E F G || return
	for party in A B C D E F G; do complete "$folder" $party || return; done
	verifies "$folder" && all_on_record "$folder"
}

nothing_else_is_left() { [ -z "$(ls -d "$pki".making-* "$SCRATCH"/both.making-* 2>/dev/null)" ]; }

check "a new PKI that is interrupted is not there" a_new_one_is_whole_or_absent
check "an existing PKI stays whole when an addition is interrupted" an_old_one_stays_whole
check "an interrupted revocation is finished by asking again" a_revocation_is_finished_by_asking_again
check "several who make the same PKI at a time agree" several_agree
check "no working folder is left behind" nothing_else_is_left
finish
