#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets staged for peers that do not answer take bounded memory, whatever a sender
# without privileges does. The oldest are dropped first, the newest arrive.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
[ "$KIND" = naawg ] || skip_all "the bounds are our own"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
PEERS=40
MIB=$((1 << 20))

# flood ADDRESSES PORT COUNT SEGMENTS SIZE: that many sendings of so many datagrams of
# SIZE bytes, in GSO packets; each datagram begins with its sending's number
flood()
{
	at a setpriv --reuid=65534 --regid=65534 --clear-groups $PY -c '
import socket, sys
port, count, segments, size = map(int, sys.argv[2:])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if segments > 1:
    s.setsockopt(17, 103, size)
for host in sys.argv[1].split():
    for number in range(count):
        s.sendto(number.to_bytes(4, "big").ljust(size, b"x") * segments, (host, port))
' "$@"
}

# hear PORT COUNT FILE: on b, the numbers of COUNT datagrams, each once and how often
hear()
{
	until_ready b "$3" $PY -c '
import collections, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
s.bind(("10.9.0.2", int(sys.argv[1])))
print("ready", flush=True)
seen = collections.Counter()
for _ in range(int(sys.argv[2])):
    seen[int.from_bytes(s.recv(2000)[:4], "big")] += 1
print(*(f"{n}:{seen[n]}" for n in sorted(seen)), flush=True)
' "$1" "$2"
}

# away: a has no session, and b does not answer
away()
{
	forget a
	ipat b link set t0 down
	same "$(reason_of a t0 staged-bytes)" 0
}

staged()
{
	reason_of a t0 "staged-$1"
}

# The numbers of the newest N of COUNT sendings, each as often as it has segments.
newest()
{
	seq $(($2 - $1)) $(($2 - 1)) | sed "s/\$/:$3/" | tr '\n' ' ' | sed 's/ $//'
}

per_peer()
{
	local before out=$TMP/per_peer n

	before=$(reason_of a t0 stage-full)
	away
	flood 10.9.0.2 7000 100 43 1350
	[ "$(staged bytes)" -le $MIB ] && [ "$(staged bytes)" -gt $((MIB * 3 / 4)) ]
	n=$(staged packets)
	# counted in packets, not in GSO packets
	same "$(reason_of a t0 stage-full)" $((before + (100 - n) * 43))
	hear 7000 $((n * 43)) "$out"
	ipat b link set t0 up
	wait_for 60 grep -q '^[0-9]*:' "$out"
	same "$(tail -n 1 "$out")" "$(newest "$n" 100 43)"
	same "$(staged bytes) $(staged packets)" "0 0"
}
test_case "staged GSO packets of a peer take 1 MiB, and the newest stay" per_peer

segments()
{
	local out=$TMP/segments

	away
	flood 10.9.0.2 7001 100 32 8
	same "$(staged packets)" 32
	hear 7001 1024 "$out"
	ipat b link set t0 up
	wait_for 60 grep -q '^[0-9]*:' "$out"
	same "$(tail -n 1 "$out")" "$(newest 32 100 32)"
}
test_case "staged GSO packets of a peer hold 1024 packets, and the newest stay" segments

per_device()
{
	local p args=() out=$TMP/per_device full

	for ((p = 1; p <= PEERS; p++)); do
		args+=(peer "$("$WG" genkey | "$WG" pubkey)" endpoint 192.0.2.77:5002
			allowed-ips "10.10.0.$p/32")
	done
	w a set t0 "${args[@]}"
	away
	ipat a route add 10.10.0.0/16 dev t0
	full=$(reason_of a t0 stage-device-full)
	# shellcheck disable=SC2046 # one argument
	flood "$(printf '10.10.0.%d ' $(seq $PEERS))" 9 20 43 1350
	[ "$(staged bytes)" -le $((16 * MIB)) ]
	[ "$(staged bytes)" -gt $((15 * MIB)) ]
	expect_reason a t0 stage-device-full "$full" 10000
	# the packet for another peer is newer, and waits
	flood 10.9.0.2 7002 3 1 100
	[ "$(staged bytes)" -le $((16 * MIB)) ]
	hear 7002 3 "$out"
	ipat b link set t0 up
	wait_for 60 grep -q '^[0-9]*:' "$out"
	same "$(tail -n 1 "$out")" "0:1 1:1 2:1"
}
test_case "staged packets of all peers of a device take 16 MiB, and the newest stay" per_device

gone()
{
	local key args=()

	[ "$(staged bytes)" -gt $MIB ]
	# all but b and the last one
	for key in $(w a show t0 peers | head -n -1); do
		[ "$key" = "${PUB[b]}" ] || args+=(peer "$key" remove)
	done
	w a set t0 "${args[@]}"
	[ "$(staged bytes)" -gt 0 ] && [ "$(staged bytes)" -le $MIB ]
	ipat a link set t0 down
	same "$(staged bytes) $(staged packets)" "0 0"
	ipat a link set t0 up
}
test_case "removing the peer or the link frees that memory" gone
finish
