#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Receive offload joins messages that arrive one by one, and the tunnel gets them as
# chains. Another receiver of such a chain gets the original datagrams. If the kernel
# segments redirected chains wrongly, nothing is chained, and all other checks hold.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

[ "$KIND" = naawg ] || skip_all "$KIND links chain nothing"
need_tool ethtool nft tc

two_hosts
tunnel
know

one_by_one
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
read -r VERDICT </sys/module/naawg/parameters/chains
echo "# chains are taken apart $VERDICT here"

# chained COMMAND...: chains of some length reach b meanwhile, or none if the kernel may
# not make them
chained()
{
	local chains messages

	chains=$(counter b chains-received)
	messages=$(counter b super-messages-received)
	"$@"
	chains=$(($(counter b chains-received) - chains))
	messages=$(($(counter b super-messages-received) - messages))
	echo "$chains chains of $messages messages"
	if [ "$VERDICT" != right ]; then
		same "$chains" 0
		return
	fi
	[ "$chains" -gt 0 ]
	[ "$messages" -gt $((3 * chains)) ]
}

stream()
{
	between a b "tcp:a:10.9.0.2=$STREAM" "tcp:a:fd09::2=$STREAM"
}
test_case "a stream is chained, IPv4 outside" lossless chained stream
test_case "a stream is chained, IPv6 outside" lossless over_ipv6 chained stream

dgrams()
{
	between a b udp:a:10.9.0.2=1200,200,40 udp:a:fd09::2=1372,180,30 \
		udp:a:10.9.0.2=17,180,60
}
test_case "datagrams are chained" lossless chained both_families dgrams

# The sender computes checksums, and receive offload verifies them.
summed()
{
	at a ethtool -K va tx off
	chained both_families stream
	at a ethtool -K va tx on sg on
	one_by_one
}
test_case "packets with real checksums are chained" lossless summed
{
	at a ethtool -K va tx on sg on
	one_by_one
} >/dev/null 2>&1

together()
{
	local count bytes largest

	# Packets that left in different milliseconds have different timestamps and stay apart.
	large_segments a
	watch b t0 "$TMP/inner"
	stream
	watch_end
	sysctl_at a net.ipv4.tcp_min_tso_segs=2
	read -r count bytes largest < <(sizes "$TMP/inner" in 6)
	echo "inside $count packets of $bytes bytes, the largest $largest"
	[ "$largest" -gt 5000 ]
}
test_case "a chain is delivered as one packet" together

# Every message and every byte is counted.
agreed()
{
	same "$(stat_of a t0 tx_packets) $(stat_of a t0 tx_bytes)" \
		"$(stat_of b t0 rx_packets) $(stat_of b t0 rx_bytes)"
}
counts()
{
	stream
	wait_for 30 agreed || agreed
}
test_case "both ends count the same" counts

marked()
{
	local ce

	at a nft -f - <<-RULES
	table inet signs {
		chain on_the_way {
			type filter hook output priority 0;
			udp dport 5002 ip ecn { ect0, ect1 } ip ecn set ce
		}
		chain from_us {
			type route hook output priority -150;
			oifname t0 meta l4proto tcp ip ecn set ect0
		}
	}
	RULES
	at b nft -f - <<-'RULES'
	table inet seen {
		counter ce {}
		chain in {
			type filter hook input priority 0;
			iifname t0 tcp dport 7001 ip ecn ce counter name ce
		}
	}
	RULES
	chained between a b "tcp:a:10.9.0.2=$STREAM"
	at a nft delete table inet signs
	ce=$(at b nft list counter inet seen ce | awk '/packets/ { print $4 }')
	at b nft delete table inet seen
	[ "$ce" -gt "$STREAM" ]
}
test_case "congestion marks pass" marked

# A counting rule of b sees chains, not datagrams.
passing()
{
	at b nft list counter inet detour seen | awk '/packets/ { print $2 }'
}

# detoured HOST IPV4 IPV6 COUNT ADDRESS [WATCH]: datagrams to an address of b reach
# a socket of HOST, where b's own rules send them
detoured()
{
	local host=$1 count=$4 before

	at b nft -f - <<-RULES
	table inet detour {}
	delete table inet detour
	table inet detour {
		counter seen {}
		chain first {
			type filter hook prerouting priority raw;
			udp dport 5002 counter name seen
		}
		chain then {
			type nat hook prerouting priority dstnat;
			udp dport 5002 udp sport != 5001 dnat ip to $2:6000
			udp dport 5002 udp sport != 5001 dnat ip6 to [$3]:6000
		}
	}
	RULES
	before=$(passing)
	$PY "$BATCH_DIR/links.py" "${NS[a]}" "${NS[$host]}" "$5" 5002 6000 \
		"$count" "${@:6}"
	before=$(($(passing) - before))
	at b nft delete table inet detour
	echo "$count datagrams passed as $before packets"
	[ "$VERDICT" != right ] || [ "$before" -lt $((count * 9 / 10)) ]
}

