#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Streams in both directions arrive byte for byte while the cable loses, duplicates,
# reorders and corrupts packets, and while MTUs, addresses and the wall clock change.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/../batch/batch_lib.sh"

need_tool tc

two_hosts
address a va 192.0.2.11/24
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
at a tc qdisc add dev va root netem delay 1ms 2>/dev/null ||
	skip_all "this kernel has no netem"

# Fast enough not to take minutes, slow enough for some changes under way.
BYTES=2000000
TURN=0

# under_way COMMAND: it is called with another number again and again while streams
# are under way
under_way()
{
	local streams rc=0

	at_once between a b "tcp:a:10.9.0.2=$BYTES" "tcp:b:fd09::1=$BYTES" \
		>"$TMP/streams" 2>&1 &
	streams=$!
	{ set +x; } 2>/dev/null
	while kill -0 $streams 2>/dev/null; do
		"$1" $TURN || { echo "$1 $TURN failed"; rc=1; break; }
		TURN=$((TURN + 1))
		read -rt 0.1 -u "$NEVER" || :
	done
	wait $streams || rc=1
	cat "$TMP/streams"
	return $rc
}

# changing COMMAND: streams until there were three changes, as one change may take
# as long as a stream
changing()
{
	local streams=0

	while [ $TURN -lt 3 ] && [ $streams -lt 10 ]; do
		under_way "$1" || return
		streams=$((streams + 1))
	done
	"$1" 0
	echo "$TURN changes, $streams times"
	[ $TURN -ge 3 ]
}

slowly()
{
	at a tc qdisc replace dev va root netem delay 1ms rate 12mbit limit 10000 "$@"
	at b tc qdisc replace dev vb root netem delay 1ms rate 12mbit limit 10000 "$@"
}

nothing()
{
	:
}

slowly delay 5ms 2ms reorder 20% 50% loss 2% duplicate 2% corrupt 1%
test_case "streams survive all faults of netem at once" changing nothing
slowly

mtus()
{
	local sizes=(1420 1280 1419 9000 1500 1300)
	local cables=(1500 1500 1400 1500 1500 1480)
	local n=$(($1 % 6))

	ipat a link set t0 mtu "${sizes[n]}"
	ipat b link set t0 mtu "${sizes[(n + 2) % 6]}"
	ipat a link set va mtu "${cables[n]}"
	ipat b link set vb mtu "${cables[n]}"
}
test_case "streams survive changes of the tunnel's and the cable's MTU" changing mtus

# a has one of two addresses at a time, and b learns it from a's packets.
addresses()
{
	if [ $(($1 % 2)) -eq 0 ]; then
		ipat a addr replace 192.0.2.1/24 dev va
		ipat a addr del 192.0.2.11/24 dev va 2>/dev/null || :
	else
		ipat a addr replace 192.0.2.11/24 dev va
		ipat a addr del 192.0.2.1/24 dev va 2>/dev/null || :
	fi
	# If only b has something to send, it knows the new address after a's next answer.
	# Faster changes let retransmissions of TCP miss it many times in a row.
	read -rt 0.5 -u "$NEVER" || :
}
test_case "streams survive that one end changes its address" changing addresses

if [ -n "${NAAWG_VM:-}" ]; then
	# SECONDS of the shell would jump with the clock.
	up()
	{
		local seconds

		read -r seconds _ </proc/uptime
		echo "${seconds%.*}"
	}
	right=$(($(date +%s) - $(up)))
	clocks()
	{
		local jumps=(0 3600 -3600 86400 -86400 1000000000 -1000000000)

		date -s "@$((right + $(up) + jumps[$1 % 7]))" >/dev/null
	}
	test_case "streams survive jumps of the wall clock" changing clocks

	# A handshake in each direction under each clock.
	calls()
	{
		local turn

		for turn in 0 1 2 3 4 5 6 0; do
			clocks $turn
			forget a b
			ping_ok a 10.9.0.2
			forget a b
			ping_ok b 10.9.0.1
		done
	}
	test_case "handshakes succeed although the wall clock jumped" calls
	date -s "@$((right + $(up)))" >/dev/null
	# Timestamps never go back, and tests that come later look at them.
	host_del a
	host_del b
	wait_for 60 rmmod "$KIND" && modprobe "$KIND"
else
	skip "streams survive jumps of the wall clock" "only a guest's may be set"
fi
finish
