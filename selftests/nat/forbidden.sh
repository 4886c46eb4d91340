#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Networks that a device forbids to its peers: no packet of a peer gets there, neither by
# a route of this host, nor to an address of this host, nor by a forward.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"

gateway
answers s s tcp 0.0.0.0 80 tcp :: 81
# s is the network that peers must not reach. It has a route back.
ipat s route add 10.100.0.0/24 via 10.101.0.1
ipat s route add fd00:100::/64 via fd00:101::1
ipat c route add 10.101.0.0/24 dev t0
ipat c route add fd00:101::/64 dev t0
w c set t0 peer "${PUB[g]}" \
	allowed-ips 10.100.0.0/24,fd00:100::/64,10.101.0.0/24,fd00:101::/64

forbidden()
{
	reason_of g t0 forbidden-destination
}

# lost ADDRESS: one packet there is dropped, counted once, and blamed on the peer
lost()
{
	local before dropped

	before=$(forbidden)
	dropped=$(stat_of g t0 rx_dropped)
	ping_fails c "$1"
	same "$(forbidden)" $((before + 1))
	same "$(stat_of g t0 rx_dropped)" $((dropped + 1))
	same "$(w g stats t0 --json |
		/usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["devices"][0]["peers"][0]["last_reason"])')" \
		forbidden-destination
}

# silent NAME WORD: what is said on a held connection is dropped, and counted
silent()
{
	local before lines

	lines=$(wc -l <"$TMP/held.$1")
	before=$(forbidden)
	timeout 10 bash -c 'echo "$2" >"$1"' - "$TMP/hold.$1" "$2"
	wait_for 30 counted "$before"
	same "$(wc -l <"$TMP/held.$1")" "$lines"
}

counted()
{
	[ "$(forbidden)" -gt "$1" ]
}

open_at_first()
{
	ping_ok c 10.101.0.2
	ping_ok c fd00:101::2
	ping_ok c 10.101.0.1
	same "$(w g show t0 forbidden)" "(none)"
}
test_case "a host that forwards packets reaches every network at first" open_at_first

closed()
{
	w g set t0 forbid 10.101.0.7/24,fd00:101::/64
	same "$(w g show t0 forbidden)" "10.101.0.0/24 fd00:101::/64"
	w g show t0 | grep -q "forbidden: 10.101.0.0/24, fd00:101::/64"
	w g show t0 --json | grep -q '"fd00:101::/64"'
	lost 10.101.0.2
	lost fd00:101::2
	# an address of the host itself lies in the network as well
	lost 10.101.0.1
	lost fd00:101::1
	ping_ok c 10.100.0.11
	ping_ok c fd00:100::11
}
test_case "a forbidden network is out of reach, and other networks are not" closed

streams()
{
	w g set t0 forbid ''
	ask c tcp 10.101.0.2 80 2000000
	hold stream c 10.101.0.2 80
	same "$(say stream before)" before
	w g set t0 forbid 10.101.0.2
	silent stream after
	ping_ok c 10.101.0.1
}
test_case "an open connection ends when its destination is forbidden" streams

replaced()
{
	w g set t0 forbid 10.101.0.2,10.101.0.2/32,fd00:101::2
	same "$(w g show t0 forbidden)" "10.101.0.2/32 fd00:101::2/128"
	w g set t0 forbid fd00:101::2
	ping_ok c 10.101.0.2
	lost fd00:101::2
	w g set t0 fwmark 0
	same "$(w g show t0 forbidden)" "fd00:101::2/128"
	w g set t0 forbid 0.0.0.0/0
	lost 10.100.0.11
	ping_ok c fd00:100::11
	w g set t0 forbid ''
	ping_ok c 10.101.0.2
	same "$(w g show t0 forbidden)" "(none)"
}
test_case "a set replaces the previous one" replaced

# $1 nets, distinct
nets()
{
	local i out=""

	for ((i = 0; i < $1; i++)); do
		out+=",10.77.$i.0/24"
	done
	echo "${out#,}"
}

bounds()
{
	w g set t0 forbid "$(nets 256)"
	same "$(w g show t0 forbidden | wc -w)" 256
	refuses w g set t0 forbid "$(nets 256),10.101.0.0/24" 2>"$TMP/said"
	grep -q "may forbid 256 networks" "$TMP/said"
	same "$(w g show t0 forbidden | wc -w)" 256
	for wrong in 10.0.0.0/33 nonsense +10.0.0.0/8 '10.0.0.0/8,'; do
		refuses w g set t0 forbid "$wrong"
		same "$(w g show t0 forbidden | wc -w)" 256
	done
	ping_ok c 10.101.0.2
	w g set t0 forbid ''
}
test_case "a set is bounded, and a wrong one changes nothing" bounds

forwards()
{
	w g set t0 forbid 10.101.0.0/24
	refuses fw add 1080:tcp:10.101.0.2:80 2>"$TMP/said"
	grep -q "forbids its peers" "$TMP/said"
	same "$(fw list)" ""
	fw add '1081:tcp:[fd00:101::2]:81'
	w g set t0 forbid ''
	fw flush
	fw add 1080:tcp:10.101.0.2:80
	refuses w g set t0 forbid 10.0.0.0/8 2>"$TMP/said"
	grep -q "delete that forward first" "$TMP/said"
	same "$(w g show t0 forbidden)" "(none)"
}
test_case "no forward leads to a forbidden network, whichever was set first" forwards

# An open connection goes on when its forward is removed.
lingering()
{
	hold old c 10.100.0.11 1080
	same "$(say old one)" one
	fw del 1080:tcp:10.101.0.2:80
	same "$(say old two)" two
	w g set t0 forbid 10.101.0.0/24
	silent old three
}
test_case "no connection of a removed forward leads there" lingering

# An address of the host within the network is out of reach too.
lingering_here()
{
	w g set t0 forbid ''
	answers g here tcp 10.101.0.1 80
	fw add 1082:tcp:10.101.0.1:80
	hold here c 10.100.0.11 1082
	same "$(say here one)" one
	fw del 1082:tcp:10.101.0.1:80
	w g set t0 forbid 10.101.0.1
	silent here two
}
test_case "no connection of a removed forward to this host leads there" lingering_here

# nat_rule RULE: a user of nf_nat that is not ours
nat_rule()
{
	at g nft -f - <<-NFT
		table ip mine {
			chain pre {
				type nat hook prerouting priority dstnat;
				$1
			}
		}
	NFT
}

# Our hooks for forwards are removed with the last forward. Connections of one that was
# removed before are still translated, because others need nf_nat.
lingering_bare()
{
	w g set t0 forbid ''
	nat_rule "iifname t0 tcp dport 1099 dnat to 10.101.0.2:99"
	fw add 1080:tcp:10.101.0.2:80
	hold bare c 10.100.0.11 1080
	same "$(say bare one)" one
	fw del 1080:tcp:10.101.0.2:80
	fw flush --kill
	same "$(say bare two)" two
	w g set t0 forbid 10.101.0.0/24
	silent bare three
	w g set t0 forbid ''
	at g nft delete table ip mine
}
test_case "no connection leads there after the last forward was removed" lingering_bare

redirected()
{
	nat_rule "iifname t0 tcp dport 1083 dnat to 10.101.0.2:80"
	hold mine c 10.100.0.11 1083
	same "$(say mine one)" one
	w g set t0 forbid 10.101.0.2
	silent mine two
	w g set t0 forbid ''
	at g nft delete table ip mine
}
test_case "no connection leads there by a redirect of the administrator" redirected

finish
