#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The mark of outer packets, and its use: a default route through the tunnel that the
# tunnel's own packets do not take.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool nft

# r is between a and b, so that a needs a route to reach b.
hosts a r b
wire a va r vra
wire r vrb b vb
address a va 192.0.2.1/24 2001:db8:1::1/64
address r vra 192.0.2.254/24 2001:db8:1::fe/64
address r vrb 198.51.100.254/24 2001:db8:2::fe/64
address b vb 198.51.100.2/24 2001:db8:2::2/64
sysctl_at r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ipat a route add default via 192.0.2.254
ipat a -6 route add default via 2001:db8:1::fe
ipat b route add default via 198.51.100.254
ipat b -6 route add default via 2001:db8:2::fe
tunnel
# Far away, reachable through the tunnel only.
address b t0 203.0.113.7/32 2001:db8:ff::7/128
w a set t0 fwmark 51820 peer "${PUB[b]}" endpoint 198.51.100.2:5002 \
	allowed-ips 0.0.0.0/0,::/0

same_mark()
{
	same "$(w a show t0 fwmark)" "$1"
}

shown()
{
	w a set t0 fwmark 0x1234
	same_mark 0x1234
	w a set t0 fwmark 0
	same_mark off
	w a set t0 fwmark off
	same_mark off
	w a set t0 fwmark 51820
	same_mark 0xca6c
}
test_case "the mark is set, shown and taken away" shown

# Handshake and data packets are counted by their mark as they leave.
marked()
{
	local family

	at a nft 'add table inet t
		add chain inet t out { type filter hook output priority 0; }
		add rule inet t out udp sport 5001 meta mark 51820 counter
		add rule inet t out udp sport 5001 meta mark != 51820 counter'
	for family in 198.51.100.2:5002 '[2001:db8:2::2]:5002'; do
		forget a
		at a nft reset counters table inet t
		w a set t0 peer "${PUB[b]}" endpoint "$family"
		ping_ok a 10.9.0.2
		[ "$(packets 51820)" -ge 2 ]
		same "$(packets '!= 51820')" 0
	done
	at a nft delete table inet t
}

# packets MARK: of the rule of that mark
packets()
{
	at a nft list table inet t | awk -v mark="$1" '
		{
			m = $0
			sub(/^.*mark /, "", m)
			sub(/ counter.*$/, "", m)
			hex = sprintf("%s0x%08x", mark ~ /^!=/ ? "!= " : "", 51820)
			if (m == hex) {
				sub(/^.*packets /, "")
				print $1
			}
		}'
}
test_case "every outer packet has the mark, in both families" marked

# Packets bound to the link, and packets whose mark changes on their way out so
# that they are routed again: ours outside, and those inside.
bound()
{
	ping_ok a 10.9.0.2 -I t0
	ping_ok a fd09::2 -I t0
	at a nft 'add table inet t
		add chain inet t out { type route hook output priority -150; }
		add rule inet t out meta mark set 1'
	ping_ok a 10.9.0.2
	ping_ok a 10.9.0.2 -I t0
	ping_ok a fd09::2 -I t0
	at a nft delete table inet t
	ping_ok a 10.9.0.2
}
test_case "packets bound to the link, and packets that a new mark reroutes, arrive" bound

default_route()
{
	local v

	for v in -4 -6; do
		ipat a $v route add default dev t0 table 51820
		ipat a $v rule add not fwmark 51820 table 51820
		ipat a $v rule add table main suppress_prefixlength 0
	done
	sysctl_at a net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.va.rp_filter=0
	# The endpoint itself is beyond the old default route.
	[[ $(ipat a route get 203.0.113.7) == *"dev t0"* ]]
	[[ $(ipat a route get 198.51.100.2) == *"dev t0"* ]]
	[[ $(ipat a route get 198.51.100.2 mark 51820) == *"dev va"* ]]
	[[ $(ipat a route get 192.0.2.254) == *"dev va"* ]]
}
test_case "rules for a default route exempt packets with the mark" default_route

through()
{
	local endpoint before

	for endpoint in 198.51.100.2:5002 '[2001:db8:2::2]:5002'; do
		before=$(reason_of a t0 routing-loop)
		w a set t0 peer "${PUB[b]}" endpoint "$endpoint"
		ping_ok a 203.0.113.7
		ping_ok a 2001:db8:ff::7
		# Route caches are used, replaced and released all the time.
		at a ping -q -f -c 100 -W 5 203.0.113.7
		at a ping -q -f -c 100 -W 5 2001:db8:ff::7
		same "$(reason_of a t0 routing-loop)" "$before"
		# Other packets to the endpoint's address go through the tunnel too.
		ping_ok a 198.51.100.2
	done
}
test_case "all packets but the tunnel's own go through the tunnel" through

# Routes are cached, and a new mark is a new route.
mark_changes()
{
	local before

	before=$(tx_of a t0)
	w a set t0 fwmark 51821
	# The tunnel is routed into itself now, which makes no loop.
	ping_fails a 203.0.113.7
	[ $(($(tx_of a t0) - before)) -lt 100000 ]
	w a set t0 fwmark 51820
	ping_ok a 203.0.113.7
	ping_ok a 2001:db8:ff::7
}
test_case "a change of the mark takes effect at once" mark_changes

finish
