#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The table of allowed IPs: the longest prefix wins, a prefix has one owner, lists are
# replaced, extended and reduced, and large ones arrive whole.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

hosts a
keys a p q r

fresh_link()
{
	ipat a link del t0 2>/dev/null || :
	link_new a t0
	w a set t0 private-key "$TMP/a.key"
}

allowed()
{
	peer_field a t0 allowed-ips "${PUB[$1]}" | tr ' ' '\n' | sort | xargs
}


# Each peer has an endpoint of its own on lo. The first packet for an address starts a
# handshake with its peer, so the port of the initiation tells the peer.
longest_prefix()
{
	local address port want

	fresh_link
	w a set t0 peer "${PUB[p]}" endpoint 127.0.0.1:7001 \
			allowed-ips 0.0.0.0/0,10.1.2.0/24,::/0,fd01:2::/32 \
		peer "${PUB[q]}" endpoint 127.0.0.1:7002 \
			allowed-ips 10.0.0.0/8,10.1.2.3/32,fd01:2:3::/48 \
		peer "${PUB[r]}" endpoint 127.0.0.1:7003 \
			allowed-ips 10.1.0.0/16,10.1.2.128/25,fd01:2:3::5/128,8000::/1
	address a t0 192.0.2.1/32 2001:db8::1/128
	ipat a link set t0 up
	ipat a route add default dev t0
	ipat a -6 route add default dev t0
	while read -r address port; do
		# Down and up, so that no handshake is already under way.
		ipat a link set t0 down
		ipat a link set t0 up
		ipat a route replace default dev t0
		ipat a -6 route replace default dev t0
		sniff a lo "$TMP/calls"
		at a ping -q -c 1 -W 1 "$address" >/dev/null 2>&1 &
		wait_for 10 grep -q ' 148 1 ' "$TMP/calls"
		sniff_end
		want=$(awk '$6 == 148 && $1 == "out" { print $5; exit }' "$TMP/calls")
		same "$address $want" "$address $port"
	done <<-TABLE
	9.9.9.9 7001
	10.200.0.1 7002
	10.1.200.1 7003
	10.1.2.4 7001
	10.1.2.3 7002
	10.1.2.200 7003
	2001:db8:5::1 7001
	fd01:3::1 7003
	fd01:2::1 7001
	fd01:2:3::4 7002
	fd01:2:3::5 7003
	TABLE
}
test_case "the longest prefix wins" longest_prefix

one_owner()
{
	fresh_link
	w a set t0 peer "${PUB[p]}" allowed-ips 10.0.0.0/8,fd01::/16,10.1.0.0/16 \
		peer "${PUB[q]}" allowed-ips 10.0.0.0/8,fd01::/16
	same "$(allowed p)" 10.1.0.0/16
	same "$(allowed q)" "10.0.0.0/8 fd01::/16"
	w a set t0 peer "${PUB[p]}" allowed-ips 10.0.0.0/8
	same "$(allowed p)" 10.0.0.0/8
	same "$(allowed q)" fd01::/16
	w a set t0 peer "${PUB[p]}" remove
	same "$(w a show t0 peers)" "${PUB[q]}"
	same "$(allowed q)" fd01::/16
}
test_case "a prefix belongs to the peer that was given it last" one_owner

replaced()
{
	fresh_link
	w a set t0 peer "${PUB[p]}" \
		allowed-ips 0.0.0.0/0,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16
	w a set t0 peer "${PUB[p]}" allowed-ips 0.0.0.0/0
	same "$(allowed p)" 0.0.0.0/0
	w a set t0 peer "${PUB[p]}" allowed-ips ::/0,1800::/111,6000::/4,f000::/37,a000::/75
	w a set t0 peer "${PUB[p]}" allowed-ips ::/0
	same "$(allowed p)" ::/0
	w a set t0 peer "${PUB[p]}" allowed-ips ''
	same "$(allowed p)" "(none)"
}
test_case "a list replaces the previous one" replaced

host_bits()
{
	fresh_link
	w a set t0 peer "${PUB[p]}" allowed-ips 10.1.2.3/8,fd01:2:3:4::5/32,192.0.2.1,2001:db8::1
	same "$(allowed p)" "10.0.0.0/8 192.0.2.1/32 2001:db8::1/128 fd01:2::/32"
}
test_case "bits beyond the prefix are cleared" host_bits

# Debian 12's wg knows neither + nor -.
incremental_known()
{
	fresh_link
	w a set t0 peer "${PUB[p]}" allowed-ips +10.0.0.0/8
}

incremental()
{
	fresh_link
	w a set t0 peer "${PUB[p]}" allowed-ips 10.0.0.0/8,fd01::/16
	w a set t0 peer "${PUB[p]}" allowed-ips +10.1.0.0/16,+fd02::/16
	same "$(allowed p)" "10.0.0.0/8 10.1.0.0/16 fd01::/16 fd02::/16"
	w a set t0 peer "${PUB[p]}" allowed-ips -10.0.0.0/8,+10.2.0.0/16,-fd02::/16
	same "$(allowed p)" "10.1.0.0/16 10.2.0.0/16 fd01::/16"
	# Removing a prefix of another peer, or of none, changes nothing.
	w a set t0 peer "${PUB[q]}" allowed-ips 10.9.0.0/16
	w a set t0 peer "${PUB[p]}" allowed-ips -10.9.0.0/16,-10.77.0.0/16,-10.1.0.0/17
	same "$(allowed p)" "10.1.0.0/16 10.2.0.0/16 fd01::/16"
	same "$(allowed q)" 10.9.0.0/16
}

