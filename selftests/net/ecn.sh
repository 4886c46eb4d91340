#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The two ECN bits pass between inner and outer header in both directions and all
# families, and the six DSCP bits do not.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool nft

two_hosts
tunnel

# say ADDRESS PORT DSFIELD...: one datagram each from a
say()
{
	at a $PY -c '
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
v6 = ":" in host
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
for ds in sys.argv[3:]:
    s.setsockopt(*(socket.IPPROTO_IPV6, 67) if v6 else (socket.IPPROTO_IP, socket.IP_TOS), int(ds, 0))
    s.sendto(b"x" * 50, (host, port))
' "$@"
}

# A datagram of 50 bytes is 78 or 98 with its headers, padded to 80 or 112.
outer_ds()
{
	awk '$1 == "out" && $7 == 4 && ($6 == 112 || $6 == 144) { print $8 }' "$1" |
		tr '\n' ' '
}

inner_ds()
{
	awk -v port="$2" '$1 == "in" && $5 == port { print $8 }' "$1" | tr '\n' ' '
}

# Every value of the two bits, without and with a DSCP
FIELDS="0 1 2 3 0xb8 0xb9 0xba 0xbb"

# The outer header: ECT is copied, CE becomes ECT(0), DSCP is ours.
on_send()
{
	local inner=$1 lines=$TMP/send

	sniff a va "$lines"
	# shellcheck disable=SC2086 # a list
	say "$inner" 6001 $FIELDS
	wait_for 20 eval '[ "$(outer_ds '"$lines"' | wc -w)" -ge 8 ]'
	sniff_end
	same "$(outer_ds "$lines")" "0 1 2 2 0 1 2 2 "
}

# No mark was set on the way, so the inner header is unchanged.
untouched()
{
	local inner=$1 lines=$TMP/untouched

	sniff b t0 "$lines"
	# shellcheck disable=SC2086 # a list
	say "$inner" 6002 $FIELDS
	wait_for 20 eval '[ "$(inner_ds '"$lines"' 6002 | wc -w)" -ge 8 ]'
	sniff_end
	same "$(inner_ds "$lines" 6002)" "0 1 2 3 184 185 186 187 "
}

# header FAMILY STATEMENT: as nft does it. In newer kernels it does not write those
# bits of IPv6, which share bytes with others; so they are written with these.
declare -A IPV6_BYTES=(
	["ecn set ect1"]=0x6010 ["ecn set ect0"]=0x6020 ["ecn set ce"]=0x6030
	["dscp set ef"]=0x6b80
)
header()
{
	case $1 in
	ip) echo "ip $2" ;;
	ip6) echo "meta nfproto ipv6 @nh,0,16 set ${IPV6_BYTES[$2]}" ;;
	esac
}

# The outer packet was marked as congested. An ECN-capable inner packet gets the mark.
# Others stay as they were, because the mark means nothing to their receiver.
marked()
{
	local inner=$1 family=$2 lines=$TMP/marked

	at b nft "add table inet road
		add chain inet road in { type filter hook prerouting priority -200; }
		add rule inet road in udp dport 5002 $(header "$family" "ecn set ce")"
	sniff b t0 "$lines"
	# shellcheck disable=SC2086 # a list
	say "$inner" 6003 $FIELDS
	wait_for 20 eval '[ "$(inner_ds '"$lines"' 6003 | wc -w)" -ge 8 ]'
	sniff_end
	at b nft "delete table inet road"
	same "$(inner_ds "$lines" 6003)" "0 3 3 3 184 187 187 187 "
}

# Other outer headers: ECT(1) outside turns ECT(0) inside into ECT(1) (RFC 6040). ECT(0)
# and a DSCP change nothing.
other_marks()
{
	local inner=$1 family=$2 lines=$TMP/other mark wanted

	for mark in "ecn set ect0" "ecn set ect1" "dscp set ef"; do
		wanted="0 1 2 187 "
		[ "$mark" != "ecn set ect1" ] || wanted="0 1 1 187 "
		at b nft "add table inet road
			add chain inet road in { type filter hook prerouting priority -200; }
			add rule inet road in udp dport 5002 $(header "$family" "$mark")"
		sniff b t0 "$lines"
		say "$inner" 6004 0 1 2 0xbb
		wait_for 20 eval '[ "$(inner_ds '"$lines"' 6004 | wc -w)" -ge 4 ]'
		sniff_end
		at b nft "delete table inet road"
		same "$(inner_ds "$lines" 6004)" "$wanted"
	done
}

# Handshake messages have a DSCP, data messages have none.
handshakes()
{
	local lines=$TMP/handshakes

	forget a
	sniff a va "$lines"
	ping_ok a 10.9.0.2
	wait_for 20 grep -qE '^([^ ]+ ){6}2 ' "$lines"
	sniff_end
	same "$(awk '$7 == 1 || $7 == 2 { print $8 }' "$lines" | sort -u)" 136
}

outer()
{
	w a set t0 peer "${PUB[b]}" endpoint "$1"
	w b set t0 peer "${PUB[a]}" endpoint "$2"
	ping_ok a 10.9.0.2
}

for family in ip ip6; do
	case $family in
	ip) test_case "a tunnel over IPv4 works" outer 192.0.2.2:5002 192.0.2.1:5001 ;;
	ip6) test_case "a tunnel over IPv6 works" outer '[2001:db8::2]:5002' '[2001:db8::1]:5001' ;;
	esac
	test_case "$family outside: handshakes have a DSCP" handshakes
	for inner in 10.9.0.2 fd09::2; do
		test_case "$family outside, to $inner: the outer header has the inner ECT and our DSCP" on_send $inner
		test_case "$family outside, to $inner: an unmarked outer packet changes nothing" untouched $inner
		test_case "$family outside, to $inner: a congestion mark reaches the inner packet" \
			marked $inner $family
		test_case "$family outside, to $inner: other outer marks reach it as RFC 6040 says" \
			other_marks $inner $family
	done
done

finish
