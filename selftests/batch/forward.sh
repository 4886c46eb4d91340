#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# GSO packets come out of the tunnel and are forwarded: to a cable with and without
# segmentation, to a bridge, through address translation, into another tunnel.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool nft

two_hosts
tunnel
know
# chains need this, as in chains.sh
[ -z "${CHAINS:-}" ] || one_by_one
hosts c
wire b bc c cb
address b bc 198.51.100.1/24 fd10::1/64
address c cb 198.51.100.2/24 fd10::2/64
sysctl_at b net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
w a set t0 peer "${PUB[b]}" \
	allowed-ips 10.9.0.2,fd09::2,198.51.100.0/24,fd10::/64
ipat a route add 198.51.100.0/24 dev t0
ipat a -6 route add fd10::/64 dev t0
ipat c route add 10.9.0.0/24 via 198.51.100.1
ipat c -6 route add fd09::/64 via fd10::1
ping_ok a 198.51.100.2 >"$TMP/first" 2>&1
ping_ok c fd09::1 >>"$TMP/first" 2>&1

onward()
{
	between a c "tcp:a:198.51.100.2=$STREAM" "tcp:b:10.9.0.1=$STREAM" \
		"tcp:a:fd10::2=$STREAM" "tcp:b:fd09::1=$STREAM" \
		udp:a:198.51.100.2=1200,200,40 udp:b:fd09::1=1200,200,40
}
test_case "packets are forwarded to a cable" lossless onward

cut_there()
{
	at b ethtool -K bc tso off gso off
	at c ethtool -K cb tso off gso off
	onward
	# Not on c: the kernel does not segment datagrams without a checksum.
	at b ethtool -K bc tx off
	onward
}
test_case "packets are forwarded to a cable without GSO" lossless cut_there
at b ethtool -K bc tx on sg on tso on gso on >/dev/null 2>&1
at c ethtool -K cb tx on sg on tso on gso on >/dev/null 2>&1

# The addresses move to the bridge.
bridged()
{
	ipat b link add br0 type bridge
	ipat b link set bc master br0
	ipat b addr flush dev bc
	address b br0 198.51.100.1/24 fd10::1/64
	ipat b link set br0 up
	wait_for 30 at b ping -q -c 1 -W 1 198.51.100.2
	wait_for 30 at b ping -q -c 1 -W 1 fd10::2
	onward
}
test_case "packets are forwarded to a bridge" lossless bridged

translated()
{
	at b nft -f - <<-'RULES'
	table inet translate {
		chain behind {
			type nat hook postrouting priority srcnat;
			oifname { "br0", "bc" } masquerade
		}
	}
	RULES
	between a c "tcp:a:198.51.100.2=$STREAM" "tcp:a:fd10::2=$STREAM" \
		udp:a:198.51.100.2=1200,200,40
	at b nft delete table inet translate
}
test_case "packets are forwarded through address translation" lossless translated

# Tunnels inside the tunnel, from a to c: the host between sees only messages.
inside()
{
	local kind=$1 tool=$2

	ipat a link add t1 type "$kind"
	ipat c link add t1 type "$kind"
	at a "$tool" set t1 private-key "$TMP/a.key" listen-port 6001 peer \
		"${PUB[b]}" allowed-ips 10.10.0.2,fd11::2 \
		endpoint 198.51.100.2:6002
	at c "$tool" set t1 private-key "$TMP/b.key" listen-port 6002 peer \
		"${PUB[a]}" allowed-ips 10.10.0.1,fd11::1
	address a t1 10.10.0.1/24 fd11::1/64
	address c t1 10.10.0.2/24 fd11::2/64
	ipat a link set t1 up mtu 1340
	ipat c link set t1 up mtu 1340
	ping_ok a 10.10.0.2
	through_inner
}
through_inner()
{
	between a c "tcp:a:10.10.0.2=$STREAM" "tcp:b:10.10.0.1=$STREAM" \
		"tcp:a:fd11::2=$STREAM" "tcp:b:fd11::1=$STREAM" \
		udp:a:10.10.0.2=1100,200,40
}
no_more_inside()
{
	ipat a link del t1
	ipat c link del t1
} >/dev/null 2>&1
test_case "another tunnel inside works" lossless inside "$KIND" "$WG"
no_more_inside
if modprobe wireguard 2>/dev/null || [ -d /sys/module/wireguard ]; then
	test_case "a tunnel of the stock driver inside works" lossless inside wireguard /usr/bin/wg
	no_more_inside
else
	skip "a tunnel of the stock driver inside works" "this kernel has no wireguard module"
fi

vxlan()
{
	ipat a link add t1 type vxlan id 7 local 10.9.0.1 remote 198.51.100.2 dstport 4789
	ipat c link add t1 type vxlan id 7 local 198.51.100.2 remote 10.9.0.1 dstport 4789
	address a t1 10.10.0.1/24 fd11::1/64
	address c t1 10.10.0.2/24 fd11::2/64
	ipat a link set t1 up mtu 1340
	ipat c link set t1 up mtu 1340
	ping_ok a 10.10.0.2
	ping_ok a fd11::2
	through_inner
}
if modprobe vxlan 2>/dev/null; then
	test_case "VXLAN inside works" lossless vxlan
	no_more_inside
else
	skip "VXLAN inside works" "this kernel has no vxlan"
fi

# Into the next tunnel: b decrypts packets of one and sends them into another.
relayed()
{
	local kind=$1 tool=$2

	ipat b link add t2 type "$kind"
	ipat c link add t2 type "$kind"
	at b "$tool" set t2 private-key "$TMP/b.key" listen-port 6102 peer \
		"${PUB[a]}" allowed-ips 10.20.0.2 endpoint 198.51.100.2:6101
	at c "$tool" set t2 private-key "$TMP/a.key" listen-port 6101 peer \
		"${PUB[b]}" allowed-ips 10.20.0.1,10.9.0.0/24
	address b t2 10.20.0.1/24
	address c t2 10.20.0.2/24
	ipat b link set t2 up
	ipat c link set t2 up
	w a set t0 peer "${PUB[b]}" allowed-ips +10.20.0.0/24 || w a set t0 peer \
		"${PUB[b]}" allowed-ips 10.9.0.2,fd09::2,198.51.100.0/24,fd10::/64,10.20.0.0/24
	ipat a route replace 10.20.0.0/24 dev t0
	ipat c route replace 10.9.0.0/24 dev t2
	ping_ok b 10.20.0.2
	between a c "tcp:a:10.20.0.2=$STREAM" "tcp:b:10.9.0.1=$STREAM" \
		udp:a:10.20.0.2=1200,200,40
}
no_more_relay()
{
	ipat b link del t2
	ipat c link del t2
} >/dev/null 2>&1
test_case "packets are forwarded into another tunnel" lossless relayed "$KIND" "$WG"
no_more_relay
if [ -d /sys/module/wireguard ]; then
	test_case "packets are forwarded into a tunnel of the stock driver" lossless relayed wireguard /usr/bin/wg
	no_more_relay
else
	skip "packets are forwarded into a tunnel of the stock driver" "this kernel has no wireguard module"
fi

finish
