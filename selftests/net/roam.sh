#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An endpoint follows the newest authenticated packet to a new address, a new port or the
# other family. A packet that does not authenticate never moves it.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel

begin()
{
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.1:5001
	same "$(endpoint_of a t0)" 192.0.2.2:5002
}
test_case "the endpoint of an initiator is learned" begin

new_address()
{
	address a va 192.0.2.77/24
	ipat a addr del 192.0.2.1/24 dev va
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.77:5001
	# b can initiate now.
	ping_ok b 10.9.0.1
	same "$(endpoint_of b t0)" 192.0.2.77:5001
}
test_case "the endpoint follows a new address" new_address

new_port()
{
	w a set t0 listen-port 5077
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.77:5077
	ping_ok b fd09::1
}
test_case "the endpoint follows a new port" new_port

other_family()
{
	w a set t0 peer "${PUB[b]}" endpoint '[2001:db8::2]:5002'
	ping_ok a fd09::2
	same "$(endpoint_of b t0)" '[2001:db8::1]:5077'
	ping_ok b 10.9.0.1
	address a va 2001:db8::99/64
	ipat a addr del 2001:db8::1/64 dev va
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" '[2001:db8::99]:5077'
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a fd09::2
	same "$(endpoint_of b t0)" 192.0.2.77:5077
}
test_case "the endpoint follows to the other address family and back" other_family

both_move()
{
	# b moves while a is silent. a's next packet would still go to the old endpoint
	# of b, but b knows the endpoint of a and sends first.
	w b set t0 listen-port 5078
	ping_ok b 10.9.0.1
	same "$(endpoint_of a t0)" 192.0.2.2:5078
	w a set t0 listen-port 5079
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.77:5079
}
test_case "both ends move in turn" both_move

link_local()
{
	local mine theirs

	mine=$(ipat a -6 -o addr show dev va scope link | awk '{ sub("/.*", "", $4); print $4 }')
	theirs=$(ipat b -6 -o addr show dev vb scope link | awk '{ sub("/.*", "", $4); print $4 }')
	[ -n "$mine" ] && [ -n "$theirs" ]
	w a set t0 peer "${PUB[b]}" endpoint "[$theirs%va]:5078"
	ping_ok a fd09::2
	same "$(endpoint_of b t0)" "[$mine%vb]:5079"
	ping_ok b 10.9.0.1
}
wait_for 20 eval '! ipat a -6 addr show tentative | grep -q inet6 &&
	! ipat b -6 addr show tentative | grep -q inet6'
test_case "link-local endpoints keep their scope" link_local

forged()
{
	local before now

	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5078
	ping_ok a fd09::2
	before=$(endpoint_of b t0)
	# Random bytes in the shape of every type of message.
	at a $PY -c '
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("192.0.2.77", 4444))
for size in (32, 48, 148, 92, 64):
    for kind in (1, 2, 3, 4):
        s.sendto(bytes([kind, 0, 0, 0]) + os.urandom(size - 4), ("192.0.2.2", 5078))
'
	ping_ok a fd09::2
	now=$(endpoint_of b t0)
	same "$now" "$before"
}
test_case "packets that do not authenticate do not move the endpoint" forged

finish
