#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Inner packets are padded to 16 bytes, but never beyond the MTU of the route, which the
# sizes on the wire prove. Odd MTUs work.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1

# sizes_for INNER...: the size of the data message that carries each, as seen
# leaving a. An echo of N bytes is an inner packet of N + 28.
sizes_for()
{
	local inner

	sniff a va "$TMP/sizes"
	for inner in "$@"; do
		ping_ok a 10.9.0.2 -M do -s $((inner - 28)) >&2
	done
	sniff_end
	awk '$1 == "out" && $7 == 4 { printf "%s%s", sep, $6; sep = " " } END { print "" }' \
		"$TMP/sizes"
}

padded()
{
	same "$(sizes_for 84 96 97 1000 1408)" "$((96 + 32)) $((96 + 32)) $((112 + 32)) $((1008 + 32)) $((1408 + 32))"
}
test_case "packets are padded to 16 bytes" padded

link_mtu()
{
	ipat a link set t0 mtu 1300
	ipat b link set t0 mtu 1300
	# 1297 would pad to 1312, which the link does not take.
	same "$(sizes_for 1296 1297 1299 1300)" "$((1296 + 32)) $((1300 + 32)) $((1300 + 32)) $((1300 + 32))"
}
test_case "padding ends at the MTU of the link" link_mtu

route_mtu()
{
	ipat a route add 10.9.0.2/32 dev t0 mtu 1299
	same "$(sizes_for 1281 1296 1297 1299)" "$((1296 + 32)) $((1296 + 32)) $((1299 + 32)) $((1299 + 32))"
	ipat a route del 10.9.0.2/32 dev t0
	same "$(sizes_for 1299)" $((1300 + 32))
}
test_case "padding ends at the MTU of the route" route_mtu

route_mtu6()
{
	sniff a va "$TMP/sizes"
	ipat a -6 route add fd09::2/128 dev t0 mtu 1285
	ping_ok a fd09::2 -M do -s $((1284 - 48))
	ping_ok a fd09::2 -M do -s $((1280 - 48))
	sniff_end
	same "$(awk '$1 == "out" && $7 == 4 { print $6 }' "$TMP/sizes" | xargs)" \
		"$((1285 + 32)) $((1280 + 32))"
	ipat a -6 route del fd09::2/128 dev t0
}
test_case "padding ends at the MTU of an IPv6 route" route_mtu6

# With the default MTU a full packet fits the cable in both outer families.
fits()
{
	local host

	for host in a b; do
		ipat $host link set t0 mtu 1420
	done
	w a set t0 peer "${PUB[b]}" endpoint '[2001:db8::2]:5002'
	ping_ok a 10.9.0.2 -M do -s 1392
	refuses at a ping -q -c 1 -W 1 -M do -s 1393 10.9.0.2
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2 -M do -s 1392
}
test_case "packets of the default MTU fill the cable exactly" fits

# An MTU below 68 takes IPv4 off a link and one below 1280 IPv6.
back_to_normal()
{
	ipat a link set t0 mtu 1420
	ipat a addr replace 10.9.0.1/24 dev t0
	ipat a addr replace fd09::1/64 dev t0 nodad
	ping_ok a 10.9.0.2
	ping_ok a fd09::2
}

odd_values()
{
	local mtu

	for mtu in 0 1 67 68 575 1279 1280 1281 9000 65535; do
		ipat a link set t0 mtu $mtu || continue
		# Packets may be lost at these sizes, but the link has to work afterwards.
		at a ping -q -c 1 -W 1 10.9.0.2 || :
		at a ping -q -c 1 -W 1 -s 2000 10.9.0.2 || :
	done
	back_to_normal
}
test_case "packets pass at odd MTUs" odd_values

# A jumbo link over the ordinary cable: the outer packets are fragmented.
larger_than_cable()
{
	local host

	for host in a b; do
		ipat $host link set t0 mtu 34700
	done
	ping_ok a 10.9.0.2 -s 30000
	ping_ok b 10.9.0.1 -s 34600
}
test_case "inner packets larger than the cable's MTU pass" larger_than_cable

finish
