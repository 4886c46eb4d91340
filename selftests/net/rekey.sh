#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg rekey` makes a new session at once and waits for it. The old session carries
# packets as long as there is no new one, and no number of requests floods a peer.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "the stock driver has no such request"

two_hosts
tunnel
keys nobody
psk one
psk two
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# calls FILE PORT: initiations that left from the port
calls()
{
	awk -v port="$2" '$1 == "out" && $3 == port && $7 == 1' "$1" | wc -l
}

# rekeys HOST WORDS...: it succeeds, and says what it did in $TMP/said
rekeys()
{
	w "$1" rekey t0 "${@:2}" >"$TMP/said" || { cat "$TMP/said"; return 1; }
}

# fails_to_rekey HOST WORDS...: a reason is in $TMP/said, or an error in $TMP/errors
fails_to_rekey()
{
	refuses w "$1" rekey t0 "${@:2}" >"$TMP/said" 2>"$TMP/errors" ||
		{ cat "$TMP/said"; return 1; }
}

# said TEXT [FILE]
said()
{
	grep -q -- "$1" "$TMP/${2:-said}" && return 0
	cat "$TMP/${2:-said}"
	return 1
}

complained()
{
	said "$1" errors
}

# Without a session, with one that is old enough, and right after a handshake.
new_session()
{
	local out=$TMP/monitor

	background a "$WG" monitor t0 >"$out"
	wait_for 20 grep -q listening "$out"
	sniff a va "$TMP/sniff"
	rekeys a
	same "$(cat "$TMP/said")" "t0: peer ${PUB[b]}: new session"
	wait_for 20 grep -q "new session: ${PUB[b]}" "$out"
	same "$(calls "$TMP/sniff" 5001)" 1
	# too early for the next one, so this waits for up to 5 s
	rekeys a peer "${PUB[b]}"
	wait_for 20 eval '[ "$(grep -c "new session: ${PUB[b]}" "$out")" = 2 ]'
	same "$(calls "$TMP/sniff" 5001)" 2
	ping_ok a 10.9.0.2
	rekeys b --json
	same "$($PY -c 'import json, sys; d = json.load(open(sys.argv[1]))
print(d["device"], [(p["public_key"], p["result"]) for p in d["peers"]])' "$TMP/said")" \
		"t0 [('${PUB[a]}', 'new-session')]"
	same "$(calls "$TMP/sniff" 5001)" 2
	sniff_end
}
test_case "a new session is made, waited for and notified, with and without an old one" new_session

with_stock()
{
	link_new a t1
	link_new b t1 wireguard
	w a set t1 private-key "$TMP/a.key" listen-port 5003 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5004 allowed-ips 10.8.0.2/32
	at b /usr/bin/wg set t1 private-key "$TMP/b.key" listen-port 5004 peer "${PUB[a]}" \
		allowed-ips 10.8.0.1/32
	address a t1 10.8.0.1/24
	address b t1 10.8.0.2/24
	ipat a link set t1 up
	ipat b link set t1 up
	w a rekey t1
	[ "$(at b /usr/bin/wg show t1 latest-handshakes | cut -f 2)" -gt 0 ]
	w a rekey t1
	ping_ok a 10.8.0.2
	ipat a link del t1
	ipat b link del t1
}
if modprobe -q wireguard && command -v wg >/dev/null; then
	test_case "the stock driver answers it" with_stock
else
	skip "the stock driver answers it" "no stock driver or tool here"
fi

# The keys differ, so no handshake can succeed. Nothing is sent meanwhile but initiations,
# and a peer that left these unanswered would be unreachable.
old_session_stays()
{
	local bad

	ping_ok a 10.9.0.2
	bad=$(reason_of a t0 bad-response)
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/one.psk"
	sniff a va "$TMP/vain"
	fails_to_rekey a --timeout 1
	said "no answer within 1 s; the present session stays until it expires"
	wait_for 40 eval '[ "$(calls "$TMP/vain" 5001)" -ge 4 ]'
	expect_reason a t0 bad-response "$bad" 2
	same "$(w a stats t0 --json | $PY -c '
import json, sys
print(json.load(sys.stdin)["devices"][0]["peers"][0]["unreachable"])')" False
	# the very first packet
	at a ping -q -c 1 -W 5 10.9.0.2
	at b ping -q -c 1 -W 5 10.9.0.1
	fails_to_rekey a --timeout 1
	said "newest reason: bad-response"
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/one.psk"
	rekeys a
	sniff_end
}
test_case "the old session carries packets while handshakes fail" old_session_stays

