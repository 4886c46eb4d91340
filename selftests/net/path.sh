#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel measures the path to a peer: the round-trip time of handshakes, initiations
# that were sent again, packets that never arrived, and the times of the latest messages.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "the stock driver does not measure its paths"
need_tool tc

two_hosts
tunnel
w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001

# field HOST NAME: a member of the only peer, "None" if it is absent
field()
{
	w "$1" stats t0 --json | $PY -c '
import json, sys
print(json.load(sys.stdin)["devices"][0]["peers"][0].get(sys.argv[1]))' "$2"
}

# slow MILLISECONDS [WORDS...]: what b sends takes so long
slow()
{
	at b tc qdisc replace dev vb root netem limit 10000 delay "$1ms" "${@:2}"
}

fast()
{
	at b tc qdisc del dev vb root
}

if at b tc qdisc add dev vb root netem delay 1ms 2>/dev/null; then
	fast
	NETEM=1
fi

# with_netem NAME FUNCTION
with_netem()
{
	if [ -n "${NETEM:-}" ]; then
		test_case "$@"
	else
		skip "$1" "this kernel has no netem"
	fi
}

nothing_yet()
{
	same "$(field a handshake_rtt_us) $(field a last_rx) $(field a last_tx)" "None None None"
	same "$(field a retransmissions) $(field a lost_packets)" "0 0"
	w a stats t0 >"$TMP/stats"
	refuses grep -E "round trip|latest message|initiations|lost" "$TMP/stats"
}
test_case "a new peer has no times, and counters of 0" nothing_yet

# A socket on a takes datagrams and answers nothing.
background a $PY -c '
import socket, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 9))
time.sleep(100000)' >"$TMP/sink"
wait_for 20 eval 'at a ss -Hlun "sport = 9" | grep -q .'

# datagrams COUNT: from b to a, one way
datagrams()
{
	at b $PY -c '
import socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(int(sys.argv[1])):
    sock.sendto(b"datagram", ("10.9.0.1", 9))
    time.sleep(0.002)' "$1"
}

# is_recent SECONDS: a time since $BEGAN
is_recent()
{
	[ "$1" -ge "$BEGAN" ] && [ "$1" -le "$(date +%s)" ]
}

times()
{
	local before

	BEGAN=$(date +%s)
	ping_ok b 10.9.0.1
	is_recent "$(field a last_rx)"
	is_recent "$(field a last_tx)"
	is_recent "$(field b last_rx)"
	is_recent "$(field b last_tx)"
	# a sends nothing back for 10 s
	wait_for 10 eval '[ "$(date +%s)" -gt "$(($(field b last_tx) + 1))" ]'
	before="$(field a last_tx) $(field b last_rx)"
	BEGAN=$(date +%s)
	datagrams 1
	wait_for 5 eval 'is_recent "$(field a last_rx)"'
	is_recent "$(field b last_tx)"
	same "$(field a last_tx) $(field b last_rx)" "$before"
	w a show t0 | grep -E "latest message: received .*, sent .* ago"
	w a show t0 --json | grep '"last_rx"'
}
test_case "the times of the latest messages are those of either direction" times

# Both ends measure: the one that initiates, and the one that responds.
round_trip()
{
	local host

	for host in a b; do
		echo "without a delay: $(field $host handshake_rtt_us) us on $host"
		[ "$(field $host handshake_rtt_us)" -gt 0 ]
	done
	slow 300
	forget a b
	at b ping -q -c 1 -w 30 10.9.0.1
	for host in a b; do
		echo "with 300 ms: $(field $host handshake_rtt_us) us on $host"
		[ "$(field $host handshake_rtt_us)" -ge 300000 ]
	done
	w a stats t0 | grep -E "round trip: [0-9.]+ m?s"
	fast
	forget a b
	ping_ok b 10.9.0.1
	for host in a b; do
		[ "$(field $host handshake_rtt_us)" -lt 300000 ]
	done
}
with_netem "both ends measure the round-trip time of a handshake" round_trip

# initiations FILE: those that b sent
initiations()
{
	awk '$1 == "out" && $3 == 5002 && $7 == 1' "$1" | wc -l
}

again()
{
	local sent before_a before_b

	ping_ok b 10.9.0.1
	before_a=$(field a retransmissions)
	before_b=$(field b retransmissions)
	ipat a link set t0 down
	forget b
	sniff b vb "$TMP/again"
	at b ping -q -c 1 -w 1 10.9.0.1 || :
	wait_for 40 eval '[ "$(field b retransmissions)" -gt "$before_b" ]'
	ipat a link set t0 up
	wait_for 40 at b ping -q -c 1 -w 1 10.9.0.1
	sniff_end
	sent=$(initiations "$TMP/again")
	same "$(field b retransmissions)" $((before_b + sent - 1))
	same "$(field a retransmissions)" "$before_a"
	w b stats t0 | grep "repeated initiations: $((before_b + sent - 1))"
}
test_case "initiations that repeat an unanswered one are counted" again

# lose COUNT: datagrams that never arrive, and one that does
lose()
{
	local before

	before=$(field a rx_packets)
	at b tc qdisc add dev vb root netem loss 100%
	datagrams "$1"
	fast
	datagrams 1
	wait_for 10 eval '[ "$(field a rx_packets)" = $((before + 1)) ]'
}

gap()
{
	local before

	ping_ok b 10.9.0.1
	before=$(field a lost_packets)
	lose 12
	same "$(field a lost_packets)" "$before"
	# the session ends
	forget a
	same "$(field a lost_packets)" $((before + 12))
	same "$(field b lost_packets)" 0
	w a stats t0 | grep -E "lost: $((before + 12)) of about [0-9,]+ packets"
	# by a later handshake, too
	forget b
	ping_ok b 10.9.0.1
	lose 3
	w b rekey t0
	w b rekey t0
	wait_for 10 eval '[ "$(field a lost_packets)" = $((before + 15)) ]'
}
with_netem "packets that never arrived are counted when their session ends" gap

window()
{
	local before

	forget a b
	ping_ok b 10.9.0.1
	before=$(field a lost_packets)
	lose 7
	at b ping -q -f -c 8300 -w 100 10.9.0.1
	same "$(field a lost_packets)" $((before + 7))
	forget a
	same "$(field a lost_packets)" $((before + 7))
}
with_netem "packets that never arrived are counted once when thousands followed" window

# missing: the number of packets from b that a did not receive
missing()
{
	echo $(($(field b tx_packets) - $(field a rx_packets)))
}

reordered()
{
	local before missing

	forget a b
	ping_ok b 10.9.0.1
	before=$(field a lost_packets)
	missing=$(missing)
	slow 40 40ms
	at b ping -i 0.004 -c 500 -w 100 10.9.0.1 >"$TMP/reordered"
	# ping may have sent more, which are on the way
	wait_for 20 eval '[ "$(missing)" = "$missing" ]'
	fast
	# replies out of order tell that the packets were
	refuses sort -c -n <(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$TMP/reordered")
	forget a
	same "$(field a lost_packets)" "$before"
}
with_netem "packets that arrive out of order are not lost" reordered

finish
