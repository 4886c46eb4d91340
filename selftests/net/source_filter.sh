#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of a peer must come from its allowed IPs. Others are dropped and counted,
# although they were encrypted properly.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
keys other
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 allowed-ips 0.0.0.0/0,::/0
# Addresses of a that are not in b's allowed IPs.
address a t0 10.9.0.66/24 fd09::66/64
sysctl_at b net.ipv4.conf.{all,t0}.rp_filter=0

covered()
{
	ping_ok a 10.9.0.2 -I 10.9.0.1
	ping_ok a fd09::2 -I fd09::1
}
test_case "a packet from an allowed address passes" covered

# drops FROM TO: what a sends from there reaches b's device and not further.
drops()
{
	local errors drops reasons

	errors=$(stat_of b t0 rx_errors)
	drops=$(stat_of b t0 rx_frame_errors)
	reasons=$(reason_of b t0 unallowed-source)
	ping_fails a "$2" 1 "$1"
	same "$(stat_of b t0 rx_errors)" $((errors + 1))
	same "$(stat_of b t0 rx_frame_errors)" $((drops + 1))
	expect_reason b t0 unallowed-source "$reasons"
}

ping_fails()
{
	refuses at "$1" ping -q -c 1 -W "$3" -I "$4" "$2"
}
test_case "an IPv4 packet from another address is dropped and counted" drops 10.9.0.66 10.9.0.2
test_case "an IPv6 packet from another address is dropped and counted" drops fd09::66 fd09::2

# A prefix moves to another peer in the middle of a session: packets of the old owner are
# dropped at once, and pass again when it gets the prefix back.
more_specific()
{
	w b set t0 peer "${PUB[a]}" allowed-ips 10.9.0.0/24,fd09::/64
	ping_ok a 10.9.0.2 -I 10.9.0.66
	ping_ok a fd09::2 -I fd09::66
	w b set t0 peer "${PUB[other]}" allowed-ips 10.9.0.66/32,fd09::66/128
	drops 10.9.0.66 10.9.0.2
	drops fd09::66 fd09::2
	ping_ok a 10.9.0.2 -I 10.9.0.1
	w b set t0 peer "${PUB[other]}" remove
	ping_ok a 10.9.0.2 -I 10.9.0.66
	ping_ok a fd09::2 -I fd09::66
}
test_case "a more specific prefix of another peer takes precedence" more_specific

# The packet is refused, but it is authentic, so its endpoint counts.
still_roams()
{
	w b set t0 peer "${PUB[a]}" allowed-ips 10.9.0.1/32
	w a set t0 listen-port 5066
	ping_fails a 10.9.0.2 1 10.9.0.66
	same "$(endpoint_of b t0)" 192.0.2.1:5066
}
test_case "a packet refused for its inner source still updates the endpoint" still_roams

none_at_all()
{
	w b set t0 peer "${PUB[a]}" allowed-ips ''
	drops 10.9.0.1 10.9.0.2
	drops fd09::1 fd09::2
}
test_case "a peer without allowed IPs gets no packet through" none_at_all

finish
