#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# A peer whose address is one of this host would be reached over lo, in the clear. Such an
# address is refused, and reported when it appears later.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

FILE=$TMP/a/t0.conf

# refused TEXT: up, apply and check-config refuse with that text, and make nothing
refused()
{
	refuses q a up "$FILE" >"$TMP/said" 2>&1
	grep -q -- "$1" "$TMP/said"
	refuses has_link a
	ipat a link add t0 type naawg
	refuses at a "$WG" apply "$FILE" >"$TMP/said" 2>&1
	grep -q -- "$1" "$TMP/said"
	ipat a link del t0
}

own_address()
{
	conf a "Address = 10.9.0.1/24, fd09::1/64" < <(peer b "Name = b" "AllowedIPs = $1")
	refuses at a "$WG" check-config "$FILE" >"$TMP/said" 2>&1
	grep -q "t0.conf:[0-9]*: allowed IP $1.* is our own Address" "$TMP/said"
	refused "is our own Address"
}
test_case "our own Address is refused as an allowed IP" own_address 10.9.0.1/32
test_case "our own IPv6 Address without a length is refused as an allowed IP" own_address fd09::1

hosts_address()
{
	conf a "Address = 10.9.0.1/24" < <(peer b "Name = b" "AllowedIPs = $1")
	refused "of peer b is an address of this host (va)"
	# a copy in another place may be for another host
	at a "$WG" check-config "$FILE"
	install -d -m 700 "/etc/netns/${NS[a]}/naawg" /etc/naawg
	cp "$FILE" "/etc/netns/${NS[a]}/naawg/t0.conf"
	chmod 600 "/etc/netns/${NS[a]}/naawg/t0.conf"
	refuses at a "$WG" check-config /etc/naawg/t0.conf
}
test_case "an IPv4 address of another link is refused as an allowed IP" hosts_address 192.0.2.1/32
test_case "an IPv6 address of another link is refused as an allowed IP" hosts_address 2001:db8::1/128

kept()
{
	ipat a route add local 10.55.0.0/16 dev lo
	conf a "Address = 10.9.0.1/24" < <(peer b "Name = b" "AllowedIPs = 10.55.1.2/32")
	refused "of peer b is an address of this host (lo)"
	ipat a route del local 10.55.0.0/16 dev lo
	for net in 127.1.2.3/32 ::1/128; do
		conf a "Address = 10.9.0.1/24" < <(peer b "AllowedIPs = $net")
		refused "is a loopback address"
	done
}
test_case "local routes and loopback addresses are refused as allowed IPs" kept

# Most tunnels have a network that contains an address of this host.
around()
{
	conf a "Address = 10.9.0.1/24" < <(peer b "AllowedIPs = 10.9.0.0/24, 192.0.0.0/16")
	q a up "$FILE" 2>"$TMP/said"
	refuses grep -v "^+" "$TMP/said"
	q a down "$FILE"
}
test_case "a network that contains an address of this host is accepted" around

table_off()
{
	conf a "Address = 10.9.0.1/24" "Table = off" < <(peer b "Name = b" "AllowedIPs = 192.0.2.1/32")
	q a up "$FILE" 2>"$TMP/said"
	grep -q "warning: .*address of this host (va)" "$TMP/said"
	refuses at a "$WG" check t0 >"$TMP/said"
	grep -q "t0: warning: .* unencrypted" "$TMP/said"
	same "$(wc -l <"$TMP/said")" 2
	q a down "$FILE"
	conf a "Address = 192.0.2.9/24" < <(peer b "AllowedIPs = 10.9.0.2/32")
	refuses q a check "$FILE" 2>"$TMP/said"
	grep -q "t0.conf:[0-9]*: the network .* of the tunnel overlaps" "$TMP/said"
	sed -i 's/^Address/Table = off\nAddress/' "$FILE"
	q a check "$FILE" 2>"$TMP/said"
	grep -q "t0.conf:[0-9]*: warning: the network .* of the tunnel overlaps" "$TMP/said"
}
test_case "with Table = off such an address is a warning" table_off

later()
{
	both
	q a up "$FILE"
	q b up "$TMP/b/t0.conf"
	ping_ok a 10.9.0.2
	at a "$WG" check t0
	address a va "$1"
	refuses at a "$WG" check t0 >"$TMP/said"
	grep -q "t0: .* is an address of this host (va).* unencrypted" "$TMP/said"
	refuses q a reload "$FILE" 2>"$TMP/said"
	grep -q "is an address of this host (va)" "$TMP/said"
	ipat a addr del "$1" dev va
	at a "$WG" check t0
	same "$(q a reload "$FILE")" unchanged
	q a down "$FILE"
	q b down "$TMP/b/t0.conf"
}
test_case "check and reload tell of an address that appears later" later 10.9.0.2/32
test_case "check and reload tell of an IPv6 address that appears later" later fd09::2/128

# Two hosts swap their addresses. The running link still has its old one.
swapped()
{
	conf a "Address = 10.9.0.1/24, fd09::1/64" < <(peer b "AllowedIPs = 10.9.0.2/32, fd09::2/128")
	q a up "$FILE"
	conf a "Address = 10.9.0.2/24, fd09::2/64" < <(peer b "AllowedIPs = 10.9.0.1/32, fd09::1/128")
	q a check "$FILE"
	q a reload "$FILE"
	same "$(q a reload "$FILE")" unchanged
	q a check "$FILE"
	# an address of another link is refused by both
	conf a "Address = 10.9.0.2/24" < <(peer b "AllowedIPs = 192.0.2.1/32")
	refuses q a check "$FILE"
	refuses q a reload "$FILE"
	q a down "$FILE"
}
test_case "check judges a file for a running link as reload does" swapped

