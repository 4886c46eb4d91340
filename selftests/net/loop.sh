#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels whose outer packets are routed into themselves: traffic stops at once, the
# reason is counted, the kernel reports nothing, and all works again when the route is
# corrected.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# mute DEV...: b sends nothing any more. Otherwise it would initiate when it misses an
# answer, and a would follow its new endpoint out of the loop.
mute()
{
	local dev

	for dev in "$@"; do
		ipat b link set "$dev" down
	done
}

# afresh HOST:DEV...: with new sessions
afresh()
{
	local link

	for link in "$@"; do
		ipat "${link%:*}" link set "${link#*:}" down
		ipat "${link%:*}" link set "${link#*:}" up
	done
}

# bounded HOST DEV HOST ADDRESS: floods and sees what the device makes of it
bounded()
{
	local host=$1 dev=$2 from=$3 to=$4 before reason

	before=$(tx_of "$host" "$dev")
	reason=$(reason_of "$host" "$dev" routing-loop)
	refuses at "$from" ping -q -f -c 50 -w 3 "$to"
	# Every turn costs a header, and no packet makes more of them than one
	# has CPU stack for.
	[ $(($(tx_of "$host" "$dev") - before)) -lt 3000000 ]
	[ "$KIND" != naawg ] || diag_reason "$host" "$dev" "$reason"
	quiet "$host" "$dev"
}

diag_reason()
{
	LOOPS=$(($(reason_of "$1" "$2" routing-loop) - $3))
	echo "$LOOPS loops on $2 of $1"
}

# quiet HOST DEV: what was set off has ended; handshakes alone go on, one every
# five seconds and each a few times through the loop.
quiet()
{
	local now=-1 i

	for ((i = 0; i < 20; i++)); do
		[ "$now" != "$(stat_of "$1" "$2" tx_packets)" ] || return 0
		now=$(stat_of "$1" "$2" tx_packets)
		sleep 0.5
	done
	echo "there is no end to it"
	return 1
}

own_tunnel()
{
	local there=$1 back=$2

	w a set t0 peer "${PUB[b]}" endpoint "$back"
	ping_ok a 10.9.0.2
	ping_ok a fd09::2
	mute t0
	w a set t0 peer "${PUB[b]}" endpoint "$there"
	bounded a t0 a 10.9.0.2
	[ "$KIND" != naawg ] || [ "$LOOPS" -gt 0 ]
	bounded a t0 a fd09::2
	w a set t0 peer "${PUB[b]}" endpoint "$back"
	afresh b:t0 a:t0
	ping_ok a 10.9.0.2
	ping_ok a fd09::2
}
test_case "an IPv4 endpoint inside its own tunnel makes no loop" own_tunnel 10.9.0.2:5002 192.0.2.2:5002
test_case "an IPv6 endpoint inside its own tunnel makes no loop" own_tunnel '[fd09::2]:5002' \
	'[2001:db8::2]:5002'

# Without a session a sends only initiations, which are routed into the tunnel too.
no_session()
{
	w a set t0 peer "${PUB[b]}" endpoint 10.9.0.2:5002
	mute t0
	forget a
	bounded a t0 a 10.9.0.2
	ipat b link set t0 up
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	forget a
	ping_ok a 10.9.0.2
}
test_case "such an endpoint makes no loop before there is a session" no_session

second_pair()
{
	link_new a t1
	link_new b t1
	w a set t1 private-key "$TMP/a.key" listen-port 5011 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5012 allowed-ips 10.8.0.2/32
	w b set t1 private-key "$TMP/b.key" listen-port 5012 peer "${PUB[a]}" \
		allowed-ips 10.8.0.1/32
	address a t1 10.8.0.1/24
	address b t1 10.8.0.2/24
	ipat a link set t1 up
	ipat b link set t1 up
	ping_ok a 10.8.0.2
}
test_case "a second tunnel next to it works" second_pair