# Another socket on the same host gets datagrams.
elsewhere()
{
	detoured b 192.0.2.2 2001:db8::2 3000 "$1"
}
test_case "datagrams reach another socket, IPv4" elsewhere 192.0.2.2
test_case "datagrams reach another socket, IPv6" elsewhere 2001:db8::2
summed_elsewhere()
{
	at a ethtool -K va tx off
	elsewhere 192.0.2.2
	elsewhere 2001:db8::2
	at a ethtool -K va tx on sg on
	one_by_one
}
test_case "datagrams with real checksums reach another socket" summed_elsewhere
{
	at a ethtool -K va tx on sg on
	one_by_one
} >/dev/null 2>&1

# Another host, behind one that translates the address: chains leave as the original
# datagrams, with checksums of the new address.
hosts c
wire b bc c cb
address b bc 198.51.100.1/24 fd10::1/64
address c cb 198.51.100.2/24 fd10::2/64
ipat c route add 192.0.2.0/24 via 198.51.100.1
ipat c -6 route add 2001:db8::/64 via fd10::1
sysctl_at b net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
# the number of packets that wait for their neighbour discovery is limited
ping_ok b 198.51.100.2 >>"$TMP/first" 2>&1
ping_ok b fd10::2 >>"$TMP/first" 2>&1

onward()
{
	detoured c 198.51.100.2 fd10::2 2000 "$@"
}
test_case "datagrams reach another host, IPv4" onward 192.0.2.2
test_case "datagrams reach another host, IPv6" onward 2001:db8::2

# A card without checksum and segmentation offload.
plain()
{
	at b ethtool -K bc tso off gso off tx-udp-segmentation off
	at b ethtool -K bc tx-gso-list off || :
	at b ethtool -K bc tx off
	onward 192.0.2.2 cb
	onward 2001:db8::2 cb
}
test_case "datagrams reach another host without offload on the way" plain
plain_summed()
{
	at a ethtool -K va tx off
	plain
	at a ethtool -K va tx on sg on
	one_by_one
}
test_case "datagrams with real checksums reach another host" plain_summed
{
	at a ethtool -K va tx on sg on
	one_by_one
} >/dev/null 2>&1

# Packets that are only forwarded are left alone, although the port is ours.
through()
{
	local before

	before=$(counter b chains-received)
	at b nft -f - <<-'RULES'
	table inet detour {}
	delete table inet detour
	table inet detour {
		counter seen {}
		chain first {
			type filter hook prerouting priority raw;
			udp dport 5002 counter name seen
		}
	}
	RULES
	ipat a route replace 198.51.100.0/24 via 192.0.2.2
	$PY "$BATCH_DIR/links.py" "${NS[a]}" "${NS[c]}" 198.51.100.2 5002 5002 1000
	same "$(passing)" 1000
	at b nft delete table inet detour
	same "$(counter b chains-received)" "$before"
}
test_case "packets that are only forwarded are not chained" through

said()
{
	w b stats t0 >"$TMP/stats"
	if [ "$VERDICT" != right ]; then
		grep -q '^  receive offload: chains no datagrams: ' "$TMP/stats"
		return
	fi
	grep -q '^  receive offload: chains datagrams$' "$TMP/stats"
	grep -q "^    chains-received: $(counter b chains-received)\$" "$TMP/stats"
	grep -q '^    super-messages-received: ' "$TMP/stats"
	w b stats t0 --json >"$TMP/stats"
	grep -A1 '"name": *"chains-received"' "$TMP/stats" |
		grep -q "\"count\": *$(counter b chains-received)\$"
}
test_case "stats and show report chains" said

# Off at run time.
switched_off()
{
	local before

	echo N >/sys/module/naawg/parameters/batch_rx
	before=$(counter b chains-received)
	stream
	same "$(counter b chains-received)" "$before"
}
test_case "nothing is chained with batch_rx off" lossless switched_off
echo Y >/sys/module/naawg/parameters/batch_rx

test_case "packets are chained again with batch_rx on" lossless chained stream

finish
