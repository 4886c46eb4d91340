#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels through tunnels: of the same kind, of the other kind on either side, three deep,
# and through other peers of the same device.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
keys a b c

# inside NUMBER KIND ENDPOINT: t$1 on both hosts, b's outer address as given
inside()
{
	local n=$1 kind=$2 to=$3 host mtu=(0 1420 1340 1280)

	for host in a b; do
		link_new $host "t$n" "$kind"
	done
	w a set "t$n" private-key "$TMP/a.key" listen-port "50${n}1" \
		peer "${PUB[b]}" endpoint "$to" \
		allowed-ips "10.9.$n.2/32,fd09:$n::2/128"
	w b set "t$n" private-key "$TMP/b.key" listen-port "50${n}2" \
		peer "${PUB[a]}" allowed-ips "10.9.$n.1/32,fd09:$n::1/128"
	address a "t$n" "10.9.$n.1/24" "fd09:$n::1/64"
	address b "t$n" "10.9.$n.2/24" "fd09:$n::2/64"
	for host in a b; do
		ipat $host link set "t$n" mtu "${mtu[n]}" up
	done
}

works()
{
	local n=$1

	ping_ok a "10.9.$n.2"
	ping_ok b "fd09:$n::1"
	ping_ok a "fd09:$n::2" -s 3000
	carries a b tcp "10.9.$n.2" "6${n}01" 1000000
	carries b a tcp "fd09:$n::1" "6${n}02" 1000000
	carries a b udp "fd09:$n::2" "6${n}03" 50000 1000
	at a ping -q -f -c 200 -W 5 "10.9.$n.2"
}

# deep KIND...: each tunnel through the one before, alternately by IPv4 and IPv6
deep()
{
	local kind n=0 to=192.0.2.2

	for kind in "$@"; do
		n=$((n + 1))
		inside $n "$kind" "$to:50${n}2"
		ping_ok a "10.9.$n.2"
		to=10.9.$n.2
		[ $((n % 2)) -eq 0 ] || to="[fd09:$n::2]"
	done
	works $n
	# The inner tunnel fails and comes back with the outer one.
	ipat a link set t1 down
	ping_fails a "10.9.$n.2"
	ipat a link set t1 up
	ping_ok a "10.9.$n.2"
	for ((; n > 0; n--)); do
		ipat a link del "t$n"
		ipat b link del "t$n"
	done
}

test_case "$KIND in $KIND" deep "$KIND" "$KIND"
if [ "$KIND" = naawg ]; then
	test_case "naawg in naawg in naawg" deep naawg naawg naawg
	if [ -d /sys/module/wireguard ] || modprobe -q wireguard; then
		WG_OTHER=/usr/bin/wg
	fi
fi

# mixed OUTER INNER: each tool sets only its own links
mixed()
{
	local outer=$1 inner=$2 host

	tool_of "$outer"
	inside 1 "$outer" 192.0.2.2:5012
	ping_ok a 10.9.1.2
	tool_of "$inner"
	inside 2 "$inner" '[fd09:1::2]:5022'
	works 2
	for host in a b; do
		ipat $host link del t2
		ipat $host link del t1
	done
}

tool_of()
{
	TOOL[a]=$WG
	TOOL[b]=$WG
	if [ "$1" != "$KIND" ]; then
		TOOL[a]=$WG_OTHER
		TOOL[b]=$WG_OTHER
	fi
}

if [ -n "${WG_OTHER:-}" ] && [ -x "$WG_OTHER" ]; then
	test_case "wireguard in naawg" mixed naawg wireguard
	test_case "naawg in wireguard" mixed wireguard naawg
else
	skip "the two kinds in each other" "the other kind is not here"
fi

# An onion: c is a link on b, and a knows it as a peer of the same device that
# has b for its other peer, through which it has to go.
onion()
{
	inside 1 "$KIND" 192.0.2.2:5012
	ping_ok a 10.9.1.2
	link_new b t3
	w b set t3 private-key "$TMP/c.key" listen-port 5032 \
		peer "${PUB[a]}" allowed-ips 10.9.3.1/32
	address b t3 10.9.3.2/24
	ipat b link set t3 mtu 1340 up
	address a t1 10.9.3.1/24
	w a set t1 peer "${PUB[c]}" endpoint 10.9.1.2:5032 allowed-ips 10.9.3.2/32
	ping_ok a 10.9.3.2 -I 10.9.3.1
	same "$(w b show t3 endpoints | cut -f 2 | sort -u | tr '\n' ' ')" "10.9.1.1:5011 "
	at a ping -q -f -c 200 -W 5 -I 10.9.3.1 10.9.3.2
	ping_ok a 10.9.1.2
}
test_case "an endpoint is reached through another peer of the same device" onion

# The last layer is routed into itself: it stops, and the others go on.
onion_loop()
{
	local before

	before=$(reason_of a t1 routing-loop)
	# It must not initiate, as its peer would follow it out of the loop.
	ipat b link set t3 down
	w a set t1 peer "${PUB[c]}" endpoint 10.9.3.2:5032
	ping_fails a 10.9.3.2
	refuses at a ping -q -f -c 20 -w 3 10.9.3.2
	expect_reason a t1 routing-loop "$before"
	ping_ok a 10.9.1.2
	ping_ok a fd09:1::2
	w a set t1 peer "${PUB[c]}" endpoint 10.9.1.2:5032
	ipat b link set t3 up
	ipat a link set t1 down
	ipat a link set t1 up
	ping_ok a 10.9.3.2 -I 10.9.3.1
	w a set t1 peer "${PUB[c]}" remove
	ping_ok a 10.9.1.2
}
test_case "the innermost layer routed to itself makes no loop" onion_loop

finish
