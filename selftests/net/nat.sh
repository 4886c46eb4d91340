#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer behind a NAT with short timeouts: keepalives keep the mapping, and a new mapping
# is a new endpoint.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool nft conntrack

# a is behind the gateway g, b is not.
hosts a g b
wire a va g vga
wire g vgb b vb
address a va 192.0.2.1/24
address g vga 192.0.2.254/24
address g vgb 198.51.100.1/24 198.51.100.9/24
address b vb 198.51.100.2/24
sysctl_at g net.ipv4.ip_forward=1
ipat a route add default via 192.0.2.254
at g nft 'add table ip t
	add chain ip t post { type nat hook postrouting priority 100; }
	add chain ip t through { type filter hook forward priority 0; policy drop; }
	add rule ip t through iifname vga accept
	add rule ip t through ct state established accept'
sysctl_at g net.netfilter.nf_conntrack_udp_timeout=2 \
	net.netfilter.nf_conntrack_udp_timeout_stream=2
tunnel
w a set t0 peer "${PUB[b]}" endpoint 198.51.100.2:5002

# mapped ADDRESS PORT: how the gateway translates a from now on
mapped()
{
	at g nft flush chain ip t post
	at g nft "add rule ip t post ip saddr 192.0.2.1 udp sport 5001 snat to $1:$2"
	at g conntrack -F
}

forgotten()
{
	[ -z "$(at g conntrack -L -p udp 2>/dev/null)" ]
}

translated()
{
	mapped 198.51.100.1 7001
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 198.51.100.1:7001
	ping_ok b 10.9.0.1
	ping_ok b fd09::1
}
test_case "the endpoint is the address that the gateway translates to" translated

# This shows that the next case tests something.
closes()
{
	wait_for 30 forgotten
	ping_fails b 10.9.0.1
	ping_ok a 10.9.0.2
	ping_ok b 10.9.0.1
}
test_case "the gateway's mapping expires without keepalives" closes

kept_open()
{
	local i

	w a set t0 peer "${PUB[b]}" persistent-keepalive 1
	ping_ok a 10.9.0.2
	for ((i = 0; i < 4; i++)); do
		sleep 1
		refuses forgotten
	done
	ping_ok b 10.9.0.1
	ping_ok b fd09::1
	same "$(endpoint_of b t0)" 198.51.100.1:7001
}
test_case "keepalives keep the gateway's mapping" kept_open

# a does not know of it and continues; b learns it from a's keepalives.
rebound()
{
	local before port

	before=$(handshake_of b t0)
	for port in 198.51.100.1:7002 198.51.100.9:7003 198.51.100.9:7004; do
		mapped "${port%:*}" "${port#*:}"
		wait_for 30 eval 'same "$(endpoint_of b t0)" '"$port"
		ping_ok b 10.9.0.1
		ping_ok b fd09::1
	done
	# The session is the same, only the path has changed.
	same "$(handshake_of b t0)" "$before"
}
test_case "a new mapping is a new endpoint, and the session continues" rebound

# b is busy sending to the old mapping when it changes.
under_traffic()
{
	sink a tcp 10.9.0.1 6001 "$TMP/nat.sink"
	source_of b tcp 10.9.0.1 6001 2000000 >"$TMP/nat.sent" &
	local sent=$!

	wait_for 20 eval '[ "$(tx_of b t0)" -gt 100000 ]'
	mapped 198.51.100.1 7005
	wait "$sent"
	wait "$SINK"
	same "$(tail -n 1 "$TMP/nat.sink")" "$(cat "$TMP/nat.sent")"
	[ -s "$TMP/nat.sent" ]
	ping_ok b fd09::1
	same "$(endpoint_of b t0)" 198.51.100.1:7005
}
test_case "a stream survives a new mapping" under_traffic

# The other direction: the gateway forwards a port to a, and b initiates.
forwarded()
{
	at g nft 'add chain ip t pre { type nat hook prerouting priority -100; }
		add rule ip t pre iifname vgb udp dport 7100 dnat to 192.0.2.1:5001
		add rule ip t through ct status dnat accept
		flush chain ip t post'
	w a set t0 peer "${PUB[b]}" persistent-keepalive 0
	forget a b
	at g conntrack -F
	w b set t0 peer "${PUB[a]}" endpoint 198.51.100.9:7100
	ping_ok b 10.9.0.1
	ping_ok a 10.9.0.2
	same "$(endpoint_of a t0)" 198.51.100.2:5002
	same "$(endpoint_of b t0)" 198.51.100.9:7100
}
test_case "a peer behind a forwarded port is reached" forwarded

finish
