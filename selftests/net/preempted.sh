#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several senders on one CPU preempt each other while they send. None of them is inside
# the transmission of another, so none may be taken for a tunnel in a tunnel. On
# PREEMPT_RT locks sleep, so senders are preempted in the middle of a transmission.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool chrt taskset

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# senders COUNT: each of a higher priority than the one before, and with longer
# pauses. GSO packets, so that nearly all of the time goes into sending.
senders()
{
	local i pids=()

	for ((i = 1; i <= $1; i++)); do
		background a chrt -f "$i" taskset -c 0 timeout 100 $PY -c '
import os, socket, sys, time
rank = int(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(17, 103, 1300)
open(f"{sys.argv[2]}.{rank}", "w").close()
while not os.path.exists(sys.argv[2]):
    time.sleep(0.02)
for _ in range(100):
    s.sendto(b"x" * 1300 * 40, ("10.9.0.2", 7000 + rank))
    time.sleep(0.001 * rank)
' "$i" "$TMP/go"
		pids+=("$STARTED")
		wait_for 60 test -e "$TMP/go.$i"
	done
	# all at once, or the first would be through before the last begins
	: >"$TMP/go"
	wait "${pids[@]}"
}

in_parallel()
{
	local before sent

	ping_ok a 10.9.0.2
	before=$(reason_of a t0 routing-loop)
	sent=$(stat_of a t0 tx_packets)
	senders 6
	same "$(reason_of a t0 routing-loop)" "$before"
	[ $(($(stat_of a t0 tx_packets) - sent)) -ge $((6 * 100 * 40)) ]
	ping_ok a 10.9.0.2
}
test_case "six senders of different priority preempt each other without a routing loop" in_parallel
finish
