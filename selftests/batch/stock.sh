#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Batches with the stock driver at the other end, which knows only single packets: it
# decrypts the messages segmented from our GSO packets, and its messages are joined here.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool tc
need_module wireguard

TOOL[b]=/usr/bin/wg
two_hosts
tunnel naawg wireguard
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b
# Packets delayed on the cable arrive in bursts, and bursts can be joined.
at b tc qdisc add dev vb root netem slot 10ms limit 20000 2>/dev/null ||
	skip_all "this kernel has no netem"

traffic()
{
	streams 200000
	between a b udp:a:10.9.0.2=1200,200,40 udp:b:fd09::1=1200,200,40 \
		udp:a:fd09::2=64,300,1 udp:b:10.9.0.1=64,300,1 \
		rst:a:10.9.0.2=100000 rst:b:fd09::1=100000
}

whole()
{
	lossless moved a supers-sealed 10 moved a packets-joined 50 traffic
}
singly()
{
	switch batch_tx N
	switch batch_rx N
	lossless stays a supers-sealed stays a supers-delivered traffic
}
offloads()
{
	at a ethtool -K va "$@"
	at b ethtool -K vb "$@"
}

test_case "GSO packets pass between us and the stock driver, IPv4 outside" whole
test_case "GSO packets pass between us and the stock driver, IPv6 outside" over_ipv6 whole
offloads gso off tx-udp-segmentation off
test_case "the stock driver gets single messages without GSO outside, IPv4" whole
test_case "the stock driver gets single messages without GSO outside, IPv6" over_ipv6 whole
know
offloads gso on tx-udp-segmentation on gro on
test_case "packets pass with GRO outside" whole
offloads gro off

# Packets are sent one by one, with time for the receiver between them.
alone()
{
	local bytes batches messages

	for ((bytes = STREAM; bytes <= 64 * STREAM; bytes *= 2)); do
		batches=$(counter a batches-opened)
		messages=$(counter a messages-opened)
		between a b "tcp:b:10.9.0.1=$bytes" || return
		batches=$(($(counter a batches-opened) - batches))
		messages=$(($(counter a messages-opened) - messages))
		echo "$messages messages in $batches batches"
		[ $messages -lt $((3 * batches)) ] || return 0
	done
	return 1
}
at b tc qdisc del dev vb root
offloads gso off tx-udp-segmentation off
test_case "packets sent one by one are joined" lossless alone
offloads gso on tx-udp-segmentation on
defer switch batch_tx Y
defer switch batch_rx Y
test_case "packets pass with batches switched off in both directions" singly

finish
