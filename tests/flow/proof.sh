#!/bin/bash
# What is exported can be verified without us, and not after one byte of it was changed.
. tests/flow/lib.bash

sandbox day --date 2014-02-26 --skip-time
exits 0 "a declaration is decided" nsw submit --wait "$SHRIMPS"
id=$(head -n 1 "$OUT" | cut -f1)
export=$SCRATCH/export
exits 0 "the trader fetches the answers" nsw fetch
exits 0 "it is exported" nsw export "$id" --to "$export"
ok "with all that belongs to it" \
	test -d "$export/message" -a -d "$export/receipt" -a -d "$export/delivery-MoF" -a \
	-d "$export/delivery-MARD" -a -d "$export/response-1"
ok "the declaration is the trader's, byte for byte" cmp "$export/message/payload.xml" "$SHRIMPS"

# As README.txt in the folder says.
judge() # FOLDER
{
	(cd "$1" && authorities=() && for file in ../ca-*.pem; do
		authorities+=(--trusted-pem "$file")
	done && xmlsec1 --verify --enabled-key-data x509 "${authorities[@]}" envelope.xml) >"$OUT" 2>&1
}
judge_all()
{
	local folder
	for folder in "$export"/*/; do
		judge "$folder" && continue
		echo "$folder"
		head -n 5 "$OUT"
		return 1
	done
}
ok "the public tool verifies each message" judge_all
ok "README.txt has the very command" grep -q 'xmlsec1 --verify' "$export/README.txt"
exits 0 "so does nsw" nsw verify "$export"
exits 0 "nsw verifies it in the gateway as well" nsw verify "$id"

# ---- one byte ---------------------------------------------------------------------------------------

# change FILE PATTERN REPLACEMENT: exactly one byte, in a copy of the export.
change()
{
	rm -rf "$SCRATCH/changed"
	cp -R "$export" "$SCRATCH/changed"
	sed -i "0,/$2/s/$2/$3/" "$SCRATCH/changed/$1"
	[ "$(cmp -l "$export/$1" "$SCRATCH/changed/$1" | wc -l)" = 1 ]
}
convicted() # FOLDER FILE PATTERN REPLACEMENT REASON
{
	change "$1/$2" "$3" "$4" || { echo "nothing was changed"; return 1; }
	if judge "$SCRATCH/changed/$1"; then
		echo "xmlsec1 did not see it"
		return 1
	fi
	run 7 nsw verify "$SCRATCH/changed" && said "$SCRATCH/changed/$1: CLI-012: .*$5"
}
for folder in message receipt delivery-MARD response-1; do
	ok "a byte of the payload of $folder changed: both see it, and which reference" \
		convicted $folder payload.xml '<TypeCode>A\|<ResultCode>A' "$(
			case $folder in
			message | delivery-*) echo '<TypeCode>B' ;;
			*) echo '<ResultCode>B' ;;
			esac)" 'payload.xml has been changed'
	ok "a byte of the envelope of $folder changed: both see it" \
		convicted $folder envelope.xml '<To>N\|<To>9\|<To>M' '<To>X' 'SIG-'
done

mv "$export/message/payload.xml" "$SCRATCH/gone"
exits 3 "a message without its payload cannot be verified" nsw verify "$export"
exits 3 "nothing is exported of what nobody knows" nsw export no-such-id --to "$SCRATCH/none"
ok "and no folder is left behind" test ! -e "$SCRATCH/none"

finish