# Each link has link-local addresses of its own: a second tunnel may use them again.
link_local()
{
	conf a "Address = fe80::1/64" < <(peer b "AllowedIPs = fe80::2/128")
	q a up "$FILE"
	conf c "Address = fe80::2/64" < <(peer a "AllowedIPs = fe80::1/128")
	mv "$TMP/c/t0.conf" "$TMP/c/t1.conf"
	q a up "$TMP/c/t1.conf" 2>"$TMP/said"
	refuses grep -v "^+" "$TMP/said"
	for link in t0 t1; do
		refuses at a "$WG" check "$link" >"$TMP/said"
		refuses grep "address of this host" "$TMP/said"
	done
	q a reload "$FILE"
	q a down "$TMP/c/t1.conf"
	# on the same link it is an address of this host
	address a t0 fe80::2/64
	refuses at a "$WG" check t0 >"$TMP/said"
	grep -q "fe80::2/128 .* is an address of this host (t0)" "$TMP/said"
	q a down "$FILE"
}
test_case "link-local addresses count on their own link only" link_local

# warned COMMAND...: the command accepts the address of va with a warning
warned()
{
	"$@" 2>"$TMP/said"
	grep -q "^t0: warning: allowed IP 192.0.2.1/32 .* an address of this host (va)" "$TMP/said"
	w a show t0 allowed-ips | grep -q 192.0.2.1/32
}

by_hand()
{
	link_new a t0
	ipat a link set t0 up
	warned w a set t0 peer "${PUB[b]}" allowed-ips 192.0.2.1/32
	peer b "AllowedIPs = 192.0.2.1/32" >"$TMP/peers"
	for command in setconf addconf syncconf; do
		warned w a "$command" t0 "$TMP/peers"
	done
	w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32 2>"$TMP/said"
	w a set t0 peer "${PUB[c]}" allowed-ips -192.0.2.1/32 2>>"$TMP/said"
	ln -sf "$WG" "$TMP/wg"
	at a "$TMP/wg" setconf t0 "$TMP/peers" 2>>"$TMP/said"
	at a "$TMP/wg" set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32 2>>"$TMP/said"
	refuses grep "^t0: warning" "$TMP/said"
	# the warning names only the peer that has the address
	refuses at a "$WG" check t0 >"$TMP/said"
	grep -q "address of this host" "$TMP/said"
	refuses at a "$WG" check t0 --peer "${PUB[c]}" >"$TMP/said"
	refuses grep "address of this host" "$TMP/said"
	refuses at a "$WG" check t0 --peer "${PUB[c]}" --peer "${PUB[b]}" >"$TMP/said"
	grep -q "address of this host" "$TMP/said"
	ipat a link del t0
}
test_case "set, setconf, addconf and syncconf warn of such an address" by_hand

# client ADDRESS FILE: for a new peer of a with this address
client()
{
	at a "$WG" client-config "$2" --name phone --endpoint 192.0.2.1 --address "$1"
}

# no_client ADDRESS FILE: it is refused before anything is written
no_client()
{
	cp "$FILE" "$TMP/before"
	refuses client "$1" "$2" >"$TMP/client" 2>"$TMP/said"
	grep -q "$1/32 of peer phone is an address of this host (va)" "$TMP/said"
	same "$(cat "$TMP/client")" ""
	cmp "$FILE" "$TMP/before"
}

new_client()
{
	local etc=/etc/netns/${NS[a]}/naawg

	conf a "Address = 10.9.0.1/24" "ListenPort = 5001" </dev/null
	install -d -m 700 "$etc" /etc/naawg
	cp -p "$FILE" "$etc/t0.conf"
	no_client 192.0.2.1 t0
	cmp "$etc/t0.conf" "$FILE"
	rm "$etc/t0.conf"
	q a up "$FILE"
	no_client 192.0.2.1 "$FILE"
	same "$(w a show t0 peers)" ""
	q a down "$FILE"
	# without a link, a file in another place may be for another host
	client 192.0.2.1 "$FILE" >"$TMP/client"
	grep -q "^Name = phone" "$FILE"
}
test_case "client-config gives no client an address of this host" new_client

# The second of two tunnels has an Address that is a peer of the first one.
second_tunnel()
{
	conf a "Address = 10.9.0.1/24" < <(peer b "Name = b" "AllowedIPs = 10.8.0.1/32")
	q a up "$FILE"
	conf c "Address = 10.8.0.1/24" < <(peer a "AllowedIPs = 10.8.0.7/32")
	mv "$TMP/c/t0.conf" "$TMP/c/t1.conf"
	refuses q a up "$TMP/c/t1.conf" 2>"$TMP/said"
	grep -q "10.8.0.1/32 of peer b is our Address, and a peer of the interface t0" "$TMP/said"
	refuses ipat a link show t1
	sed -i 's/^Address/Table = off\nAddress/' "$TMP/c/t1.conf"
	q a up "$TMP/c/t1.conf" 2>"$TMP/said"
	grep -q "warning: .*interface t0" "$TMP/said"
	refuses at a "$WG" check t0 >"$TMP/said"
	grep -q "address of this host (t1)" "$TMP/said"
	q a down "$TMP/c/t1.conf"
	q a down "$FILE"
}
test_case "a tunnel does not take the address of another one's peer" second_tunnel
finish
