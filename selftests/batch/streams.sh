#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Streams and datagrams arrive unchanged on every outer path, with every setting that
# keeps GSO packets from staying whole.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b

test_case "streams arrive unchanged, IPv4 outside" lossless streams
test_case "streams arrive unchanged, IPv6 outside" lossless over_ipv6 streams

# Datagrams of a sender that lets the kernel segment.
gso_dgrams()
{
	between a b udp:a:10.9.0.2=1200,400,40 udp:a:fd09::2=1200,400,40 \
		udp:a:10.9.0.2=1392,300,30 udp:a:10.9.0.2=17,600,60 \
		udp:b:10.9.0.1=1000,100,1
}
test_case "datagrams that the kernel segments arrive unchanged" lossless both_families gso_dgrams

at_mtu()
{
	on_both va vb mtu $(($1 + 80))
	on_both t0 t0 mtu "$1"
	lossless both_families streams 100000
}
usual_mtu()
{
	on_both t0 t0 mtu 1420
	on_both va vb mtu 1500
}
for mtu in 1280 1421 8920; do
	test_case "streams arrive unchanged with MTU $mtu" at_mtu $mtu
	usual_mtu
done
# More than a page fragment buffer holds.
spent()
{
	local before

	before=$(reason_of a t0 no-memory)
	at_mtu 40000
	same "$(reason_of a t0 no-memory)" "$before"
}
test_case "streams arrive unchanged with MTU 40000" spent
usual_mtu

# Without one of the outer link's offloads the fallback is used.
with()
{
	at a ethtool -K va "$@"
	at b ethtool -K vb "$@"
	lossless both_families streams 100000
	lossless between a b udp:a:10.9.0.2=1200,200,40
}
as_ever()
{
	at a ethtool -K va tx on sg on gso on tx-udp-segmentation on gro off
	at b ethtool -K vb tx on sg on gso on tx-udp-segmentation on gro off
} >/dev/null 2>&1
test_case "streams arrive unchanged without UDP segmentation outside" with tx-udp-segmentation off
as_ever
test_case "streams arrive unchanged without GSO outside" with gso off
as_ever
test_case "streams arrive unchanged without checksum offload outside" with tx off
as_ever
test_case "streams arrive unchanged without scatter-gather outside" with sg off
as_ever
test_case "packets pass with GRO outside" with gro on
as_ever

# The outer MTU is below a message, so each is fragmented.
narrow()
{
	on_both va vb mtu "$1"
	streams 100000
	between a b udp:a:10.9.0.2=1200,200,40
}
# Below 1280 a link loses its IPv6 addresses, so that case comes last.
test_case "streams arrive unchanged in outer fragments, IPv6" lossless over_ipv6 narrow 1300
usual_mtu
know
test_case "FIN and RST end a stream at both ends" between a b \
	rst:a:10.9.0.2=300000 rst:b:fd09::1=300000 \
	tcp:a:10.9.0.2=1 tcp:b:10.9.0.1=1389

# From both ends at once.
many()
{
	local i transfers=()

	for i in {1..4}; do
		transfers+=(tcp:a:10.9.0.2=300000 tcp:b:10.9.0.1=300000)
	done
	at_once between a b "${transfers[@]}"
}
test_case "eight streams at once, four each way, arrive unchanged" lossless many

test_case "streams arrive unchanged in outer fragments, IPv4" lossless narrow 1000

finish
