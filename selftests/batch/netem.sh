#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The outer path loses, duplicates, reorders and corrupts packets, whole GSO packets and
# single messages. Streams arrive byte for byte all the same, and every datagram that
# arrives is unchanged.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool tc

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b
at a tc qdisc add dev va root netem delay 1ms 2>/dev/null ||
	skip_all "this kernel has no netem"

traffic()
{
	at_once between a b tcp:a:10.9.0.2=100000 tcp:b:fd09::1=100000 \
		lossy:a:10.9.0.2=1200,200,20 lossy:b:fd09::1=1200,200,20 \
		lossy:a:fd09::2=100,200,1 lossy:b:10.9.0.1=100,200,1
}

# udp_errors HOST: datagrams with a wrong checksum
udp_errors()
{
	at "$1" awk '/^Udp: [0-9]/ { print $8 }' /proc/net/snmp
}
errors()
{
	echo $(($(counter a "$1") + $(counter b "$1")))
}
total_errors()
{
	echo $(($(errors bad-tag) + $(errors malformed) + $(errors unknown-index) +
		$(udp_errors a) + $(udp_errors b)))
}

bad_way()
{
	local what=$1 before after

	at a tc qdisc replace dev va root netem limit 10000 "$@"
	at b tc qdisc replace dev vb root netem limit 10000 "$@"
	before="$(errors replay) $(total_errors)"
	traffic
	after="$(errors replay) $(total_errors)"
	echo "replays and errors: before $before, after $after"
	# The cable really had these faults.
	case $what in
	loss) at a tc -s qdisc show dev va | grep -E 'dropped [1-9]' ;;
	duplicate) [ "${after% *}" -gt "${before% *}" ] ;;
	corrupt) [ "${after#* }" -gt "${before#* }" ] ;;
	esac
	at a tc qdisc del dev va root
	at b tc qdisc del dev vb root
}

all_bad_ways()
{
	test_case "streams survive loss $1" bad_way loss 8%
	test_case "streams survive duplicated packets $1" bad_way duplicate 20%
	test_case "streams survive reordering $1" bad_way delay 10ms reorder 40% 50%
	test_case "streams survive corrupted packets $1" bad_way corrupt 8%
}

all_bad_ways "of GSO packets"
switch batch_tx N
defer switch batch_tx Y
all_bad_ways "of single messages"

finish
