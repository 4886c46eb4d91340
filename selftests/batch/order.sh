#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of one flow sent by one CPU arrive in the order they were sent in, alone and
# among other flows, from every CPU.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool taskset ethtool

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b

# Datagrams have numbers; TCP counts segments out of order.
shuffled()
{
	at "$1" awk '
	$1 == "TcpExt:" && !n { n = split($0, name); next }
	$1 == "TcpExt:" {
		for (i = 1; i <= n; i++)
			if (name[i] == "TCPOFOQueue")
				print $i
	}' /proc/net/netstat
}

on_cpu()
{
	taskset -c "$1" timeout 200 "$BATCH_OUT/transfer" -p "${NS[a]}" "${NS[b]}" \
		"${@:2}"
}
in_order()
{
	local before

	before=$(shuffled b)
	lossless on_cpu "$1" tcp:a:10.9.0.2=200000 tcp:a:fd09::2=200000
	same "$(shuffled b)" "$before"
	# large and small, in GSO packets and alone
	lossless on_cpu "$1" udp:a:10.9.0.2=1200,200,40 udp:a:fd09::2=1200,100,1 \
		udp:a:10.9.0.2=20,300,30 udp:a:fd09::2=600,200,7
	lossless on_cpu "$1" udp:a:10.9.0.2=1200,200,1
}
# GSO packets and single messages take different paths.
mixed()
{
	flipping 'Y N' 'Y Y'
	lossless on_cpu 0 udp:a:10.9.0.2=1200,1000,25 udp:a:fd09::2=1200,200,1
	flipping_end
}
defer switch batch_tx Y
defer switch batch_rx Y

for ((cpu = 0; cpu < $(nproc); cpu++)); do
	test_case "packets from CPU $cpu arrive in order" in_order $cpu
done
at a ethtool -K va tx-udp-segmentation off
at b ethtool -K vb tx-udp-segmentation off
test_case "packets arrive in order, in single messages" in_order 0
at a ethtool -K va gso off tx-udp-segmentation on
test_case "packets arrive in order, without GSO outside" in_order 0
at a ethtool -K va gso on
test_case "packets arrive in order while batch_rx is switched" mixed

finish
