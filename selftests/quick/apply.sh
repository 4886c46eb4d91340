#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# naawg apply and naawg-quick reload change a running tunnel to the state of its file.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

# applies STATUS LAST-LINE ARGS...
applies()
{
	local status=$1 last=$2 rc=0

	shift 2
	at a "$WG" apply "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said"
	same "$rc" "$status"
	[ -z "$last" ] || same "$(tail -n 1 "$TMP/said")" "$last"
}

FILE=$TMP/a/t0.conf

first()
{
	both
	q a up "$FILE"
	q b up "$TMP/b/t0.conf"
	ping_ok a 10.9.0.2
	applies 0 unchanged "$FILE"
	SHAKEN=$(handshake_of a t0)
	[ "$SHAKEN" -gt 0 ]
	echo "$SHAKEN" >"$TMP/shaken"
}
test_case "a file in force changes nothing" first

still_the_same_session()
{
	same "$(handshake_of a t0 "${PUB[b]}")" "$(cat "$TMP/shaken")"
	ping_ok a 10.9.0.2
	same "$(handshake_of a t0 "${PUB[b]}")" "$(cat "$TMP/shaken")"
}

changes()
{
	conf a "ListenPort = 5001" "Address = 10.9.0.1/24, 10.8.0.1/24" "MTU = 1380" \
		"Forward = 8080:tcp:10.101.0.2" < <(
		peer b "AllowedIPs = 10.9.0.2/32, 10.66.0.0/16" "Endpoint = 192.0.2.2:5002"
		peer c "AllowedIPs = 10.9.0.3/32" "Name = third")
	all_of a >"$TMP/before"
	applies 2 changed --dry-run "$FILE"
	unchanged_since
	for line in "+ address 10.8.0.1/24" "- address fd09::1/64" "+ peer third" \
		"~ mtu 1420 -> 1380" "+ forward 8080:tcp:10.101.0.2" "+ route 10.66.0.0/16 table 254"; do
		grep -qxF -- "$line" "$TMP/said"
	done
	refuses grep -qF "$(cat "$TMP/a.key")" "$TMP/said"
	ipat a addr add 10.7.0.1/24 dev t0
	applies 2 changed "$FILE"
	applies 0 unchanged "$FILE"
	ipat a route get 10.66.0.1 | grep -q "dev t0"
	ipat a addr show t0 | grep -q 10.8.0.1/24
	ipat a addr show t0 | grep -q 10.7.0.1/24	# not ours to take
	refuses grep -q fd09 < <(ipat a addr show t0)
	ipat a addr del 10.7.0.1/24 dev t0
	still_the_same_session
}
test_case "differences are shown, then applied, and the session stays" changes

# A peer that keeps its name is the same peer with another key.
new_keys()
{
	local key

	key=$("$WG" genkey | "$WG" pubkey)
	cp "$FILE" "$TMP/keep"
	sed -i "s,${PUB[c]},$key," "$FILE"
	applies 2 changed "$FILE"
	grep -qxF "~ peer third: public key ${PUB[c]} -> $key" "$TMP/said"
	refuses grep -q "^[+-] peer third$" "$TMP/said"
	same "$(w a show t0 peers | grep -cxF "$key")" 1
	applies 0 unchanged "$FILE"
	cp "$TMP/keep" "$FILE"
	applies 2 changed "$FILE"
	grep -qxF "~ peer third: public key $key -> ${PUB[c]}" "$TMP/said"
	still_the_same_session
}
test_case "a peer of the same name gets another key" new_keys

# Deleting the first address of a network also deletes the second one.
same_network()
{
	sysctl_at a net.ipv4.conf.{all,t0}.promote_secondaries=0
	sed -i 's/^Address.*/Address = 10.9.0.7\/24/' "$FILE"
	applies 2 changed "$FILE"
	applies 0 unchanged "$FILE"
	ipat a route get 10.66.0.1 | grep -q "dev t0"
	sed -i 's/^Address.*/Address = 10.9.0.1\/24/' "$FILE"
	same "$(q a reload "$FILE" | tail -n 1)" changed
	same "$(q a reload "$FILE" | tail -n 1)" unchanged
	still_the_same_session
}
test_case "an address is replaced by another one of the same network" same_network

identity()
{
	local key

	key=$(w a show t0 private-key)
	sed -i '/^PrivateKey/d' "$FILE"
	applies 0 unchanged "$FILE"
	same "$(w a show t0 private-key)" "$key"
	sed -i "s|^ListenPort.*|ListenPort = 5001\nPrivateKey = $(printf 'A%.0s' {1..43})=|" "$FILE"
	applies 0 unchanged "$FILE"
	same "$(w a show t0 private-key)" "$key"
	still_the_same_session
}
test_case "an identity is never dropped" identity

