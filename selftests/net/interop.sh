#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Peers nobody here wrote: the kernel's own driver and wireguard-go. Either side
# begins, both outer families, with and without a preshared key.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

# Host a has the link under test and b the stranger.
ADDRESS_a4=192.0.2.1:5001 ADDRESS_b4=192.0.2.2:5002
ADDRESS_a6=[2001:db8::1]:5001 ADDRESS_b6=[2001:db8::2]:5002

meet()
{
	local caller=$1 callee=$2 family=$3 psk=$4 host address
	local -A inner=([a]=10.9.0.1 [b]=10.9.0.2)
	local -A inner6=([a]=fd09::1 [b]=fd09::2)

	address=ADDRESS_$callee$family
	for host in a b; do
		ipat $host link set t0 down
	done
	w "$caller" set t0 peer "${PUB[$callee]}" remove
	w "$callee" set t0 peer "${PUB[$caller]}" remove
	w "$caller" set t0 peer "${PUB[$callee]}" preshared-key "$psk" \
		endpoint "${!address}" \
		allowed-ips "${inner[$callee]},${inner6[$callee]}"
	w "$callee" set t0 peer "${PUB[$caller]}" preshared-key "$psk" \
		allowed-ips "${inner[$caller]},${inner6[$caller]}"
	for host in a b; do
		ipat $host link set t0 up
	done
	ping_ok "$caller" "${inner[$callee]}"
	ping_ok "$callee" "${inner6[$caller]}"
	[ "$(handshake_of a t0)" -gt 0 ]
	[ "$(handshake_of b t0)" -gt 0 ]
	carries a b tcp 10.9.0.2 $((PORT += 1)) 1000000
	carries b a tcp fd09::1 $((PORT += 1)) 1000000
	ping_ok a 10.9.0.2 -s 1392
	ping_ok b fd09::1 -s 9000
}

meet_all()
{
	local stranger=$1 family secret with

	PORT=6000
	for family in 4 6; do
		for secret in /dev/null "$TMP/shared.psk"; do
			with=without
			[ "$secret" = /dev/null ] || with=with
			case_of "$stranger calls, IPv$family outside, $with preshared key" \
				meet b a $family "$secret"
			case_of "$stranger is called, IPv$family outside, $with preshared key" \
				meet a b $family "$secret"
		done
	done
}

# Both speak of the same handshake and the same bytes.
agree()
{
	ipat a link set t0 down
	ipat a link set t0 up
	w a set t0 peer "${PUB[b]}" remove
	w b set t0 peer "${PUB[a]}" remove
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 allowed-ips 10.9.0.2/32
	w b set t0 peer "${PUB[a]}" allowed-ips 10.9.0.1/32
	at a ping -q -f -c 10 -W 5 10.9.0.2
	same "$(rx_of a t0)" "$(tx_of b t0)"
	same "$(tx_of a t0)" "$(rx_of b t0)"
}

need_tool wg
two_hosts
psk shared
if modprobe wireguard 2>/dev/null || [ -d /sys/module/wireguard ]; then
	TOOL[b]=/usr/bin/wg
	tunnel "$KIND" wireguard
	meet_all "the stock driver"
	case_of "the stock driver counts what we count" agree
	ipat a link del t0
	ipat b link del t0
else
	skip "the stock driver calls and is called" "this kernel has no wireguard module"
fi

# wireguard-go makes its own link, a tun device, and listens for wg on a socket
# in /var/run/wireguard, which is why it goes by a name of its own.
go_up()
{
	WG_PROCESS_FOREGROUND=1 background at b env LOG_LEVEL=error \
		WG_PROCESS_FOREGROUND=1 wireguard-go -f t0
	wait_for 30 w b show t0
}

if ! command -v wireguard-go >/dev/null; then
	skip "wireguard-go calls and is called" "no wireguard-go on this machine"
elif [ ! -c /dev/net/tun ]; then
	skip "wireguard-go calls and is called" "no /dev/net/tun"
else
	TOOL[b]=/usr/bin/wg
	mkdir -p /var/run/wireguard
	link_new a t0
	if go_up >"$TMP/go" 2>&1; then
		tunnel_conf
		meet_all wireguard-go
	else
		fail "wireguard-go starts" "$(cat "$TMP/go")"
	fi
fi

the_end
