#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# A GSO packet leaves whole, arrives whole and is delivered whole, while the tunnel counts
# every datagram. Congestion marks pass with it.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool ethtool nft tc

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b

UDP=17 TCP=6

stream()
{
	between a b "tcp:a:$1=$STREAM"
}

# On the outer cable: a few large packets, not one for each message.
leaves()
{
	local count bytes largest wire

	watch a va "$TMP/outer"
	wire=$(stat_of a t0 tx_packets)
	moved a supers-sealed 5 stream "$1"
	wire=$(($(stat_of a t0 tx_packets) - wire))
	watch_end
	read -r count bytes largest < <(sizes "$TMP/outer" out $UDP)
	echo "outside $count packets, the largest $largest; $wire messages"
	[ "$largest" -gt 20000 ]
	[ "$count" -lt $((wire / 4)) ]
}
test_case "a GSO packet leaves whole, IPv4 outside" leaves 10.9.0.2
test_case "a GSO packet leaves whole, IPv6 outside" over_ipv6 leaves fd09::2

# GSO packets are counted where they arrive and where they are delivered, and captured
# there, on every kernel.
arrives()
{
	local count bytes largest

	watch b t0 "$TMP/inner"
	moved b supers-received 5 moved b supers-delivered 5 stream "$1"
	watch_end
	read -r count bytes largest < <(sizes "$TMP/inner" in $TCP)
	echo "inside $count packets of $bytes bytes, the largest $largest"
	[ "$largest" -gt 20000 ]
	[ "$bytes" -gt "$STREAM" ]
	[ $((bytes / count)) -gt 5000 ]
}
test_case "a GSO packet arrives and is delivered whole, IPv4 inside" arrives 10.9.0.2
test_case "a GSO packet arrives and is delivered whole, IPv6 inside" arrives fd09::2
test_case "a GSO packet arrives and is delivered whole, IPv6 outside" over_ipv6 arrives 10.9.0.2
know

# The path segments them, so that messages arrive one by one and are joined again.
joined()
{
	local messages=$((STREAM / 1400))

	at a ethtool -K va tx-udp-segmentation off
	stays b supers-received moved b packets-joined $((messages / 4)) stream "$1"
	at a ethtool -K va tx-udp-segmentation on
}
test_case "single messages are joined again, IPv4 inside" joined 10.9.0.2
test_case "single messages are joined again, IPv6 inside" joined fd09::2
at a ethtool -K va tx-udp-segmentation on >/dev/null 2>&1

# A counting rule on the outer path sees the packets of the cable when none is whole.
counters()
{
	local sent got bytes

	at a ethtool -K va tx-udp-segmentation off
	at b nft -f - <<-'RULES'
	table netdev wire {
		counter messages {}
		chain in {
			type filter hook ingress device vb priority 0;
			udp dport 5002 counter name messages
		}
	}
	RULES
	sent=$(stat_of a t0 tx_packets) bytes=$(stat_of a t0 tx_bytes)
	got=$(stat_of b t0 rx_packets)
	between a b "tcp:a:10.9.0.2=$STREAM" udp:a:10.9.0.2=1111,100,20
	sent=$(($(stat_of a t0 tx_packets) - sent))
	bytes=$(($(stat_of a t0 tx_bytes) - bytes))
	got=$(($(stat_of b t0 rx_packets) - got))
	same "$got" "$sent"
	# Ethernet does not count here, IPv4 and UDP are 28 bytes of each.
	same "$(at b nft list counter netdev wire messages |
		awk '/packets/ { print $2, $4 - 28 * $2 }')" "$sent $bytes"
	at b nft delete table netdev wire
	at a ethtool -K va tx-udp-segmentation on
}
test_case "counters count messages on the wire" counters

# The counters are read until they agree, as a keepalive may be on its way.
agreed()
{
	same "$(stat_of a t0 tx_packets) $(stat_of a t0 tx_bytes)" \
		"$(stat_of b t0 rx_packets) $(stat_of b t0 rx_bytes)" &&
		same "$(stat_of b t0 tx_packets) $(stat_of b t0 tx_bytes)" \
			"$(stat_of a t0 rx_packets) $(stat_of a t0 rx_bytes)" &&
		same "$(rx_of a t0) $(tx_of a t0)" "$(tx_of b t0) $(rx_of b t0)"
}
agree()
{
	between a b "tcp:a:10.9.0.2=$STREAM" "tcp:b:10.9.0.1=$STREAM" \
		udp:a:fd09::2=1111,100,20
	wait_for 30 agreed || agreed
}
test_case "both ends count the same" agree

# A router in between marks congestion on the outer packets; the stream's
# packets say so when they come out, and keep their class. In IPv6 headers a
# rule of kernel 7.2 writes two bytes but not one: version, class, and a bit of
# the label.
marked()
{
	local ce other

	at a nft -f - <<-RULES
	table inet signs {
		chain on_the_way {
			type filter hook output priority 0;
			udp dport 5002 ip ecn { ect0, ect1 } ip ecn set ce
			udp dport 5002 ip6 ecn { ect0, ect1 } @nh,0,16 set 0x6030
		}
		chain from_us {
			type route hook output priority -150;
			oifname t0 meta l4proto tcp ip dscp set af41
			oifname t0 meta l4proto tcp ip ecn set ect0
			oifname t0 meta l4proto tcp ip6 version 6 @nh,0,16 set 0x68a0
		}
	}
	RULES
	at b nft -f - <<-'RULES'
	table inet seen {
		counter ce {}
		counter other {}
		chain in {
			type filter hook input priority 0;
			iifname t0 tcp dport 7001 ip dscp af41 ip ecn ce counter name ce accept
			iifname t0 tcp dport 7001 ip6 dscp af41 ip6 ecn ce counter name ce accept
			iifname t0 tcp dport 7001 counter name other
		}
	}
	RULES
	between a b "tcp:a:10.9.0.2=$STREAM" "tcp:a:fd09::2=$STREAM"
	at a nft delete table inet signs
	ce=$(at b nft list counter inet seen ce | awk '/packets/ { print $4 }')
	other=$(at b nft list counter inet seen other | awk '/packets/ { print $2 }')
	at b nft delete table inet seen
	[ "$ce" -gt $((2 * STREAM)) ]
	same "$other" 0
}
test_case "congestion marks reach GSO packets, IPv4 outside" marked
test_case "congestion marks reach GSO packets, IPv6 outside" over_ipv6 marked
marked_single()
{
	at a ethtool -K va tx-udp-segmentation off
	marked
	at a ethtool -K va tx-udp-segmentation on
}
test_case "congestion marks reach joined packets" marked_single

finish
