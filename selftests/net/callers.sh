#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg callers` and `naawg monitor` name the hosts that call and are no peers: the two
# wrong public keys, for people and as JSON.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "the stock driver remembers no callers"

two_hosts
tunnel
keys other
w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001

# lists PATTERN: a line of `callers' on a matches
lists()
{
	w a callers t0 >"$TMP/said"
	grep -Eq -- "$1" "$TMP/said"
}

# call: b sends initiations until a lists a line
call()
{
	background b ping -q -i 0.2 -w 60 10.9.0.1 >"$TMP/ping"
	wait_for 30 lists "$1" || { cat "$TMP/said"; return 1; }
	kill "$STARTED"
	wait "$STARTED" || true
}

# monitor OUT [ARGS...]: events of a go to a file, until nobody_listens
monitor()
{
	background a "$WG" monitor t0 "${@:2}" >"$1"
	echo "$STARTED" >>"$TMP/monitors"
	wait_for 20 grep -q listening "$1"
}

nobody_listens()
{
	xargs kill <"$TMP/monitors"
	rm "$TMP/monitors"
}

# value PROGRAM: what a Python expression of the JSON `e' of `callers' is
value()
{
	w a callers t0 --json | $PY -c '
import json, sys
e = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

nobody()
{
	same "$(w a callers t0)" "t0: no unknown host called"
	same "$(value 'e')" "{'device': 't0', 'callers': []}"
	# nor is a peer listed
	ping_ok b 10.9.0.1
	same "$(w a callers t0)" "t0: no unknown host called"
}
test_case "nobody called" nobody

# The key that a has of b is another one.
unknown()
{
	local out=$TMP/monitor line="t0: ${PUB[b]} at 192.0.2.2:5002, no peer has this public key"

	monitor "$out"
	monitor "$out.json" --json
	w a set t0 peer "${PUB[b]}" remove peer "${PUB[other]}" allowed-ips 10.9.0.2/32
	forget b a
	# a key may have a plus
	call "^${line//+/\\+}: [0-9]+ handshakes?, the newest (now|[0-9]+ seconds? ago)\$"
	same "$(value 'sorted(e["callers"][0])')" \
		"['claimed_public_key', 'count', 'endpoint', 'first', 'last', 'reason']"
	same "$(value '[c["claimed_public_key"] for c in e["callers"]]')" "['${PUB[b]}']"
	same "$(value 'e["callers"][0]["endpoint"]')" "192.0.2.2:5002"
	same "$(value 'e["callers"][0]["reason"]')" "unknown-peer"
	same "$(value 'e["callers"][0]["first"] <= e["callers"][0]["last"]')" True
	wait_for 20 grep -q "t0: unknown caller: ${PUB[b]} at 192.0.2.2:5002, no peer has" "$out"
	wait_for 20 grep -q '"event": "unknown-caller".*"claimed_public_key": "'"${PUB[b]}" \
		"$out.json"
}
test_case "a host whose key no peer has is listed and reported with that key" unknown

mended()
{
	w a set t0 peer "${PUB[other]}" remove peer "${PUB[b]}" allowed-ips 10.9.0.2/32
	same "$(w a callers t0)" "t0: no unknown host called"
	wait_for 30 eval 'at b ping -q -c 1 -W 1 10.9.0.1 >/dev/null'
}
test_case "it is left out once it is a peer" mended

# The key that b has of a is another one.
wrong_key()
{
	local out=$TMP/monitor2

	monitor "$out"
	w b set t0 peer "${PUB[a]}" remove peer "${PUB[other]}" endpoint 192.0.2.1:5001 \
		allowed-ips 10.9.0.1/32
	call "^t0: 192.0.2.2, it has a wrong public key of this host: [0-9]+ handshake"
	same "$(value 'sorted(e["callers"][0])')" "['address', 'count', 'first', 'last', 'reason']"
	same "$(value 'e["callers"][0]["address"]')" "192.0.2.2"
	same "$(value 'e["callers"][0]["reason"]')" "bad-mac1"
	wait_for 20 grep -q "t0: unknown caller: 192.0.2.2, it has a wrong public key" "$out"
}
test_case "a host with a wrong key of this one is listed and reported by its address" wrong_key

# calls KEY: b calls with another private key, until a lists it
calls()
{
	w b set t0 private-key "$TMP/$1.key"
	background b ping -q -i 0.2 -w 60 10.9.0.1 >"$TMP/ping"
	wait_for 30 lists "${PUB[$1]//+/\\+}"
	kill "$STARTED"
	wait "$STARTED" || true
}

# Nobody listens while b calls with another key, and a listener comes within a minute.
late()
{
	local out=$TMP/monitor3

	nobody_listens
	keys early
	w b set t0 peer "${PUB[other]}" remove peer "${PUB[a]}" endpoint 192.0.2.1:5001 \
		allowed-ips 10.9.0.1/32
	w a set t0 peer "${PUB[b]}" remove peer "${PUB[other]}" remove
	calls early
	sleep 1.5
	monitor "$out"
	background b ping -q -i 0.2 -w 60 10.9.0.1 >"$TMP/ping"
	wait_for 30 grep -qF "t0: unknown caller: ${PUB[early]}" "$out"
}
test_case "a caller that nobody heard of is reported to the next listener" late

# The link goes down within the second before the report of the first of two keys.
down()
{
	local out=$TMP/monitor4

	keys first second
	monitor "$out"
	calls first
	ipat a link set t0 down
	cp "$out" "$TMP/before"
	ipat a link set t0 up
	calls second
	wait_for 20 grep -qF "${PUB[second]}" "$out"
	# a slow host reported the first key before the link went down
	grep -qF "${PUB[first]}" "$TMP/before" || refuses grep -qF "${PUB[first]}" "$out"
}

refused()
{
	refuses w a callers 2>"$TMP/errors"
	grep -q "^Usage: " "$TMP/errors"
	refuses w a callers t0 more 2>"$TMP/errors"
	refuses w a callers va 2>"$TMP/errors"
	grep -q "is of kind .veth., not naawg" "$TMP/errors"
	refuses w a callers nowhere 2>"$TMP/errors"
	grep -q "No such device" "$TMP/errors"
	refuses at a setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		"$WG" callers t0 2>"$TMP/errors"
	grep -q "needs CAP_NET_ADMIN" "$TMP/errors"
	w a callers --help >/dev/null
	ln -s "$WG" "$TMP/wg"
	at a "$TMP/wg" --help >"$TMP/said"
	grep -q "^  showconf: " "$TMP/said"
	refuses grep -q "^  callers: " "$TMP/said"
}
test_case "no report outlives the link's way down" down
test_case "wrong arguments and users without the capability are refused" refused
finish
