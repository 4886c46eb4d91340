#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Senders that can still write to their packets, or that wait until a packet is freed. A
# staged packet does not change with its sender's memory and keeps no namespace. A call
# that waits for its packets returns.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
NOBODY='setpriv --reuid=65534 --regid=65534 --clear-groups'

# sender HOST HOW ARGS...: without a privilege, save for packet sockets
sender()
{
	local who=$NOBODY

	[[ $2 != *ring ]] || who=
	# shellcheck disable=SC2086 # words
	at "$1" $who $PY "$NET_DIR/senders.py" "${@:2}"
}

# letters PORT FILE: on b, the letters of the first datagram
letters()
{
	until_ready b "$2" $PY -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.9.0.2", int(sys.argv[1])))
print("ready", flush=True)
data = s.recv(2000)
print("got", len(data), "".join(sorted(set(data.decode()))), flush=True)
' "$1"
}

kept()
{
	local how=$1 port=$2 out=$TMP/letters.$2

	letters "$port" "$out"
	forget a
	ipat b link set t0 down
	same "$(sender a "$how" 10.9.0.2 "$port")" sent
	ipat b link set t0 up
	wait_for 40 grep -q '^got' "$out"
	same "$(tail -n 1 "$out")" "got 1200 A"
}

n=7100
for how in write zerocopy splice ring; do
	test_case "a staged packet equals the packet that was sent: $how" kept $how $((n++))
done

# A host is deleted while a packet of it is staged.
lets_go()
{
	local how=$1 cable=vx-$1

	hosts n
	ip link add vn netns "${NS[n]}" type veth peer name "$cable"
	ip link set "$cable" up
	ipat n link set vn up
	address n vn 198.51.100.1/24
	link_new n t0
	w n set t0 private-key "$TMP/a.key" peer "${PUB[b]}" \
		endpoint 198.51.100.77:5002 allowed-ips 10.9.0.2/32
	address n t0 10.9.0.1/24
	ipat n link set t0 up
	same "$(sender n "$how" 10.9.0.2 9)" sent
	[ "$KIND" != naawg ] || same "$(reason_of n t0 staged-packets)" 1
	host_del n
	# the cable goes with the last reference to its other end's namespace
	wait_for 30 refuses ip link show "$cable"
}

for how in write zerocopy splice ring; do
	test_case "a namespace can be deleted while a packet is staged: $how" lets_go $how
done

comes_back()
{
	local port=$1

	ping_ok a 10.9.0.2
	# An answer in return, so that no keepalive is due, which would send held packets.
	letters "$port" "$TMP/letters.$port"
	same "$(sender a write 10.9.0.2 "$port")" sent
	wait_for 20 grep -q '^got' "$TMP/letters.$port"
	same "$(sender a mmsg-"$2" "${@:4}")" "$3"
}

test_case "sendmmsg() of a packet socket with a ring returns" \
	comes_back 7200 ring 1 t0 10.9.0.2 9
test_case "sendmmsg() of a socket with a small buffer returns" \
	comes_back 7201 small 20 10.9.0.2 9
test_case "sendmmsg() with MSG_ZEROCOPY sends all" \
	comes_back 7202 zerocopy 60 10.9.0.2 9
finish
