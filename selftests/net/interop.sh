#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Peers of other implementations: the kernel's own driver and wireguard-go. Either end
# initiates, over both outer families, with and without a preshared key.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

# Host a has the link under test and b the other implementation.
ADDRESS_a4=192.0.2.1:5001 ADDRESS_b4=192.0.2.2:5002
ADDRESS_a6="[2001:db8::1]:5001" ADDRESS_b6="[2001:db8::2]:5002"

meet()
{
	local caller=$1 callee=$2 family=$3 psk=$4 address
	local -A inner=([a]=10.9.0.1 [b]=10.9.0.2)
	local -A inner6=([a]=fd09::1 [b]=fd09::2)

	address=ADDRESS_$callee$family
	w "$caller" set t0 peer "${PUB[$callee]}" remove
	w "$callee" set t0 peer "${PUB[$caller]}" remove
	w "$caller" set t0 peer "${PUB[$callee]}" preshared-key "$psk" \
		endpoint "${!address}" \
		allowed-ips "${inner[$callee]},${inner6[$callee]}"
	w "$callee" set t0 peer "${PUB[$caller]}" preshared-key "$psk" \
		allowed-ips "${inner[$caller]},${inner6[$caller]}"
	ping_ok "$caller" "${inner[$callee]}"
	ping_ok "$callee" "${inner6[$caller]}"
	[ "$(handshake_of a t0)" -gt 0 ]
	[ "$(handshake_of b t0)" -gt 0 ]
	# Large ones too, and once for each pair a stream.
	ping_ok "$callee" "${inner[$caller]}" -s 9000
	[ "$psk" != /dev/null ] || return 0
	carries "$caller" "$callee" tcp "${inner6[$callee]}" $((6000 + family)) 1000000
}

meet_all()
{
	local peer_kind=$1 family secret with

	for family in 4 6; do
		for secret in /dev/null "$TMP/shared.psk"; do
			with=without
			[ "$secret" = /dev/null ] || with=with
			test_case "$peer_kind initiates, IPv$family outside, $with preshared key" \
				meet b a $family "$secret"
			test_case "$peer_kind responds, IPv$family outside, $with preshared key" \
				meet a b $family "$secret"
		done
	done
}

# Both ends show the same handshake and the same bytes.
agree()
{
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
	test_case "the stock driver counts the same bytes" agree
	ipat a link del t0
	ipat b link del t0
else
	skip "the stock driver calls and is called" "this kernel has no wireguard module"
fi

# wireguard-go makes its own link, a tun device, and listens for wg on a socket
# named after it, which the tool on host a would find as well. So the link is
# born under another name than t0, and only the tool of host b knows.
go_up()
{
	background b env LOG_LEVEL=error wireguard-go -f go0
	wait_for 30 at b wg show go0
	ipat b link set go0 down
	ipat b link set go0 name t0
	cat >"$TMP/wg-go" <<-'WRAPPER'
	#!/bin/bash
	for word; do
		shift
		[ "$word" != t0 ] || word=go0
		set -- "$@" "$word"
	done
	exec /usr/bin/wg "$@"
	WRAPPER
	chmod +x "$TMP/wg-go"
}

if ! command -v wireguard-go >/dev/null; then
	skip "wireguard-go calls and is called" "no wireguard-go on this machine"
elif [ ! -c /dev/net/tun ]; then
	skip "wireguard-go calls and is called" "no /dev/net/tun"
else
	TOOL[b]=$TMP/wg-go
	mkdir -p /var/run/wireguard
	link_new a t0
	if go_up >"$TMP/go" 2>&1; then
		tunnel_conf
		meet_all wireguard-go
	else
		fail "wireguard-go starts" "$(cat "$TMP/go")"
	fi
fi

finish
