#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Responses leave from the address that the peer called, even where the routing table
# prefers another one, as long as that address exists and the route is valid.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

# Three addresses each in one network; and a second cable, unused at first.
two_hosts
address a va 192.0.2.11/24 192.0.2.12/24 2001:db8::11/64 2001:db8::12/64
wire a va2 b vb2
sysctl_at a net.ipv4.conf.{all,va,va2}.rp_filter=0
sysctl_at b net.ipv4.conf.{all,vb,vb2}.rp_filter=0
tunnel
declare -A A=([0]=192.0.2.1 [1]=192.0.2.11 [2]=192.0.2.12
	[60]=2001:db8::1 [61]=2001:db8::11 [62]=2001:db8::12)

with_port()
{
	case $1 in
	*:*) echo "[$1]:$2" ;;
	*) echo "$1:$2" ;;
	esac
}

# The address that b calls is the one that answers. The proof: b's endpoint for a does
# not move, although a would pick another source by itself.
answers_from()
{
	local at=$1

	w b set t0 peer "${PUB[a]}" endpoint "$(with_port "$at" 5001)"
	ping_ok b 10.9.0.1
	same "$(endpoint_of b t0)" "$(with_port "$at" 5001)"
	ping_ok b fd09::1
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" "$(with_port "$at" 5001)"
}

for i in 0 1 2 60 61 62 1 61 0; do
	test_case "a call to ${A[$i]} is answered from that address" answers_from "${A[$i]}"
done

# A new session keeps it.
new_session()
{
	local i

	for i in 2 62; do
		answers_from "${A[$i]}"
		forget b
		ping_ok b 10.9.0.1
		same "$(endpoint_of b t0)" "$(with_port "${A[$i]}" 5001)"
	done
}
test_case "a new handshake is answered from that address too" new_session

# The address is gone, so another one is used, without a change of configuration.
vanishes()
{
	local i=$1 len=$2

	answers_from "${A[$i]}"
	ipat a addr del "${A[$i]}/$len" dev va
	ping_ok a 10.9.0.2
	[ "$(endpoint_of b t0)" != "$(with_port "${A[$i]}" 5001)" ]
	ping_ok b 10.9.0.1
	ping_ok b fd09::1
	# When it is back, packets still pass.
	address a va "${A[$i]}/$len"
	ping_ok a 10.9.0.2
	answers_from "${A[$i]}"
}
test_case "an IPv4 source address that is deleted is no longer used" vanishes 1 24
test_case "an IPv6 source address that is deleted is no longer used" vanishes 61 64
test_case "the first source address that is deleted is no longer used" vanishes 0 24

# An address that moved to another interface is still a valid source.
moves_over()
{
	answers_from "${A[2]}"
	ipat a addr del "${A[2]}/24" dev va
	ipat a addr add "${A[2]}/32" dev lo
	ping_ok a 10.9.0.2
	answers_from "${A[2]}"
	ipat a addr del "${A[2]}/32" dev lo
	address a va "${A[2]}/24"
	ping_ok a 10.9.0.2
}
test_case "a source address that moves to another interface is used there" moves_over

# An address of an interface on which packets neither arrive nor leave.
elsewhere()
{
	ipat a link add dum type dummy
	address a dum 203.0.113.1/24 2001:db8:d::1/64
	ipat a link set dum up
	ipat b route add 203.0.113.0/24 dev vb
	ipat b -6 route add 2001:db8:d::/64 via 2001:db8::1
	answers_from 203.0.113.1
	answers_from 2001:db8:d::1
	ipat a link del dum
	ping_ok a 10.9.0.2
	[ "$(endpoint_of b t0)" != "[2001:db8:d::1]:5001" ]
}
test_case "an address of a third interface is used until that goes away" elsewhere

# A better route to the peer appears: it is used, with the source address that belongs
# to it.
better_way()
{
	answers_from "${A[0]}"
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
	address a va2 192.0.2.201/32
	ipat a route add 192.0.2.2/32 dev va2 src 192.0.2.201
	ipat b route add 192.0.2.201/32 dev vb2
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.201:5001
	ipat a route del 192.0.2.2/32 dev va2
	ipat a addr del 192.0.2.201/32 dev va2
	ping_ok a 10.9.0.2
	[ "$(endpoint_of b t0)" != 192.0.2.201:5001 ]
}
test_case "a better route is taken when it appears and left when it goes" better_way

# The interface on which a peer was heard is deleted.
interface_goes()
{
	address a va2 198.51.100.1/24
	address b vb2 198.51.100.2/24
	w b set t0 peer "${PUB[a]}" endpoint 198.51.100.1:5001
	ping_ok b 10.9.0.1
	same "$(endpoint_of a t0)" 198.51.100.2:5002
	same "$(endpoint_of b t0)" 198.51.100.1:5001
	ipat a link del va2
	# b is still reachable by another route.
	ipat a route add 198.51.100.2/32 via 192.0.2.2
	ipat b addr add 198.51.100.2/32 dev lo
	ping_ok a 10.9.0.2
	[[ $(endpoint_of b t0) == 192.0.2.*:5001 ]]
	ping_ok b fd09::1
}
test_case "the interface that a peer was heard on can be deleted" interface_goes

finish
