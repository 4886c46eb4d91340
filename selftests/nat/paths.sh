#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The paths of forwarded packets: both families and protocols, other ports, ranges, this
# host itself, fragments, GSO packets, ICMP errors and hairpin; and packets that must pass
# untouched.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"
need_tool conntrack tcpdump

gateway d
answers s s tcp 0.0.0.0 80 tcp :: 81 udp 0.0.0.0 53 udp :: 54 \
	tcp 0.0.0.0 8003 tcp 0.0.0.0 9002 tcp 0.0.0.0 82
answers g g tcp 0.0.0.0 700 udp 0.0.0.0 701 tcp :: 702 tcp 10.101.0.1 703

# The server has no route back, so a greeting that arrives shows the masquerade.
family4()
{
	fw add 1080:tcp:10.101.0.2:80 "53:udp:10.101.0.2"
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.1"
	same "$(ask c udp 10.100.0.11 53 | cut -d' ' -f1,2)" "s 10.101.0.1"
	at g conntrack -L -p tcp --orig-port-dst 1080 >"$TMP/ct" 2>&1
	grep -q 'src=10.100.0.10 dst=10.100.0.11.*dport=1080 src=10.101.0.2 dst=10.101.0.1 sport=80 ' "$TMP/ct"
}
test_case "forwards of TCP to another port and UDP to the same, IPv4" family4

family6()
{
	fw add '1081:tcp:[fd00:101::2]:81' '54:udp:[fd00:101::2]:54'
	same "$(ask c tcp fd00:100::11 1081 | cut -d' ' -f1,2)" "s fd00:101::1"
	same "$(ask c udp fd00:100::11 54 | cut -d' ' -f1,2)" "s fd00:101::1"
	# the same port of the other family is not forwarded
	same "$(ask c tcp 10.100.0.11 1081)" refused
}
test_case "forwards of TCP to another port and UDP to the same, IPv6" family6

ranges()
{
	fw add 8000-8010:tcp:10.101.0.2 9100-9110:tcp:10.101.0.2:9000
	same "$(ask c tcp 10.100.0.11 8003 | cut -d' ' -f1)" s
	same "$(ask c tcp 10.100.0.11 9102 | cut -d' ' -f1)" s
	same "$(ask c tcp 10.100.0.11 8004)" refused
	same "$(ask c tcp 10.100.0.11 8011)" refused
}
test_case "ranges of ports are forwarded, moved or not, and no port beyond them" ranges

this_host()
{
	fw add 700:tcp 1701:udp::701 702:tcp 1703:tcp:10.101.0.1:703
	same "$(ask c tcp 10.100.0.11 700 | cut -d' ' -f1,2)" "g 10.100.0.10"
	same "$(ask c udp 10.100.0.11 1701 | cut -d' ' -f1,2)" "g 10.100.0.10"
	same "$(ask c tcp fd00:100::11 702 | cut -d' ' -f1,2)" "g fd00:100::10"
	same "$(ask c tcp 10.100.0.11 1703 | cut -d' ' -f1,2)" "g 10.100.0.10"
	same "$(counter 700: connections)" 1
	[ "$(counter 700: rx_bytes)" -gt 0 ]
	[ "$(counter 700: tx_bytes)" -gt 0 ]
}
test_case "a forward to this host itself works" this_host

no_masquerade()
{
	fw add 82:tcp:10.101.0.2 no-masquerade
	ipat s route add 10.100.0.0/24 via 10.101.0.1
	same "$(ask c tcp 10.100.0.11 82 | cut -d' ' -f1,2)" "s 10.100.0.10"
	ipat s route del 10.100.0.0/24
	fw del 82:tcp
}
test_case "no-masquerade keeps the source" no_masquerade

# 82 is forwarded to 80, but only for the link's own address.
others_pass()
{
	local before

	fw add 82:tcp:10.101.0.2:80
	ipat s route add 10.100.0.0/24 via 10.101.0.1
	w c set t0 peer "${PUB[g]}" allowed-ips 10.100.0.0/24,10.101.0.0/24,fd00:100::/64
	ipat c route add 10.101.0.0/24 dev t0
	before=$(counter 82: rx_packets)
	same "$(ask c tcp 10.101.0.2 82 | cut -d' ' -f1,2)" "s 10.100.0.10"
	# another address of the gateway than the link's
	same "$(ask c tcp 10.101.0.1 82)" refused
	same "$(counter 82: rx_packets)" "$before"
	same "$(counter 82: connections)" 0
	ipat s route del 10.100.0.0/24
	# packets that do not come out of the tunnel
	same "$(ask s tcp 10.100.0.11 82)" unreachable
	ipat s route add 10.100.0.11/32 via 10.101.0.1
	same "$(ask s tcp 10.100.0.11 82)" refused
	ipat s route del 10.100.0.11/32
	fw del 82:tcp
}
test_case "packets to other addresses than the link's are not forwarded" others_pass

