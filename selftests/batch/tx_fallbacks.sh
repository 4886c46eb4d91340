#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# The outer device takes no GSO packets, or the inner packets cannot be encrypted whole:
# IPsec outside, no checksums, an MTU below a message, chains of packets. GSO packets are
# no larger than the outer device takes at once.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1

# limit: the number of packets in a GSO packet that the stack may make for t1
limit()
{
	ipat a -d link show t1 | sed -n 's/.*gso_max_segs \([0-9]*\).*/\1/p'
}

# An outer packet has room for 65467 bytes; a message is 32 bytes longer than its packet.
follows()
{
	local mtu

	link_new a t1
	same "$(limit)" 45
	for mtu in 1280 8920 1420; do
		ipat a link set t1 mtu $mtu
		same "$(limit)" $((65467 / (mtu + 32)))
	done
	ipat a link set t1 mtu 68
	same "$(limit)" 64
	ipat a link set t1 mtu 65535
	same "$(limit)" 1
	# A smaller limit of the administrator stays.
	ipat a link set t1 mtu 1420
	ipat a link set t1 gso_max_segs 10
	ipat a link set t1 mtu 1280
	same "$(limit)" 10
	ipat a link del t1
	# A link may be made with an MTU of its own.
	ipat a link add t1 mtu 8920 type "$KIND"
	same "$(limit)" $((65467 / (8920 + 32)))
	ipat a link del t1
	ipat a link add t1 mtu 1280 gso_max_segs 10 type "$KIND"
	same "$(limit)" 10
	ipat a link del t1
}
test_case "GSO packets are no larger than the outer device takes at once" follows

whole_only()
{
	local count bytes largest

	watch a t0 "$TMP/inner"
	between a b "tcp:a:10.9.0.2=$STREAM"
	watch_end
	read -r count bytes largest < <(sizes "$TMP/inner" out 6)
	echo "$count packets of $bytes bytes, the largest $largest"
	# The size above one packet depends on TCP and on the speed of the machine.
	[ "$largest" -gt 1420 ]
	[ "$largest" -le $((45 * 1420)) ]
}
test_case "a stream keeps to that size" whole_only

no_sums()
{
	at a ethtool -K va tx off
	streams
	between a b udp:a:10.9.0.2=1200,200,40 udp:a:fd09::2=1200,200,40
	at a ethtool -K va tx on sg on tso on gso on
}
test_case "packets pass without checksum offload outside, IPv4" lossless no_sums
test_case "packets pass without checksum offload outside, IPv6" lossless over_ipv6 no_sums
at a ethtool -K va tx on sg on tso on gso on >/dev/null 2>&1

# Messages do not fit into the MTU: IP fragments each of them.
narrow()
{
	on_both va vb mtu 1300
	streams 300000
	on_both va vb mtu 1500
}
test_case "packets pass with an outer MTU below a message, IPv4" lossless narrow
test_case "packets pass with an outer MTU below a message, IPv6" lossless over_ipv6 narrow
on_both va vb mtu 1500

KEY=0x000102030405060708090a0b0c0d0e0f10111213
# one_way HOST FROM TO SPI: state and policy of IPsec on HOST for that direction
one_way()
{
	local dir=in

	[ "$1" != "$2" ] || dir=out
	ipat "$1" xfrm state add src "${OUT[$2]}" dst "${OUT[$3]}" \
		proto esp spi "$4" mode transport \
		aead 'rfc4106(gcm(aes))' $KEY 128 &&
		ipat "$1" xfrm policy add src "${OUT[$2]}" dst "${OUT[$3]}" \
			dir $dir tmpl src "${OUT[$2]}" dst "${OUT[$3]}" \
			proto esp mode transport
}
ipsec()
{
	one_way a a b 0x101 && one_way b a b 0x101 &&
		one_way a b a 0x102 && one_way b b a 0x102
}
no_ipsec()
{
	on_both va vb mtu 1500
	ipat a xfrm policy flush
	ipat b xfrm policy flush
	ipat a xfrm state flush
	ipat b xfrm state flush
}
through_ipsec()
{
	on_both va vb mtu 1600
	ping_ok a 10.9.0.2
	at a ping -q -c 1 -s 6000 10.9.0.2
	streams 300000
	between a b udp:a:10.9.0.2=1200,100,20
	# The packets did go through IPsec.
	ipat a -s xfrm state | grep -A1 'lifetime current' | grep -qv ' 0(packets)'
}
declare -A OUT=([a]=192.0.2.1 [b]=192.0.2.2)
if ipsec >"$TMP/ipsec" 2>&1; then
	test_case "packets pass IPsec, IPv4" lossless through_ipsec
	no_ipsec
	OUT=([a]=2001:db8::1 [b]=2001:db8::2)
	ipsec
	test_case "packets pass IPsec, IPv6" lossless over_ipv6 through_ipsec
	no_ipsec
else
	diag "$(tail -n 1 "$TMP/ipsec")"
	skip "through IPsec" "this kernel has no ESP with AES-GCM"
	no_ipsec
fi

# Host c sends through a. Chains that receive offload of a's cable made go into the
# tunnel without a copy.
hosts c
wire c ca a ac
address c ca 198.51.100.2/24 fd10::2/64
address a ac 198.51.100.1/24 fd10::1/64
sysctl_at a net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ipat c route add 10.9.0.0/24 via 198.51.100.1
ipat c -6 route add fd09::/64 via fd10::1
w b set t0 peer "${PUB[a]}" \
	allowed-ips 10.9.0.1,fd09::1,198.51.100.0/24,fd10::/64
ipat b route add 198.51.100.0/24 dev t0
ipat b -6 route add fd10::/64 dev t0

chained()
{
	at a ethtool -k t0 | grep -q 'tx-gso-list: on'
	at c ethtool -K ca tso off gso off tx-udp-segmentation off
	at a ethtool -K ac gro on rx-gro-list on rx-udp-gro-forwarding on
	ping_ok c 10.9.0.2
	between c b udp:a:10.9.0.2=1200,200,40 "tcp:a:10.9.0.2=$STREAM" \
		udp:a:fd09::2=1200,200,40 "tcp:a:fd09::2=$STREAM"
}
test_case "chains of packets are sent" lossless chained

finish
