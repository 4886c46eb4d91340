#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GSO packets on other outer paths than a cable: a bridge, links on top of links, IPsec,
# and no link at all, with both ends in one namespace.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

hosts a b m
wire a va m xa
wire b vb m xb
ipat m link add br0 type bridge
ipat m link set xa master br0
ipat m link set xb master br0
ipat m link set br0 up
address a va 192.0.2.1/24 2001:db8::1/64
address b vb 192.0.2.2/24 2001:db8::2/64
wait_for 60 ping_ok a 192.0.2.2
wait_for 60 ping_ok a 2001:db8::2
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b

little()
{
	streams 80000
	between a b udp:a:10.9.0.2=1200,100,40 udp:b:fd09::1=1200,100,40
}
whole()
{
	lossless moved b supers-received 4 little
}

test_case "GSO packets cross a bridge, IPv4 outside" whole
test_case "GSO packets cross a bridge, IPv6 outside" over_ipv6 whole

# on_top KIND NUMBER ARGS...: a link on top of the cable's, at either end
on_top()
{
	local host kind=$1 n=$2

	shift 2
	for host in a b; do
		ipat $host link add link "v$host" name "$kind$n" type "$kind" "$@"
		ipat $host link set "$kind$n" up
	done
	address a "$kind$n" "192.0.$n.1/24" "2001:db8:$n::1/64"
	address b "$kind$n" "192.0.$n.2/24" "2001:db8:$n::2/64"
	know "192.0.$n.2" "192.0.$n.1"
	whole
	know "[2001:db8:$n::2]" "[2001:db8:$n::1]"
	whole
}
# kind_of_link KIND NUMBER ARGS...
kind_of_link()
{
	ip link add "$PREFIX" type dummy
	if ! ip link add link "$PREFIX" name "$PREFIX.1" type "$1" "${@:3}" 2>/dev/null; then
		skip "GSO packets cross $1" "this kernel has no $1"
		ip link del "$PREFIX"
		return
	fi
	ip link del "$PREFIX"
	test_case "GSO packets cross $1" on_top "$@"
	ipat a link del "$1$2"
	ipat b link del "$1$2"
} 2>/dev/null
kind_of_link vlan 5 id 7
kind_of_link macvlan 6 mode bridge
know

# secured FROM TO SPI: IPsec for all UDP from one host to the other
secured()
{
	local host

	for host in a b; do
		ipat $host xfrm state add src "$1" dst "$2" proto esp spi "$3" \
			mode transport aead 'rfc4106(gcm(aes))' \
			0x000102030405060708090a0b0c0d0e0f10111213 128
		ipat $host xfrm policy add src "$1" dst "$2" proto udp \
			dir "$([ $host = "$4" ] && echo out || echo in)" \
			tmpl src "$1" dst "$2" proto esp spi "$3" mode transport
	done
}
# No packet of the tunnel passes in the clear.
nothing_clear()
{
	watch m br0 "$TMP/clear.$1"
	watch m xa "$TMP/clear.$1"
	little
	watch_end
	same "$(sizes "$TMP/clear.$1" in 17)" "0 0 0"
	read -r count _ < <(sizes "$TMP/clear.$1" in 50)
	[ "$count" -gt 100 ]
}
ipsec()
{
	secured 192.0.2.1 192.0.2.2 1 a
	secured 192.0.2.2 192.0.2.1 2 b
	secured 2001:db8::1 2001:db8::2 3 a
	secured 2001:db8::2 2001:db8::1 4 b
	lossless nothing_clear 4
	lossless over_ipv6 nothing_clear 6
}
if ip xfrm state add src 192.0.2.9 dst 192.0.2.8 proto esp spi 9 mode transport \
	aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128 \
	2>/dev/null; then
	ip xfrm state del src 192.0.2.9 dst 192.0.2.8 proto esp spi 9
	test_case "GSO packets cross IPsec" ipsec
	for host in a b; do
		ipat $host xfrm policy flush
		ipat $host xfrm state flush
	done
else
	skip "GSO packets cross IPsec" "this kernel has no ESP"
fi

# Both were created in m, where their sockets stay.
one_namespace()
{
	w a set t0 listen-port 0
	w b set t0 listen-port 0
	ipat a link del t0
	ipat b link del t0
	ipat m link add t1 type "$KIND"
	ipat m link add t2 type "$KIND"
	ipat m link set t1 netns "${NS[a]}" name t0
	ipat m link set t2 netns "${NS[b]}" name t0
	tunnel_conf
	know 127.0.0.1 127.0.0.1
	whole
	know '[::1]' '[::1]'
	whole
}
test_case "GSO packets pass between two links of one namespace" one_namespace

finish