counters()
{
	local before after

	fw replace - <<<'53:udp:10.101.0.2'
	fw flush --kill
	fw add 53:udp:10.101.0.2
	same "$(counter 53: last_use)" 0
	ask c udp 10.100.0.11 53 100 >"$TMP/said"
	# IP and UDP headers are 28 bytes; the answer begins with the greeting
	same "$(counter 53: connections)" 1
	same "$(counter 53: rx_packets)" 1
	same "$(counter 53: rx_bytes)" 128
	same "$(counter 53: tx_packets)" 1
	same "$(counter 53: tx_bytes)" $((128 + $(wc -c <"$TMP/said")))
	before=$(counter 53: last_use)
	after=$(date +%s)
	[ "$before" -gt $((after - 60)) ] && [ "$before" -le $((after + 1)) ]
}
test_case "counters are exact" counters

# 5000 bytes are four packets in the tunnel, and four on the other side.
fragments()
{
	fw add '54:udp:[fd00:101::2]'
	[[ $(ask c udp 10.100.0.11 53 5000) == "s 10.101.0.1 "* ]]
	[[ $(ask c udp fd00:100::11 54 5000) == "s fd00:101::1 "* ]]
}
test_case "fragments are forwarded" fragments

bulk()
{
	fw add 1080:tcp:10.101.0.2:80 '1081:tcp:[fd00:101::2]:81'
	[[ $(ask c tcp 10.100.0.11 1080 3000000) == "s 10.101.0.1 "+([0-9]) ]]
	[ "$(counter 1080: rx_bytes)" -gt 3000000 ]
	[ "$(counter 1080: tx_bytes)" -gt 3000000 ]
	# packets as they are on the wire, not GSO packets
	[ "$(counter 1080: rx_packets)" -gt 2000 ]
	[[ $(ask c tcp fd00:100::11 1081 1000000) == "s fd00:101::1 "+([0-9]) ]]
}
test_case "bulk data in GSO packets is forwarded" bulk

# A GSO packet reaches the server's side as one, and is counted as many.
super_packets()
{
	local said

	fw del 1080:tcp || :
	fw add 1080:tcp:10.101.0.2:80
	background s timeout 120 tcpdump -n -c 1 -i eth0 'tcp dst port 80 and greater 3000' \
		>"$TMP/big" 2>"$TMP/dump"
	said=$STARTED
	wait_for 30 grep -q 'listening on' "$TMP/dump"
	[[ $(ask c tcp 10.100.0.11 1080 2000000) == "s 10.101.0.1 "+([0-9]) ]]
	wait "$said"
	# each has IP, TCP and its time stamps: 52 bytes
	[ "$(counter 1080: rx_bytes)" -ge $((2000000 + 52 * $(counter 1080: rx_packets))) ]
	[ "$(counter 1080: tx_bytes)" -ge $((2000000 + 52 * $(counter 1080: tx_packets))) ]
	[ "$(counter 1080: rx_packets)" -gt 1400 ]
	[ "$(counter 1080: tx_packets)" -gt 1400 ]
}
test_case "GSO packets stay whole, and are counted as packets" super_packets
modprobe -q tun || :
if { : <>/dev/net/tun; } 2>/dev/null; then

# A GSO packet that a program writes to a tun device has a segment size but no count. It
# counts as its packets, and headers do not count as payload.
unknown_segments()
{
	until_ready g "$TMP/tun" timeout 120 $PY "$NAT_DIR/tun_server.py" tun0
	ipat g link set tun0 up
	address g tun0 10.104.0.1/24
	fw add 1097:tcp:10.104.0.2:80
	same "$(ask c tcp 10.100.0.11 1097 | cut -d' ' -f1)" tun
	wait_for 30 grep -q '^sent' "$TMP/tun"
	# an answer to the call, ten packets of 100 bytes in one, and the end of the stream
	same "$(counter 1097: tx_packets)" "$(sed -n 's/^sent //p' "$TMP/tun")"
	fw del 1097:tcp
}
	test_case "a GSO packet without a segment count is counted as packets" unknown_segments
