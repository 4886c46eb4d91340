#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# cpus: 2
#
# Peers that move to another CPU get their packets complete and in order, and the device
# can be deleted meanwhile.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

[ "$KIND" = naawg ] || skip_all "$KIND links move no batches"
[ "$(nproc)" -gt 1 ] || skip_all "there is one CPU, and nowhere to move to"

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1

SWITCH=/sys/module/naawg/parameters/move_after
was=$(cat $SWITCH)
defer eval "echo $was >$SWITCH"

# All programs run on one CPU: it is never idle, and the other one is.
crowded()
{
	local bytes=$1 rc

	taskset -cp 0 $BASHPID
	between a b "tcp:a:10.9.0.2=$bytes" udp:a:10.9.0.2=1200,2000,40 \
		udp:a:fd09::2=1000,2000,50 udp:a:10.9.0.2=40,2000,64 \
		"tcp:b:10.9.0.1=$bytes"
	rc=$?
	taskset -cp "0-$(($(nproc --all) - 1))" $BASHPID
	return $rc
}

they_move()
{
	local before bytes

	before=$(counter b batches-moved)
	# A move takes some ticks, which are short for one machine and long for another.
	for ((bytes = STREAM; bytes <= 400 * STREAM; bytes *= 2)); do
		crowded $bytes
		[ "$(counter b batches-moved)" = "$before" ] || break
	done
	echo "$before before, $(counter b batches-moved) now"
	[ "$(counter b batches-moved)" -gt "$before" ]
}

echo 0 >$SWITCH
not_moved()
{
	crowded $STREAM
	same "$(counter b batches-moved)" 0
}
test_case "no peer moves with move_after 0" lossless not_moved

echo 1 >$SWITCH
test_case "a peer moves to another CPU, and its packets stay in order" lossless they_move

both_ways()
{
	local pids=() i

	for i in {1..4}; do
		address b t0 10.9.0.$((200 + i))/32
	done
	w a set t0 peer "${PUB[b]}" allowed-ips 10.9.0.2,fd09::2,10.9.0.200/29
	for i in {1..4}; do
		between a b tcp:a:10.9.0.$((200 + i))=600000 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
}
test_case "four streams at once arrive in order while peers move" lossless both_ways

# The link goes down, up and away with batches under way, without waiting for them.
blast()
{
	at a timeout 60 $PY -c '
import socket, struct
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(200):
    try:
        sock.sendmsg([bytes(48000)], [(17, 103, struct.pack("=H", 1200))], 0,
                     ("10.9.0.2", 9))
    except OSError:
        pass'
}
under_way()
{
	local i

	for i in {1..5}; do
		blast &
		ipat b link set t0 down
		ipat b link set t0 up
		w b set t0 listen-port $((5100 + i))
		w b set t0 listen-port 5002
		wait $!
	done
	forget a b
	know
	ping_ok a 10.9.0.2
	between a b "tcp:a:10.9.0.2=$STREAM"
	blast &
	ipat b link del t0
	wait $!
}
test_case "the link can be deleted while peers move" under_way

finish