refused()
{
	all_of a >"$TMP/before"
	cp "$FILE" "$TMP/good"
	refuse_with()
	{
		applies 1 "" "$FILE"
		grep -q "$1" "$TMP/said"
		unchanged_since
		cp "$TMP/good" "$FILE"
	}
	peer b >>"$FILE"; refuse_with "already"
	peer b | sed '/^\[Peer\]/d' >>"$FILE"; refuse_with "its \[Peer\] is missing"
	echo "AllowedIPs = 10.9.0.2/32" >>"$FILE"; refuse_with "two peers"
	echo "AllowedIPs = 0.0.0.0/0" >>"$FILE"; refuse_with "every address"
	peer a >>"$FILE"; refuse_with "our own"	# the key is the link's, not the file's
	sed -i 's/^Forward.*/Forward = 80:tcp:10.9.0.9/' "$FILE"; refuse_with "different networks"
	sed -i 's/^Address.*/Address = 192.0.2.5\/16/' "$FILE"; refuse_with "overlaps"
	chmod 640 "$FILE"; refuse_with "chmod 0600"
	chmod 600 "$FILE"
	echo nonsense >>"$FILE"; refuse_with "line is wrong"
	: >"$FILE"; echo "[Peer]" >"$FILE"; refuse_with "public key"
	printf 'RequirePresharedKey = yes\n' >"$TMP/policy"
	applies 1 "" --policy "$TMP/policy" "$FILE"
	install -d -m 700 /etc/naawg
	cp "$TMP/policy" /etc/naawg/policy.conf
	refuse_with "PresharedKey"
	echo "TunnelSubnet = 10.66.0.0/16" >/etc/naawg/policy.conf
	refuse_with "outside TunnelSubnet"
	echo "ForbidRoutes = 10.66.7.0/24" >/etc/naawg/policy.conf
	refuse_with "10.66.7.0/24, which ForbidRoutes"
	refuses q a reload "$FILE"
	unchanged_since
	echo "Nonsense" >>/etc/naawg/policy.conf
	refuse_with "policy.conf:2"
	printf 'RequirePresharedKey = no\nRequirePresharedKey = no\n' >/etc/naawg/policy.conf
	refuse_with "already set in line 1"
	rm /etc/naawg/policy.conf
	sed -i 's/^Forward.*/Forward = 5001:udp:10.101.0.2/; s/^Address.*/Address = 10.9.9.1\/24/' "$FILE"
	refuse_with "takes ListenPort 5001"
	# the kernel refuses it at the very end: the port is in use
	sed -i 's/^Forward.*/Forward = 5001:udp:10.101.0.2/; s/^Address.*/Address = 10.9.9.1\/24/
		/^ListenPort/d' "$FILE"
	refuse_with "as it was before"
	applies 0 unchanged "$FILE"
	still_the_same_session
	rm "$FILE"
	applies 1 "" "$FILE"
	cp "$TMP/good" "$FILE"
	applies 1 "" "$TMP/nowhere.conf"
	applies 1 "" t77
}
test_case "a refused file leaves everything as it was" refused

own_keys()
{
	w a show t0 peers
	cat "$FILE"
}

# The device forbids the networks of the policy, whatever allowed IPs its peers have.
policy_reaches_the_device()
{
	cp "$FILE" "$TMP/good"
	install -d -m 700 /etc/naawg
	echo "ForbidRoutes = 10.77.1.9/24, fd77::/64" >/etc/naawg/policy.conf
	applies 2 changed --dry-run "$FILE"
	same "$(w a show t0 forbidden)" "(none)"
	applies 2 changed "$FILE"
	grep -qx "+ forbidden network 10.77.1.0/24" "$TMP/said"
	same "$(w a show t0 forbidden)" "10.77.1.0/24 fd77::/64"
	applies 0 unchanged "$FILE"
	# a forward that is removed may lead to a network that is forbidden now
	sed -i 's/^Forward.*/Forward = 8080:tcp:10.78.0.2/' "$FILE"
	applies 2 changed "$FILE"
	echo "ForbidRoutes = 10.78.0.0/24" >/etc/naawg/policy.conf
	applies 1 "" "$FILE"
	same "$(w a show t0 forbidden)" "10.77.1.0/24 fd77::/64"
	cp "$TMP/good" "$FILE"
	applies 2 changed "$FILE"
	same "$(w a show t0 forbidden)" "10.78.0.0/24"
	# a step that fails later puts the set back
	echo "ForbidRoutes = 10.79.0.0/24" >/etc/naawg/policy.conf
	sed -i 's/^Forward.*/Forward = 5001:udp:10.101.0.2/; /^ListenPort/d' "$FILE"
	applies 1 "" "$FILE"
	same "$(w a show t0 forbidden)" "10.78.0.0/24"
	cp "$TMP/good" "$FILE"
	same "$(q a reload "$FILE" | tail -n 1)" changed
	same "$(w a show t0 forbidden)" "10.79.0.0/24"
	# the next client gets no route there either
	sed -i "s|^PrivateKey.*|PrivateKey = $(cat "$TMP/a.key")|" "$FILE"
	own_keys >"$TMP/before"
	for nets in 10.79.0.0/24 10.9.0.0/24,10.79.0.8/32 0.0.0.0/1 ::/0,10.0.0.0/8; do
		refuses at a "$WG" client-config "$FILE" --name new --endpoint 192.0.2.1 \
			--allowed-ips "$nets" >"$TMP/client" 2>"$TMP/said"
		same "$(cat "$TMP/client")" ""
		cat "$TMP/said"
		grep -q "ForbidRoutes" "$TMP/said"
	done
	own_keys | diff "$TMP/before" -
	cp "$TMP/good" "$FILE"
	rm /etc/naawg/policy.conf
	applies 2 changed "$FILE"
	same "$(w a show t0 forbidden)" "(none)"
	still_the_same_session
}
test_case "the device forbids what the policy forbids" policy_reaches_the_device