else
	skip "a GSO packet without a segment count is counted as packets" \
		"this kernel has no tun devices"
fi

# The ICMP error of a closed port is translated.
icmp_refused()
{
	fw add 83:tcp:10.101.0.2 84:udp:10.101.0.2
	same "$(ask c tcp 10.100.0.11 83)" refused
	same "$(ask c udp 10.100.0.11 84)" refused
	fw add '85:udp:[fd00:101::2]'
	same "$(ask c udp fd00:100::11 85)" refused
}
test_case "an ICMP error of a closed port is translated" icmp_refused

# was_told: the client got "packet too big" from the only address it knows. The servers
# still announce segments for a wide path.
was_told()
{
	ipat c route get "$1" >"$TMP/route"
	grep -q 'mtu 1300' "$TMP/route"
}

forget_paths()
{
	ipat c route flush cache
	ipat c -6 route flush cache
	refuses was_told 10.100.0.11
	refuses was_told fd00:100::11
}

# A small MTU to the server: the client has to learn it through the translation, or no
# large packet arrives. Here the gateway itself sends the ICMP error.
icmp_too_big()
{
	forget_paths
	ipat g route add 10.101.0.2/32 dev br0 mtu 1300
	ipat g -6 route add fd00:101::2/128 dev br0 mtu 1300
	[[ $(ask c tcp 10.100.0.11 1080 200000) == "s 10.101.0.1 "+([0-9]) ]]
	[[ $(ask c tcp fd00:100::11 1081 200000) == "s fd00:101::1 "+([0-9]) ]]
	was_told 10.100.0.11
	was_told fd00:100::11
	ipat g route del 10.101.0.2/32
	ipat g -6 route del fd00:101::2/128
}
test_case "an ICMP error of a packet that is too big is translated" icmp_too_big

# The same with an ICMP error of a router behind the gateway.
icmp_from_behind()
{
	forget_paths
	hosts r far
	server r 7
	wire r far0 far eth0
	address r far0 10.103.0.1/24 fd00:103::1/64
	address far eth0 10.103.0.2/24 fd00:103::2/64
	sysctl_at r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ipat r link set far0 mtu 1300
	ipat g route add 10.103.0.0/24 via 10.101.0.7
	ipat g -6 route add fd00:103::/64 via fd00:101::7
	ipat far route add default via 10.103.0.1 mtu 1300 advmss 1460
	ipat far -6 route add default via fd00:103::1 mtu 1300 advmss 1440
	answers far far tcp 0.0.0.0 80 tcp :: 81
	fw add 1095:tcp:10.103.0.2:80 '1096:tcp:[fd00:103::2]:81'
	[[ $(ask c tcp 10.100.0.11 1095 100000) == "far 10.101.0.1 "+([0-9]) ]]
	[[ $(ask c tcp fd00:100::11 1096 100000) == "far fd00:101::1 "+([0-9]) ]]
	was_told 10.100.0.11
	was_told fd00:100::11
	forget_paths
}
test_case "an ICMP error of a packet from the server that is too big is translated" icmp_from_behind

# Another client's network as destination: in and out by the same link.
hairpin()
{
	address d lo 10.102.0.1/32
	w g set t0 peer "${PUB[d]}" allowed-ips 10.100.0.12/32,10.102.0.0/24
	ipat g route add 10.102.0.0/24 dev t0
	# so that the gateway knows where it is
	ping_ok d 10.100.0.11
	answers d d tcp 10.102.0.1 80
	fw add 1090:tcp:10.102.0.1:80
	same "$(ask c tcp 10.100.0.11 1090 50000 | cut -d' ' -f1,2)" "d 10.100.0.11"
	# each direction is counted once
	same "$(counter 1090: connections)" 1
	[ "$(counter 1090: rx_bytes)" -lt 100000 ]
	# and a client whose own network it is
	same "$(ask d tcp 10.100.0.11 1090 | cut -d' ' -f1,2)" "d 10.100.0.11"
}
test_case "a server reaches itself through its forward" hairpin
finish
