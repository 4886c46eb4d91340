#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A packet without a peer for its address, or for a peer without an endpoint, is answered
# at once with an ICMP error: on the host itself, through a router, and behind NAT.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool nft

# c is behind a, whose tunnel it uses.
two_hosts
tunnel
hosts c
wire a vac c vca
address a vac 198.51.100.1/24 2001:db8:c::1/64
address c vca 198.51.100.3/24 2001:db8:c::3/64
ipat c route add 10.9.0.0/24 via 198.51.100.1
ipat c -6 route add fd09::/64 via 2001:db8:c::1
sysctl_at a net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

# told HOST ADDRESS FROM TEXT: ping reports this error from that address
told()
{
	local host=$1 to=$2 who=$3 what=$4 said

	said=$(at "$host" ping -n -c 1 -W 20 "$to" 2>&1) && return 1
	[[ $said == *"From $who icmp_seq=1 $what"* ]]
}

UNREACHABLE4="Destination Host Unreachable"
UNREACHABLE6="Destination unreachable: Address unreachable"

no_peer()
{
	local before errors

	before=$(reason_of a t0 no-peer)
	errors=$(stat_of a t0 tx_errors)
	told a 10.9.0.77 10.9.0.1 "$UNREACHABLE4"
	told a fd09::77 fd09::1 "$UNREACHABLE6"
	expect_reason a t0 no-peer "$before" 2
	[ "$(stat_of a t0 tx_errors)" -ge $((errors + 2)) ]
}
test_case "a packet to an address of no peer is answered with an ICMP error" no_peer

no_endpoint()
{
	local before

	before=$(reason_of a t0 no-endpoint)
	told a 10.9.0.2 10.9.0.1 "$UNREACHABLE4"
	told a fd09::2 fd09::1 "$UNREACHABLE6"
	expect_reason a t0 no-endpoint "$before" 2
}
test_case "a packet to a peer without endpoint is answered with an ICMP error" no_endpoint

through_a_router()
{
	told c 10.9.0.77 198.51.100.1 "$UNREACHABLE4"
	told c fd09::77 2001:db8:c::1 "$UNREACHABLE6"
	told c 10.9.0.2 198.51.100.1 "$UNREACHABLE4"
	told c fd09::2 2001:db8:c::1 "$UNREACHABLE6"
}
test_case "a router sends the ICMP error to the sender, from its address on that side" through_a_router

# The packet's source is translated before it reaches the tunnel. The ICMP error has to
# go to the original source, on the same path.
behind_nat()
{
	at a nft "add table inet t"
	at a nft "add chain inet t out { type nat hook postrouting priority 100; }"
	at a nft "add rule inet t out oifname t0 masquerade"
	told c 10.9.0.77 198.51.100.1 "$UNREACHABLE4"
	told c fd09::77 2001:db8:c::1 "$UNREACHABLE6"
	told c 10.9.0.2 198.51.100.1 "$UNREACHABLE4"
	w a set t0 peer "${PUB[b]}" remove
	told c 10.9.0.2 198.51.100.1 "$UNREACHABLE4"
	told c fd09::2 2001:db8:c::1 "$UNREACHABLE6"
	at a nft "delete table inet t"
}
test_case "the ICMP error passes address translation" behind_nat

# A local program is told by its socket, with the errors users know.
as_an_error()
{
	w a set t0 peer "${PUB[b]}" allowed-ips 10.9.0.2/32,fd09::2/128
	at a $PY -c '
import errno, socket
for host, expected in (("10.9.0.78", errno.ENOKEY), ("fd09::78", errno.ENOKEY),
                       ("10.9.0.2", errno.EDESTADDRREQ),
                       ("fd09::2", errno.EDESTADDRREQ)):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.connect((host, 9))
    try:
        s.send(b"x")
    except OSError as error:
        assert error.errno == expected, (host, error)
    else:
        raise SystemExit(f"sent to {host}")
'
	w a set t0 peer "${PUB[b]}" remove
}
test_case "a program gets an error from its socket" as_an_error

# A peer with an endpoint causes no ICMP error, and packets pass.
reachable()
{
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 \
		allowed-ips 10.9.0.2/32,fd09::2/128
	ping_ok a 10.9.0.2
	ping_ok a fd09::2
}
test_case "a packet to a peer with an endpoint gets no ICMP error" reachable

finish