incremental_many()
{
	local list="" taken="" i

	fresh_link
	for i in {1..197}; do
		list+=,10.3.0.$i,fd03::$i
	done
	w a set t0 peer "${PUB[p]}" allowed-ips "${list#,}"
	same "$(allowed p | wc -w)" 394
	for i in 1 2 99 100 196 197; do
		taken+=,-10.3.0.$i/32,-fd03::$i/128
	done
	w a set t0 peer "${PUB[p]}" allowed-ips "${taken#,}"
	same "$(allowed p | wc -w)" 382
	for i in 1 2 99 100 196 197; do
		refuses grep -qE "(10\\.3\\.0\\.$i/|fd03::$i/)" <<<"$(allowed p)"
	done
}
if incremental_known >/dev/null 2>&1; then
	test_case "prefixes are added to a list and taken from it" incremental
	test_case "some of many prefixes are removed" incremental_many
elif [ "$KIND" = wireguard ]; then
	skip "prefixes are added and taken away" "$WG is too old for it"
else
	fail "prefixes are added to a list and taken from it"
fi

# 65,280 prefixes of one peer, in one configuration: far more than fits any
# message, in either direction.
many()
{
	fresh_link
	{
		echo "[Interface]"
		echo "PrivateKey = $(cat "$TMP/a.key")"
		echo "[Peer]"
		echo "PublicKey = ${PUB[p]}"
		awk 'BEGIN {
			for (a = 1; a < 256; a++)
				for (b = 0; b < 256; b += 2) {
					printf "AllowedIPs = %d.%d.0.0/16, %x:%x::/128", a, b, a, b
					printf ", %d.%d.0.0/16, %x:%x::/128\n", a, b + 1, a, b + 1
				}
		}'
	} >"$TMP/many.conf"
	w a setconf t0 "$TMP/many.conf"
	w a show t0 allowed-ips >"$TMP/many.shown"
	same "$(wc -l <"$TMP/many.shown")" 1
	tr ' \t' '\n\n' <"$TMP/many.shown" | tail -n +2 | sort >"$TMP/shown"
	awk 'BEGIN {
		for (a = 1; a < 256; a++)
			for (b = 0; b < 256; b++)
				printf "%d.%d.0.0/16\n", a, b
	}' | sort >"$TMP/wanted"
	cmp <(grep -v : "$TMP/shown") "$TMP/wanted"
	same "$(grep -c : "$TMP/shown")" 65280
	same "$(sort -u "$TMP/shown" | wc -l)" 130560
}
test_case "65,280 prefixes of each family in one configuration" many

many_gone()
{
	w a set t0 peer "${PUB[p]}" allowed-ips 10.0.0.0/8
	same "$(allowed p)" 10.0.0.0/8
}
test_case "one prefix replaces all of them" many_gone

# Peers whose lists straddle the messages of a dump.
straddling()
{
	fresh_link
	{
		echo "[Interface]"
		for a in {1..40}; do
			echo "[Peer]"
			printf 'PublicKey = %s\n' "$(head -c 31 /dev/urandom | { cat; printf '\1'; } | base64)"
			printf "AllowedIPs = $a.%d.0.0/16\n" {1..52}
		done
	} >"$TMP/straddle.conf"
	w a setconf t0 "$TMP/straddle.conf"
	w a show t0 allowed-ips >"$TMP/straddle"
	same "$(wc -l <"$TMP/straddle")" 40
	same "$(awk '{ print NF }' "$TMP/straddle" | sort -u)" 53
	w a showconf t0 >"$TMP/straddle.shown"
	same "$(grep -c '^\[Peer\]' "$TMP/straddle.shown")" 40
	w a setconf t0 "$TMP/straddle.shown"
	w a show t0 allowed-ips | sort >"$TMP/again"
	sort "$TMP/straddle" | cmp - "$TMP/again"
}
test_case "many peers with many prefixes each are shown whole" straddling

# Twenty-nine peers without any prefix, then one with: ends of messages in the
# other places.
last_one()
{
	local shown

	fresh_link
	{
		echo "[Interface]"
		for _ in {1..29}; do
			echo "[Peer]"
			printf 'PublicKey = %s\n' "$(head -c 31 /dev/urandom | { cat; printf '\1'; } | base64)"
		done
		printf '[Peer]\nPublicKey = %s\n' "${PUB[q]}"
		echo "AllowedIPs = 255.2.3.4/32, fd99::255/128"
	} >"$TMP/last.conf"
	w a setconf t0 "$TMP/last.conf"
	shown=$(w a showconf t0)
	same "$(grep -c '^\[Peer\]' <<<"$shown")" 30
	same "$(allowed q)" "255.2.3.4/32 fd99::255/128"
}
test_case "many peers without prefixes and a last one with prefixes are shown" last_one

finish