# Without the trace, which contains keys.
quiet()
{
	local -
	{ set +x; } 2>/dev/null
	"$@"
}

# A private key in the place of a public one is never written to a readable file.
key_in_the_wrong_place()
{
	local own

	cp "$FILE" "$TMP/good"
	own=$(cat "$TMP/a.key")
	all_of a >"$TMP/before"
	printf '[Peer]\nName = pasted\nPublicKey = %s\n' "$own" >>"$FILE"
	applies 1 "" "$FILE"
	grep -q "t0.conf:$(($(wc -l <"$FILE") - 2)): this PublicKey is our own private key" \
		"$TMP/said"
	quiet refuses q a reload "$FILE" >>"$TMP/said" 2>&1
	# the file does not have the key, the interface has
	sed -i '/^PrivateKey/d' "$FILE"
	applies 1 "" "$FILE"
	grep -q "this PublicKey is our own private key" "$TMP/said"
	quiet refuses w a set t0 peer "$own" >>"$TMP/said" 2>&1
	quiet refuses w a set t0 private-key "$TMP/a.key" peer "$own" >>"$TMP/said" 2>&1
	quiet refuses w a set t0 peer "${PUB[b]}" preshared-key "$TMP/a.key" >>"$TMP/said" 2>&1
	printf '[Interface]\nPrivateKey = %s\n[Peer]\nPublicKey = %s\n' "$own" "$own" >"$TMP/set"
	for how in setconf addconf syncconf; do
		refuses w a "$how" t0 "$TMP/set" >"$TMP/said2" 2>&1
		grep -q "set:3: this PublicKey is our own private key" "$TMP/said2"
		cat "$TMP/said2" >>"$TMP/said"
	done
	quiet refuses w a forward t0 add 80:tcp:10.101.0.2 from "$own" >>"$TMP/said" 2>&1
	refuses grep -qF "$own" "$TMP/said"
	refuses grep -rqF "$own" /run/naawg
	cp "$TMP/good" "$FILE"
	unchanged_since
	still_the_same_session
}
test_case "a private key in the wrong place is refused by every command and not shown" key_in_the_wrong_place

# A conflict is reported before anything changes.
in_the_way()
{
	cp "$FILE" "$TMP/good"
	sed -i '0,/^AllowedIPs = /s//&10.77.0.0\/16, fd77::\/64, /' "$FILE"
	for route in "10.77.0.0/16 via 192.0.2.2" "fd77::/64 via 2001:db8::2"; do
		# shellcheck disable=SC2086
		ipat a route add $route
		all_of a >"$TMP/before"
		applies 1 "" --dry-run "$FILE"
		grep -q "a route ${route%% *} .* over va" "$TMP/said"
		unchanged_since
		applies 1 "" "$FILE"
		grep -q "a route ${route%% *} .* over va" "$TMP/said"
		unchanged_since
		ipat a route del "${route%% *}"
	done
	ipat a route add 10.77.0.0/16 via 192.0.2.2 metric 100
	all_of a >"$TMP/before"
	applies 2 changed --dry-run "$FILE"
	unchanged_since
	ipat a route del 10.77.0.0/16
	cp "$TMP/good" "$FILE"
	applies 0 unchanged "$FILE"
}
test_case "a conflicting route is reported before anything changes" in_the_way

