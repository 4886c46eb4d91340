#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A link goes down and up: the configuration stays, sessions do not, the port is free in
# between, and traffic resumes by itself.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
psk shared
w a set t0 fwmark 0x42 peer "${PUB[b]}" preshared-key "$TMP/shared.psk" \
	endpoint 192.0.2.2:5002 persistent-keepalive 30
w b set t0 peer "${PUB[a]}" preshared-key "$TMP/shared.psk"

# The configuration, and the endpoints that were learned.
config_of()
{
	w "$1" showconf "$2"
}

ports_of()
{
	ss -N "${NS[$1]}" -Huan "sport = $2" | wc -l
}

config_stays()
{
	local before

	ping_ok a 10.9.0.2
	before=$(config_of a t0)
	ipat a link set t0 down
	same "$(config_of a t0)" "$before"
	ipat a link set t0 up
	same "$(config_of a t0)" "$before"
	before=$(config_of b t0)
	forget b
	same "$(config_of b t0)" "$before"
}
test_case "a link that goes down keeps its configuration, keys and endpoints" config_stays

port_is_free()
{
	same "$(ports_of a 5001)" 2
	ipat a link set t0 down
	same "$(ports_of a 5001)" 0
	ping_fails a 10.9.0.2
	ping_fails b 10.9.0.1
	ipat a link set t0 up
	same "$(ports_of a 5001)" 2
	ping_ok a 10.9.0.2
}
test_case "a link that is down has no socket" port_is_free

# Only a knows the other's endpoint; b has to initiate, and its session is gone.
sessions_forgotten()
{
	local first=$TMP/forgotten

	ping_ok a 10.9.0.2
	sniff a va "$first"
	forget b
	# b still knows the last endpoint of a.
	ping_ok b 10.9.0.1
	sniff_end
	# If b had kept its session, its first packet would be a data message.
	same "$(awk '$2 == "192.0.2.2" { print $7; exit }' "$first")" 1
	sniff a va "$first"
	forget a
	ping_ok a 10.9.0.2
	sniff_end
	same "$(awk '$2 == "192.0.2.1" { print $7; exit }' "$first")" 1
}
test_case "sessions are forgotten, and the next packet is an initiation" sessions_forgotten

# With a keepalive interval, going up alone starts a handshake.
keepalive_calls()
{
	local before

	ipat a link set t0 down
	before=$(rx_of b t0)
	ipat a link set t0 up
	wait_for 20 eval '[ "$(rx_of b t0)" -gt '"$before"' ]'
	ping_ok b 10.9.0.1
}
test_case "a link with persistent keepalive initiates when it goes up" keepalive_calls

staged_is_lost()
{
	local before

	ipat b link set t0 down
	forget a
	# b does not answer, so this packet stays staged.
	ping_fails a 10.9.0.2
	before=$(stat_of b t0 rx_packets)
	ipat a link set t0 down
	ipat b link set t0 up
	ipat a link set t0 up
	ping_ok a 10.9.0.2
	[ "$(stat_of b t0 rx_packets)" -gt "$before" ]
}
test_case "a link that goes down drops and counts its staged packets" staged_is_lost

# pinging HOST ADDRESS: for as long as the test goes on; ping itself gives up
# when the route goes away
pinging()
{
	background "$1" bash -c "while :; do ping -q -i 0.005 -w 60 -s 1000 $2; done"
}

under_traffic()
{
	local i pingers=()

	pinging a 10.9.0.2
	pingers+=("$STARTED")
	pinging b fd09::1
	pingers+=("$STARTED")
	for ((i = 0; i < 15; i++)); do
		forget a
		ipat b link set t0 down
		ipat a link set t0 down
		ipat b link set t0 up
		ipat a link set t0 up
	done
	ping_ok a 10.9.0.2
	ping_ok b fd09::1
	kill "${pingers[@]}"
	same "$(ports_of a 5001)" 2
}
test_case "a link goes down and up fifteen times under traffic in both directions" under_traffic

# A stream survives, because TCP retransmits lost packets.
stream_outlives()
{
	local out=$TMP/stream sent

	sink b tcp 10.9.0.2 6001 "$out"
	source_of a tcp 10.9.0.2 6001 5000000 >"$TMP/sent" &
	sent=$!
	wait_for 20 eval '[ "$(rx_of b t0)" -gt 1000000 ]'
	forget a
	forget b
	wait "$sent"
	wait "$SINK"
	same "$(tail -n 1 "$out")" "$(cat "$TMP/sent")"
	[ -s "$TMP/sent" ]
}
test_case "a TCP stream survives a link that goes down and up" stream_outlives

finish