into_each_other()
{
	local loops

	ping_ok a 10.9.0.2
	mute t0 t1
	w a set t0 peer "${PUB[b]}" endpoint 10.8.0.2:5002
	w a set t1 peer "${PUB[b]}" endpoint 10.9.0.2:5012
	bounded a t0 a 10.9.0.2
	loops=${LOOPS:-0}
	bounded a t1 a 10.8.0.2
	loops=$((loops + ${LOOPS:-0} + $(reason_of a t0 routing-loop)))
	[ "$KIND" != naawg ] || [ "$loops" -gt 0 ]
	w a set t1 peer "${PUB[b]}" endpoint 192.0.2.2:5012
	afresh b:t0 b:t1 a:t0 a:t1
	ping_ok a 10.8.0.2
	# One tunnel in the other is no loop.
	ping_ok a 10.9.0.2
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
	ipat a link del t1
	ipat b link del t1
}
if [ "$KIND" = naawg ]; then
	test_case "two links routed into each other make no loop" into_each_other
else
	skip "two links routed into each other make no loop" "the bound is our own"
fi

# t2 lives on c and speaks through a, t3 lives on a and speaks through c. Each is
# then told that its peer is behind the other one.
across()
{
	local before

	hosts c
	wire c vc b vbc
	address c vc 198.51.100.3/24
	address b vbc 198.51.100.2/24
	link_new a t2
	ipat a link set t2 netns "${NS[c]}"
	link_new c t3
	ipat c link set t3 netns "${NS[a]}"
	link_new b t2
	link_new b t3
	w c set t2 private-key "$TMP/a.key" listen-port 5021 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5022 allowed-ips 10.7.2.2/32
	w b set t2 private-key "$TMP/b.key" listen-port 5022 peer "${PUB[a]}" \
		allowed-ips 10.7.2.1/32
	w a set t3 private-key "$TMP/a.key" listen-port 5031 peer "${PUB[b]}" \
		endpoint 198.51.100.2:5032 allowed-ips 10.7.3.2/32
	w b set t3 private-key "$TMP/b.key" listen-port 5032 peer "${PUB[a]}" \
		allowed-ips 10.7.3.1/32
	address c t2 10.7.2.1/24
	address a t3 10.7.3.1/24
	address b t2 10.7.2.2/24
	address b t3 10.7.3.2/24
	ipat c link set t2 up
	ipat a link set t3 up
	ipat b link set t2 up
	ipat b link set t3 up
	ping_ok c 10.7.2.2
	ping_ok a 10.7.3.2

	mute t2 t3
	w c set t2 peer "${PUB[b]}" endpoint 10.7.3.2:5022
	w a set t3 peer "${PUB[b]}" endpoint 10.7.2.2:5032
	before=$(($(reason_of c t2 routing-loop) + $(reason_of a t3 routing-loop)))
	bounded c t2 c 10.7.2.2
	bounded a t3 a 10.7.3.2
	[ $(($(reason_of c t2 routing-loop) + $(reason_of a t3 routing-loop))) -gt "$before" ]

	w c set t2 peer "${PUB[b]}" endpoint 192.0.2.2:5022
	w a set t3 peer "${PUB[b]}" endpoint 198.51.100.2:5032
	afresh b:t2 b:t3 c:t2 a:t3
	ping_ok c 10.7.2.2
	ping_ok a 10.7.3.2
	# The links are deleted while packets loop.
	w c set t2 peer "${PUB[b]}" endpoint 10.7.3.2:5022
	w a set t3 peer "${PUB[b]}" endpoint 10.7.2.2:5032
	background c timeout 20 ping -q -f 10.7.2.2
	ipat a link del t3
	ipat c link del t2
	kill "$STARTED" || :
	ping_ok a 10.9.0.2
}
if [ "$KIND" = naawg ]; then
	test_case "two links routed into each other across namespaces make no loop" across
else
	skip "two links routed into each other across namespaces make no loop" \
		"the bound is our own"
fi

finish