# Only the session of a handshake after the change tells that both ends have the key.
preshared()
{
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/two.psk"
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/two.psk"
	rekeys a
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/one.psk"
	fails_to_rekey a --timeout 7
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/two.psk"
	rekeys a
	ping_ok a 10.9.0.2
}
test_case "it tells whether a preshared key is the same on both ends" preshared

gone()
{
	ipat b link set t0 down
	fails_to_rekey a --timeout 2
	said "peer ${PUB[b]}: no answer within 2 s; the present session stays"
	fails_to_rekey a --timeout 1 --json
	same "$($PY -c 'import json, sys; d = json.load(open(sys.argv[1]))
print([(p["result"], p["connected"]) for p in d["peers"]])' "$TMP/said")" \
		"[('no-answer', True)]"
	ipat b link set t0 up
	rekeys a --timeout 20
}
test_case "a peer that does not answer is named, with an exit status" gone

# Peers that cannot be called.
several()
{
	w a set t0 peer "${PUB[nobody]}" allowed-ips 10.9.0.9/32
	rekeys a
	said "peer ${PUB[b]}: new session"
	said "peer ${PUB[nobody]}: no endpoint"
	fails_to_rekey a peer "${PUB[b]}" peer "${PUB[nobody]}"
	said "peer ${PUB[b]}: new session"
	said "peer ${PUB[nobody]}: no endpoint"
	fails_to_rekey a peer "${PUB[nobody]}"
	w a set t0 peer "${PUB[b]}" remove
	fails_to_rekey a
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 preshared-key "$TMP/two.psk" \
		allowed-ips 10.9.0.2/32,fd09::2/128 peer "${PUB[nobody]}" remove
}
test_case "each peer has a line, and each named one must answer" several

wrong()
{
	fails_to_rekey a peer "${PUB[nobody]}"
	said "there is no peer \`${PUB[nobody]}'"
	fails_to_rekey a peer alice peer "${PUB[b]}"
	said "there is no peer \`alice'"
	said "peer ${PUB[b]}: new session"
	for bad in 0 -1 1.5 x 5000000000 ''; do
		fails_to_rekey a --timeout "$bad"
		complained "takes seconds"
	done
	fails_to_rekey a peer
	complained "Usage:"
	fails_to_rekey a peer ''
	fails_to_rekey a more
	refuses w a rekey
	refuses w a rekey nowhere 2>"$TMP/errors"
	complained "No such device"
	refuses w a rekey lo
	w a rekey --help
}
test_case "unknown peers and wrong arguments are refused" wrong

not_possible()
{
	ipat a link set t0 down
	fails_to_rekey a
	complained "the interface is down"
	ipat a link set t0 up
	w a set t0 private-key /dev/null
	fails_to_rekey a
	complained "has no private key"
	w a set t0 private-key "$TMP/a.key"
	refuses at a setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		"$WG" rekey t0 2>"$TMP/errors"
	complained "Operation not permitted"
	rekeys a
}
test_case "it needs a link that is up, a private key and the capability" not_possible

# Requests over one socket, as fast as they are answered: of a peer that does not answer,
# then of one that does.
cat >"$TMP/many.py" <<'PY'
import base64, sys, time
sys.path.insert(0, sys.argv[1])
from genl import Family
family = Family()
body = family.named("t0") + family.build("device", {"peers": [
    {"public-key": base64.b64decode(sys.argv[2])}]})
end, count = time.monotonic() + 6, 0
while time.monotonic() < end:
    family.do("rekey", body)
    count += 1
print(count)
PY

flood()
{
	local count made

	sniff a va "$TMP/flood"
	count=$(at a /usr/bin/python3 "$TMP/many.py" "$NET_DIR/../nl" "${PUB[b]}")
	sniff_end
	made=$(calls "$TMP/flood" 5001)
	echo "$count requests in 6 s, $made initiations, the peer $1" >>"$TMP/floods"
	[ "$count" -ge 1000 ]
	# at 0 and 5 s; a busy machine may take longer than 6 s
	[ "$made" -ge 1 ] && [ "$made" -le 3 ]
}

floods()
{
	flood answers
	ipat b link set t0 down
	flood "does not answer"
	ipat b link set t0 up
	rekeys a --timeout 20
	ping_ok a 10.9.0.2
}
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	test_case "thousands of requests make one initiation in five seconds" floods
	diag "$(cat "$TMP/floods")"
else
	skip "thousands of requests make one initiation in five seconds" "needs python3-yaml"
fi

finish
