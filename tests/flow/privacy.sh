#!/bin/bash
# What nobody else is to see: the state folder, whatever the umask; private keys, in no log and no
# core dump; and the door, which is not open to the network unless somebody says so.
. tests/flow/lib.bash

umask 000 # the most careless of users
export NSW_LOG=debug
sandbox careless --date 2014-02-26 --skip-time
KEYS=$SCRATCH/careless/keys
exits 0 "a declaration is decided, with all logged that can be" nsw submit --wait "$SHRIMPS"
exits 6 "another is refused" nsw submit --set 'FunctionalReferenceID=' "$SHRIMPS"
unset NSW_LOG

# ---- files ------------------------------------------------------------------------------------------

open_to_others() # WHAT...: files that anybody but their owner may read or write
{
	find "$NSW_STATE" -path "$NSW_STATE/keys" -prune -o "$@" -perm /077 -printf '%m %p\n'
}
only_ours() { [ -z "$(open_to_others "$@")" ] || { open_to_others "$@"; false; }; }
ok "the state folder is 0700" [ "$(stat -c %a "$NSW_STATE")" = 700 ]
ok "nobody else may read or write the journal" only_ours -name 'journal*'
ok "nor anything else but certificates" only_ours -type f

# ---- memory -----------------------------------------------------------------------------------------

gateway=$(<"$NSW_STATE/nswd.pid") adapters=$(<"$NSW_STATE/adapter.pid")
no_core() { grep -q '^Max core file size *0 ' "/proc/$1/limits"; }
ok "nswd leaves no core dump" no_core "$gateway"
ok "nor does nsw-adapter" no_core "$adapters"
# A process that nobody may look into belongs to root under /proc; for root that proves nothing.
hidden() { [ "$(stat -c %u "/proc/$1/mem")" = 0 ]; }
if [ "$(id -u)" = 0 ] || [ "${MODE:-debug}" != debug ]; then
	skip "their memory is hidden from their own user" "as root, or with a sanitizer, it never is"
else
	ok "nswd's memory is hidden from its own user" hidden "$gateway"
	ok "nsw-adapter's too" hidden "$adapters"
fi

# ---- logs -------------------------------------------------------------------------------------------

# Transport secrets, and every line of every private key but those that are the public half, which
# the certificate in an envelope spells alike; short last lines are chance's.
public_halves()
{
	local file
	for file in "$KEYS"/parties/*/*.crt; do sed '/^-----/d' "$file" | tr -d '\n'; echo; done
}
secrets()
{
	cat "$KEYS"/parties/*/curve.key
	sed '/^-----/d' "$KEYS"/parties/*/*.key | awk 'length > 30' |
		awk 'NR == FNR { all = all $0 "\n"; next } !index(all, $0)' <(public_halves) -
}
secrets | sort -u >"$SCRATCH/secrets"
quotes_a_secret() { grep -rlFf "$SCRATCH/secrets" --exclude-dir=keys "$@"; }
ok "there are secrets to look for" [ "$(wc -l <"$SCRATCH/secrets")" -gt 50 ]
ok "the log tells much" grep -q '^[^ ]* *debug\| debug ' "$NSW_STATE/nswd.log"
refute "no secret stands in the logs, the journal, or anywhere in the state" \
	quotes_a_secret "$NSW_STATE"
{ cat "$NSW_STATE/nswd.log" && head -n 1 "$SCRATCH/secrets"; } >"$SCRATCH/leak"
ok "one that did would be found" quotes_a_secret "$SCRATCH/leak"
if [ "$(id -u)" = 0 ]; then
	ok "a gateway that runs as root says that it better did not" logged running-as-root
else
	refute "a gateway of a user of its own has nothing to say about that" in_the_log running-as-root
fi
refute "its door is this machine's alone" in_the_log open-to-the-network
exits 0 "it stops" nsw down

# ---- a door to the network, and a state folder for everybody -------------------------------------------

sandbox wide --date 2014-02-26 --endpoint 'tcp://0.0.0.0:*'
ok "a door to the network is told" logged open-to-the-network
exits 0 "it stops" nsw down
mkdir -m 777 "$SCRATCH/open"
exits 70 "a state folder that others may write to is refused" \
	timeout 20 "$BIN/nswd" --state "$SCRATCH/open" --keys "$KEYS" --date 2014-02-26
ok "by name" said 'open: CFG-013'

# A secret in the wrong place or in wrong hands is not quoted by who refuses it.
cp -a "$KEYS" "$SCRATCH/pki"
home=$SCRATCH/pki/parties/NSW-VN
starts() { timeout 20 "$BIN/nswd" --state "$SCRATCH/own" --keys "$SCRATCH/pki" --date 2014-02-26; }
unquoted() { refute "$1" quotes_a_secret "$OUT" "$ERR"; }
secret=$(<"$home/curve.key")
echo "$secret" >>"$SCRATCH/secrets"
echo "${secret::-1}" >>"$home/curve.pub" # cut, so that it is none
head -c 39 "$home/curve.key" >>"$SCRATCH/secrets"
exits 70 "a secret transport key in curve.pub is refused" starts
unquoted "and not quoted"
cp -a "$KEYS/parties/NSW-VN/curve.pub" "$home"
cat "$home/sign.key" >"$home/sign.crt"
exits 70 "so is a private key where its certificate should be" starts
unquoted "it is not quoted either"
finish
