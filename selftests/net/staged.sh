#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets staged for a session are delivered in order as soon as there is one. At most 128
# are staged, and they never go to another peer.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# hear ADDRESS PORT FILE: on b, the text of every datagram as one line
hear()
{
	until_ready b "$3" $PY -c '
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((host, port))
print("ready", flush=True)
while True:
    print(s.recv(100).decode(), flush=True)
' "$1" "$2"
}

# say ADDRESS PORT FROM TO: from a, one datagram per number
say()
{
	at a $PY -c '
import socket, sys
host, port, first, last = sys.argv[1], *map(int, sys.argv[2:])
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
for number in range(first, last + 1):
    s.sendto(str(number).encode(), (host, port))
' "$@"
}

# heard FILE: the numbers so far, on one line
heard()
{
	sed '1,/^ready/d' "$1" | tr '\n' ' '
}

numbers()
{
	seq "$1" "$2" | tr '\n' ' '
}

# apart COMMAND...: run it while a has no session and b does not answer
apart()
{
	forget a
	ipat b link set t0 down
	"$@"
	ipat b link set t0 up
}

delivered()
{
	local address=$1 port=$2 out=$TMP/heard.$2

	hear "$address" "$port" "$out"
	apart say "$address" "$port" 1 20
	wait_for 40 grep -qx 20 "$out"
	same "$(heard "$out")" "$(numbers 1 20)"
}
test_case "packets staged before there is a session arrive in order" delivered 10.9.0.2 7001
test_case "IPv6 packets staged before there is a session arrive in order" delivered fd09::2 7002

at_most()
{
	local out=$TMP/heard.7003 before dropped

	hear 10.9.0.2 7003 "$out"
	before=$(reason_of a t0 stage-full)
	dropped=$(stat_of a t0 tx_dropped)
	apart say 10.9.0.2 7003 1 200
	expect_reason a t0 stage-full "$before" 72
	same "$(($(stat_of a t0 tx_dropped) - dropped))" 72
	wait_for 40 grep -qx 200 "$out"
	# The oldest were dropped, the others are complete and in order.
	same "$(heard "$out")" "$(numbers 73 200)"
}
test_case "128 packets are staged, older ones are dropped and counted" at_most

# A packet staged for a peer does not go to a later peer of that key.
removed()
{
	local out=$TMP/heard.7004

	hear 10.9.0.2 7004 "$out"
	forget a
	ipat b link set t0 down
	say 10.9.0.2 7004 1 10
	w a set t0 peer "${PUB[b]}" remove
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 \
		allowed-ips 10.9.0.2/32,fd09::2/128
	ipat b link set t0 up
	ping_ok a 10.9.0.2
	say 10.9.0.2 7004 11 12
	wait_for 20 grep -qx 12 "$out"
	same "$(heard "$out")" "11 12 "
}
test_case "staged packets are dropped with their peer" removed

downed()
{
	local out=$TMP/heard.7005 before

	hear 10.9.0.2 7005 "$out"
	before=$(reason_of a t0 device-down)
	forget a
	ipat b link set t0 down
	say 10.9.0.2 7005 1 10
	forget a
	expect_reason a t0 device-down "$before" 10
	ipat b link set t0 up
	ping_ok a 10.9.0.2
	say 10.9.0.2 7005 11 12
	wait_for 20 grep -qx 12 "$out"
	same "$(heard "$out")" "11 12 "
}
test_case "staged packets are dropped and counted when the link goes down" downed

# A peer that initiates from another address gets the staged packets.
moved()
{
	local out=$TMP/heard.7006

	hear 10.9.0.2 7006 "$out"
	forget a b
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.99:9
	say 10.9.0.2 7006 1 10
	# b has the endpoint of a, so it initiates and makes the session.
	w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001
	ping_ok b 10.9.0.1
	wait_for 40 grep -qx 10 "$out"
	same "$(heard "$out")" "$(numbers 1 10)"
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
}
test_case "packets staged for a lost peer are sent when it initiates" moved
finish
