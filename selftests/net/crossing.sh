#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two ends initiate at the same moment, over a path so long that both initiations are on
# their way before either arrives. The staged packets get through.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

need_tool tc

# Long enough to look on while answers are under way, and more than the jitter of a
# second try: who waits for that alone crosses for ever.
DELAY=2s

# cable CHANGE NETEM...: what the path does from now on
cable()
{
	at a tc qdisc "$1" dev va root netem "${@:2}"
	at b tc qdisc "$1" dev vb root netem "${@:2}"
}

cable_heals()
{
	at a tc qdisc del dev va root
	at b tc qdisc del dev vb root
}

meet()
{
	tunnel "$KIND" "$1"
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001
	# Neighbour discovery is done now, not between two initiations.
	ping_ok a 192.0.2.2
	ping_ok a 10.9.0.2
}

part()
{
	ipat a link del t0
	ipat b link del t0
}

# call_both SECONDS: one packet from each end, at the same moment; pings end when
# they are answered
call_both()
{
	at a ping -q -c 1 -W "$1" 10.9.0.2 >"$TMP/a.ping" &
	CALLS=$!
	at b ping -q -c 1 -W "$1" 10.9.0.1 >"$TMP/b.ping" &
	CALLS="$CALLS $!"
}

answered()
{
	local pid

	for pid in $CALLS; do
		wait "$pid" || { cat "$TMP"/[ab].ping; return 1; }
	done
}

# cross: after this each has sent a call and an answer to the other one's, and got no
# answer yet
cross()
{
	local a b

	forget a b
	a=$(tx_of a t0) b=$(tx_of b t0)
	cable replace delay $DELAY
	call_both 40
	wait_for 20 sent a $((a + 148 + 92))
	wait_for 20 sent b $((b + 148 + 92))
}

sent()
{
	[ "$(tx_of "$1" t0)" -eq "$2" ]
}

crossing()
{
	cross
	answered
	cable_heals
	ping_ok a 10.9.0.2
	ping_ok b 10.9.0.1
}

# The answers get lost, when second tries are too early as answering was a handshake.
lost()
{
	cross
	cable_heals
	cable add loss 100%
	read -rt 1 -u "$NEVER" || :
	cable_heals
	answered
}

two_hosts
cable add delay 1ms 2>/dev/null || skip_all "this kernel has no netem"
cable_heals

meet "$KIND"
test_case "both ends initiate at once, and both get a response" crossing
test_case "both ends initiate at once, and the responses are lost" lost
part
if modprobe wireguard 2>/dev/null || [ -d /sys/module/wireguard ]; then
	TOOL[b]=/usr/bin/wg
	meet wireguard
	test_case "both ends initiate at once, one is the stock driver" crossing
else
	skip "both ends initiate at once, one is the stock driver" "this kernel has no wireguard module"
fi

finish
