#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
#
# Packets that arrive on another CPU than earlier ones wait until those are delivered,
# and the number of packets that wait is bounded.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

[ "$KIND" = naawg ] || skip_all "$KIND links open elsewhere"
[ "$(nproc)" -gt 1 ] || skip_all "there is one CPU, and no other"

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
# Else a real-time task leaves some time for others.
defer sysctl -qw kernel.sched_rt_runtime_us="$(sysctl -n kernel.sched_rt_runtime_us)"

# A busy CPU would hand its peer to the other one.
SWITCH=/sys/module/naawg/parameters/move_after
was=$(cat $SWITCH)
defer eval "echo $was >$SWITCH"
echo 0 >$SWITCH

# From 6.12 on, a deadline server gives 50 ms of each second to tasks like the polls.
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
for server in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
	[ -e "$server" ] || continue
	defer eval "echo $(cat "$server") >$server"
	echo 0 >"$server"
done

in_turn()
{
	sysctl -qw kernel.sched_rt_runtime_us=-1
	at b sh -c 'echo 1 >/sys/class/net/t0/threaded'
	same "$($PY "$BATCH_DIR/changing.py" "${NS[a]}" "${NS[b]}")" "early , late 12"
}
test_case "packets on another CPU wait for earlier ones on the first" in_turn

# A queue holds 16384 datagrams.
crowded()
{
	same "$($PY "$BATCH_DIR/crowded.py" "${NS[a]}" "${NS[b]}" 300 64 100)" \
		"16384 of 19200 heard, 2816 dropped"
	same "$(stat_of b t0 rx_dropped)" "$(counter b queue-full)"
}
test_case "packets for a full queue are dropped and counted" crowded

# A queue holds 32 MB: each large datagram keeps 32 KB of its sender's memory.
heavy()
{
	local before said heard

	before=$(counter b queue-full)
	on_both va vb mtu 40000
	on_both t0 t0 mtu 30000
	said=$($PY "$BATCH_DIR/crowded.py" "${NS[a]}" "${NS[b]}" 600 2 20000)
	echo "$said"
	heard=${said%% *}
	[ "$heard" -gt 500 ]
	[ "$heard" -le 1024 ]
	same "$said" "$heard of 1200 heard, $((1200 - heard)) dropped"
	[ "$(counter b queue-full)" -gt "$before" ]
}
test_case "a queue is bounded in bytes as well" heavy

finish
