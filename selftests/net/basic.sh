#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two hosts and one tunnel: both inner families over both outer ones, either end as the
# initiator, with and without a preshared key, and byte counters that are exact.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
psk shared

# The endpoint of each host, by outer family.
declare -A OUTER=(
	[a4]=192.0.2.1:5001 [b4]=192.0.2.2:5002
	[a6]=[2001:db8::1]:5001 [b6]=[2001:db8::2]:5002
)
declare -A INNER=([a4]=10.9.0.1 [b4]=10.9.0.2 [a6]=fd09::1 [b6]=fd09::2)

# Only the initiator knows the other's endpoint.
caller_knows()
{
	local caller=$1 callee=$2 family=$3 psk=$4 host

	for host in a b; do
		ipat $host link set t0 down
	done
	w "$caller" set t0 peer "${PUB[$callee]}" remove
	w "$callee" set t0 peer "${PUB[$caller]}" remove
	w "$caller" set t0 peer "${PUB[$callee]}" preshared-key "$psk" \
		endpoint "${OUTER[$callee$family]}" \
		allowed-ips "${INNER[${callee}4]}/32,${INNER[${callee}6]}/128"
	w "$callee" set t0 peer "${PUB[$caller]}" preshared-key "$psk" \
		allowed-ips "${INNER[${caller}4]}/32,${INNER[${caller}6]}/128"
	for host in a b; do
		ipat $host link set t0 up
	done
	# Packets that the kernel itself sends on a new link (router solicitations)
	# have no peer, as no peer has multicast in its allowed IPs.
}

greet()
{
	local caller=$1 callee=$2 family=$3 psk=$4 inner

	caller_knows "$caller" "$callee" "$family" "$psk"
	same "$(handshake_of "$caller" t0)" 0
	for inner in 4 6; do
		ping_ok "$caller" "${INNER[$callee$inner]}"
		ping_ok "$callee" "${INNER[$caller$inner]}"
	done
	[ "$(handshake_of "$caller" t0)" -gt 0 ]
	[ "$(handshake_of "$callee" t0)" -gt 0 ]
	same "$(endpoint_of "$callee" t0)" "${OUTER[$caller$family]}"
}

for family in 4 6; do
	for secret in /dev/null "$TMP/shared.psk"; do
		with=without
		[ "$secret" = /dev/null ] || with=with
		test_case "IPv$family outside, $with preshared key, a calls b" \
			greet a b $family "$secret"
		test_case "IPv$family outside, $with preshared key, b calls a" \
			greet b a $family "$secret"
	done
done

# Ten echoes of 84 bytes, padded to 96, each in 32 bytes of data message; one
# handshake of 148 and 92 bytes before them, confirmed by the first echo.
counters()
{
	local caller=$1 callee=$2 family=$3 both=1280

	caller_knows "$caller" "$callee" "$family" /dev/null
	for host in a b; do
		eval "rx_$host=$(stat_of $host t0 rx_bytes) tx_$host=$(stat_of $host t0 tx_bytes)"
	done
	at "$caller" ping -q -f -c 10 -W 5 "${INNER[${callee}4]}"
	same "$(peer_field "$caller" t0 transfer)" "$((both + 92))	$((both + 148))"
	same "$(peer_field "$callee" t0 transfer)" "$((both + 148))	$((both + 92))"
	eval "same \$((\$(stat_of $caller t0 rx_bytes) - rx_$caller)) $((both + 92))"
	eval "same \$((\$(stat_of $caller t0 tx_bytes) - tx_$caller)) $((both + 148))"
	eval "same \$((\$(stat_of $callee t0 rx_bytes) - rx_$callee)) $((both + 148))"
	eval "same \$((\$(stat_of $callee t0 tx_bytes) - tx_$callee)) $((both + 92))"
}
test_case "bytes are counted exactly, IPv4 outside" counters a b 4
test_case "bytes are counted exactly, IPv6 outside" counters b a 6

timestamp_is_now()
{
	local now then

	now=$(date +%s)
	then=$(handshake_of a t0)
	[ "$then" -le "$now" ]
	[ "$then" -ge $((now - 120)) ]
}
test_case "the time of the handshake is wall-clock time" timestamp_is_now

packet_sizes()
{
	local size

	for size in 0 1 16 1200 1392; do
		ping_ok a 10.9.0.2 -s "$size"
	done
	# Packets above the link's MTU are fragmented inside the tunnel.
	for size in 1393 60000; do
		ping_ok a 10.9.0.2 -s "$size"
		ping_ok b fd09::1 -s "$size"
	done
}

streams()
{
	carries a b tcp 10.9.0.2 6001 3000000
	carries b a tcp fd09::1 6002 3000000
	# One byte at a time is many tiny packets rather than few large ones.
	carries b a udp 10.9.0.1 6003 400 1
	carries a b udp fd09::2 6004 80000 1000
	carries a b udp 10.9.0.2 6005 200000 20000
}

# All at once: as many streams as there are processors, in each direction.
parallel()
{
	local count i

	count=$(nproc)
	for ((i = 0; i < count; i++)); do
		background b timeout 60 iperf3 -s -1 -p $((6100 + i)) -B 10.9.0.2
		wait_for 20 listening b $((6100 + i))
	done
	local clients=()
	for ((i = 0; i < count; i++)); do
		background a timeout 60 iperf3 -t 1 -p $((6100 + i)) -c 10.9.0.2
		clients+=("$STARTED")
	done
	wait "${clients[@]}"
}

flood()
{
	background b timeout 60 iperf3 -s -1 -p 6200 -B fd09::2
	wait_for 20 listening b 6200
	at a timeout 60 iperf3 -u -b 0 -t 1 -p 6200 -c fd09::2
	ping_ok b fd09::1
}

listening()
{
	[ -n "$(ss -N "${NS[$1]}" -Htl "sport = $2")" ]
}

for family in 4 6; do
	test_case "a tunnel over IPv$family works again" greet a b $family /dev/null
	test_case "packets of all sizes pass, IPv$family outside" packet_sizes
	test_case "streams and datagrams arrive unchanged, IPv$family outside" streams
done
test_case "several streams at once arrive unchanged" parallel
test_case "datagrams arrive as fast as the sender can make them" flood

jumbo()
{
	local host

	for host in a b; do
		ipat $host link set t0 mtu 34700
	done
	packet_sizes
	carries a b tcp 10.9.0.2 6301 3000000
	carries b a tcp fd09::1 6302 3000000
}
test_case "inner packets larger than the cable's MTU arrive" jumbo

finish