# A port is free only after its forward is removed.
places()
{
	cp "$FILE" "$TMP/good"
	sed -i 's/^Forward.*/Forward = 5003:udp:10.101.0.2 8080:tcp:10.101.0.2/' "$FILE"
	applies 2 changed "$FILE"
	cp "$FILE" "$TMP/one"
	sed -i 's/^ListenPort.*/ListenPort = 5003/; s/5003:udp/5001:udp/' "$FILE"
	# a later failure restores both
	all_of a >"$TMP/before"
	ipat a route add 10.55.0.0/16 via 192.0.2.2
	cp "$FILE" "$TMP/other"
	sed -i 's/^AllowedIPs = 10.9.0.2.*/&, 10.55.0.0\/16/' "$FILE"
	applies 1 "" "$FILE"
	grep -q "as it was before" "$TMP/said"
	ipat a route del 10.55.0.0/16
	unchanged_since
	cp "$TMP/other" "$FILE"
	applies 2 changed "$FILE"
	applies 0 unchanged "$FILE"
	same "$(w a show t0 listen-port)" 5003
	same "$(w a forward t0 list | cut -f1 | sort | tr '\n' ,)" \
		"5001:udp:10.101.0.2,8080:tcp:10.101.0.2,"
	cp "$TMP/one" "$FILE"
	same "$(q a reload "$FILE" | tail -n 1)" changed
	same "$(w a show t0 listen-port)" 5001
	# both use it: refused, and the old forward stays
	all_of a >"$TMP/before"
	sed -i 's/^ListenPort.*/ListenPort = 5003/' "$FILE"
	applies 1 "" "$FILE"
	unchanged_since
	cp "$TMP/good" "$FILE"
	applies 2 changed "$FILE"
	ping_ok a 10.9.0.2
}
test_case "ListenPort and a forward's port can be swapped" places

names()
{
	local ns=${NS[a]}

	q a down "$FILE"
	echo "127.0.0.1 localhost" >"/etc/netns/$ns/hosts"
	echo "" >"/etc/netns/$ns/resolv.conf"
	conf a "ListenPort = 5001" "Address = 10.9.0.1/24" \
		< <(peer b "AllowedIPs = 10.9.0.2/32" "Endpoint = b.example:5002" "Name = bert")
	q a up "$FILE" 2>"$TMP/said"
	grep -q "bert: the endpoint b.example:5002 cannot be resolved yet" "$TMP/said"
	same "$(endpoint_of a t0)" "(none)"
	at a "$WG" check t0 --peer bert | grep -q "peer bert: no handshake"
	at a "$WG" endpoints refresh
	same "$(endpoint_of a t0)" "(none)"
	echo "192.0.2.2 b.example" >>"/etc/netns/$ns/hosts"
	at a "$WG" endpoints refresh t0
	same "$(endpoint_of a t0)" 192.0.2.2:5002
	ping_ok a 10.9.0.2
	# a name is shown without any privilege
	at a setpriv --reuid 65534 --clear-groups --inh-caps=-all "$WG" check t0 --peer bert
	# the peer roams, and its live endpoint counts
	w b set t0 listen-port 5009 peer "${PUB[a]}" endpoint 192.0.2.1:5001
	ping_ok b 10.9.0.1
	same "$(endpoint_of a t0)" 192.0.2.2:5009
	at a "$WG" endpoints refresh
	same "$(endpoint_of a t0)" 192.0.2.2:5009
	applies 0 unchanged "$FILE"
	# unless the file has a new endpoint
	sed -i 's/^Endpoint.*/Endpoint = 192.0.2.2:5010/' "$FILE"
	applies 2 changed "$FILE"
	same "$(endpoint_of a t0)" 192.0.2.2:5010
	sed -i 's/^Endpoint.*/Endpoint = b.example:5009/' "$FILE"
	applies 2 changed "$FILE"
	# without a session the name of the file counts again
	forget a
	sed -i 's/192.0.2.2 b/192.0.2.3 b/' "/etc/netns/$ns/hosts"
	at a "$WG" endpoints refresh
	same "$(endpoint_of a t0)" 192.0.2.3:5009
}
test_case "endpoints given by name are resolved" names

# An address is no name: a peer with an address in the file keeps the endpoint it roamed to.
addresses()
{
	local where

	sed -i 's/^Endpoint.*/Endpoint = 192.0.2.2:5009/' "$FILE"
	applies 2 changed "$FILE"
	for where in 192.0.2.2:5010 "[2001:db8::2]:5010"; do
		w a set t0 peer "${PUB[b]}" endpoint "$where"
		forget a
		same "$(at a "$WG" endpoints refresh t0)" ""
		same "$(endpoint_of a t0)" "$where"
	done
	sed -i 's/^Endpoint.*/Endpoint = [2001:db8::2]:5009/' "$FILE"
	applies 2 changed "$FILE"
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5010
	at a "$WG" endpoints refresh
	same "$(endpoint_of a t0)" 192.0.2.2:5010
}
test_case "endpoints by address are never looked up" addresses
finish
