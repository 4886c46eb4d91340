#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Random mixes of packets come out of the tunnel as they went in: same bytes, same order,
# whether they were decrypted one by one, or joined and segmented again.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool tc

two_hosts
tunnel
know
# Host c is behind b, on a cable without GSO and checksum offload.
hosts c
wire b bc c cb
address b bc 198.51.100.1/24 fd10::1/64
address c cb 198.51.100.2/24 fd10::2/64
sysctl_at b net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
at b ethtool -K bc tx off gso off >/dev/null 2>&1
at c ethtool -K cb gro off >/dev/null 2>&1
# The kernel's own offload would reorder around fragments and flow labels, and set new
# identifications in packets with DF. Only our offload is tested.
at b ethtool -K t0 gro off
w a set t0 peer "${PUB[b]}" \
	allowed-ips 10.9.0.2,fd09::2,198.51.100.0/24,fd10::/64
ipat a route add 198.51.100.0/24 dev t0
ipat a -6 route add fd10::/64 dev t0
# c would answer packets to addresses it does not know; no test needs these answers.
ipat c route add blackhole 10.9.0.1/32
ipat c -6 route add blackhole fd09::1/128
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
ping_ok b 198.51.100.2 >>"$TMP/first" 2>&1
ping_ok b fd10::2 >>"$TMP/first" 2>&1

mixes()
{
	timeout 120 $PY "$BATCH_DIR/mixes.py" "${NS[a]}" t0 "${NS[c]}" cb "$@"
}

# Messages are delayed on the outer cable and come in bursts, which are decrypted at once.
gathered()
{
	at a tc qdisc replace dev va root netem slot 30ms limit 20000
	mixes "$@"
}

test_case "packets sent one by one arrive identical, each kind alone" lossless mixes each-alone
test_case "packets sent one by one arrive identical, mixed" lossless mixes 1 1000
# Most packets were joined and segmented again, or the test would prove nothing.
if at a tc qdisc add dev va root netem slot 30ms 2>/dev/null; then
	test_case "packets sent in bursts arrive identical, each kind alone" lossless \
		moved b packets-joined 200 gathered each
	for seed in 3 4; do
		test_case "packets sent in bursts arrive identical, mix $seed" lossless \
			moved b packets-joined 300 gathered $seed 1500
	done
	switch batch_rx N
	defer switch batch_rx Y
	test_case "packets sent in bursts arrive identical, without batches" lossless \
		stays b packets-joined gathered 3 1000
else
	skip "in bursts" "this kernel has no netem"
fi

finish
