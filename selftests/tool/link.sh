#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# naawg link: a link is saved with all it has, removed, and made again, as
# naawg-upgrade does it, but on the module that runs.
#
#	host a: t0, t1 ===== va --- 192.0.2.0/24, 2001:db8::/64 --- vb :host b

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
[ "$KIND" = naawg ] || skip_all "the stock driver's links are not saved"

DIR=$(mktemp -d /run/naawg-links.XXXXXX) || exit 1
FILE=$DIR/a
no_files()
{
	rm -rf "$DIR"
}
defer no_files

two_hosts
# A new address is tentative for a moment, which the picture would show.
settled()
{
	wait_for 20 eval '! ip -n "${NS[a]}" -6 address show tentative | grep -q .'
}
settled
keys a b c
psk shared

# All that has to be the same afterwards.
picture()
{
	local family link

	ipat a -d -o link show type naawg | sed 's/ state [A-Z]*//'
	ipat a -o address show | sed -E 's/(valid|preferred)_lft [0-9]+sec//g'
	for family in -4 -6; do
		ipat a -N "$family" route show table all | sed -E 's/ expires [0-9]+sec//' | sort
		ipat a "$family" rule
	done
	for link in $(w a show interfaces); do
		w a showconf "$link"
		w a show "$link" forbidden
		at a sysctl -a 2>/dev/null | grep -F ".conf.$link."
	done
}

unchanged()
{
	diff <(echo "$1") <(picture)
}

# made_again: saved, removed and back
made_again()
{
	w a link save "$FILE"
	w a link hold "$FILE"
	w a link remove "$FILE"
	w a link restore "$FILE"
	w a link finish "$FILE"
	rm "$FILE"
}

# --- what a link may have ----------------------------------------------------

link_new a t0
link_new a t1
w a set t0 private-key "$TMP/a.key" listen-port 5001 fwmark 0x55 answer-unreachable on \
	forbid 198.51.100.0/24,2001:db8:ff::/48 \
	peer "${PUB[b]}" preshared-key "$TMP/shared.psk" endpoint 192.0.2.2:5002 \
	allowed-ips 10.9.0.0/24,fd09::/64,0.0.0.0/0 \
	peer "${PUB[c]}" allowed-ips 10.8.0.0/24 persistent-keepalive 25
w a set t1 private-key "$TMP/c.key"
w a forward t0 add 8080:tcp:192.0.2.2:80 2000-2005:udp:192.0.2.2
ipat a link set t0 mtu 1333 txqueuelen 0 group 7 multicast on allmulticast on
# No words are looked for in an alias, and it is kept as it is.
ipat a link set t0 alias '\ dev t1 mtu 9 \'
ipat a link property add dev t0 altname far-away
sysctl_at a net.ipv4.conf.t0.rp_filter=2 net.ipv6.conf.t0.accept_ra=0
address a t0 10.9.0.1/24 10.9.0.8/24 fd09::1/64 fd09::9/64 fe80::99/64
ipat a address add 10.77.0.1 peer 10.77.0.2/32 dev t0 metric 44 label t0:far
ipat a address add 10.78.0.1/24 brd + dev t0 scope link noprefixroute
ipat a address add fd09:5::1/64 dev t0 noprefixroute nodad
ipat a address add 10.79.0.1/24 dev t0 valid_lft 3900 preferred_lft 2900
ipat a link set t0 up
ipat a route add default via 192.0.2.2 dev va
ipat a route add default dev t0 table 51820
ipat a rule add not fwmark 0x55 table 51820 pref 900
ipat a rule add table main suppress_prefixlength 0 pref 800
ipat a rule add iif t0 oif va lookup 77 pref 700
ipat a -6 rule add from fd09::/64 to fd0a::/64 ipproto udp dport 53 lookup 78 pref 600
ipat a route add 10.30.0.0/16 via 10.9.0.2 metric 5 mtu lock 1300
ipat a route add 10.31.0.0/16 via 10.9.0.2 dev t0 table 100 proto 99 tos 0x10
ipat a route add 10.33.0.0/16 via 192.0.2.2 dev va src 10.9.0.8
ipat a route add 10.35.0.1 via 10.200.0.1 dev t0 onlink
ipat a -6 route add fd31::/48 via fd09::2 pref high
ipat a -6 route add fd33::/48 dev t0 expires 900
# Nexthops over the link, and beside it.
ipat a -6 route add fd32::/48 nexthop via fd09::77 dev t0 weight 2 nexthop via 2001:db8::2 dev va

everything()
{
	local before

	before=$(picture)
	made_again
	unchanged "$before"
	ipat a -6 route show fd33::/48 | grep -E 'expires [0-9]+sec'
	ipat a address show dev t0 | grep -E 'valid_lft 3[0-9]{3}sec preferred_lft 2[0-9]{3}sec'
	ipat a route show table all | refuses grep 'metric 4294967295'
}
test_case "everything that a link has comes back" everything

many()
{
	local before i words=()

	for ((i = 0; i < 600; i++)); do
		words+=(peer "$(head -c 32 /dev/urandom | base64)"
			allowed-ips "10.100.$((i / 250)).$((i % 250))/32,fd0a::$i/128,fd0b::$i/128")
	done
	w a set t1 "${words[@]}"
	for ((i = 0; i < 500; i++)); do
		echo "$((10000 + i)):tcp:192.0.2.2:$((20000 + i)) from 10.0.$((i / 250)).$((i % 250))/32"
	done | w a forward t1 replace -
	before=$(picture)
	made_again
	unchanged "$before"
	ipat a link delete t1
	link_new a t1
	w a set t1 private-key "$TMP/c.key"
}
test_case "hundreds of peers and forwards come back" many

extras()
{
	w a link save "$FILE"
	w a link extras "$FILE" >"$TMP/said"
	rm "$FILE"
	grep -x 't0 has 2 port forwards' "$TMP/said"
	grep -x 't0 has 2 forbidden networks' "$TMP/said"
	grep -x 't0 answers packets for unreachable peers' "$TMP/said"
	refuses grep t1 "$TMP/said"
}
test_case "settings that the stock driver lacks are named" extras

odd()
{
	local before name='$*;"!@'

	ipat a link add "$name" type naawg
	before=$(picture)
	made_again
	unchanged "$before"
	ipat a link delete "$name"
}
test_case "a name of any characters does" odd

# --- while it is away --------------------------------------------------------

away()
{
	local before

	rm -f "$FILE"
	before=$(picture)
	w a link save "$FILE"
	refuses w a link save "$FILE"
	w a link hold "$FILE"
	w a link hold "$FILE"
	w a link remove "$FILE"
	same "$(w a link list "$FILE" | sort | tr '\n' ' ')" "t0, removed t1, removed "
	refuses ipat a link show t0
	# Another way leads past the tunnel, for its own packets only.
	ipat a route get 10.200.0.1 mark 0x55
	refuses ipat a route get 10.200.0.1
	refuses ipat a route get 10.9.0.2
	refuses ipat a route get 10.30.0.1
	refuses ipat a -6 route get fd09::2
	# Somebody tidies up after the link.
	ipat a rule del pref 900
	ipat a route del 192.0.2.0/24 dev va
	w a link restore "$FILE"
	w a link restore "$FILE"
	same "$(w a link list "$FILE" | sort | tr '\n' ' ')" "t0 t1 "
	w a link finish "$FILE"
	rm "$FILE"
	unchanged "$before"
}
test_case "packets are held meanwhile, and routes and rules that went are back" away

taken()
{
	local index before

	before=$(ipat a -N route show table all; ipat a -6 -N route show table all)
	rm -f "$FILE"
	index=$(ipat a -o link show t0 | cut -d : -f 1)
	w a link save "$FILE"
	w a link hold "$FILE"
	w a link remove "$FILE"
	ipat a link add vx index "$index" type veth peer name vy
	w a link restore "$FILE"
	w a link finish "$FILE"
	rm "$FILE"
	isnt_same "$(ipat a -o link show t0 | cut -d : -f 1)" "$index"
	diff <(sed -E 's/ expires [0-9]+sec//' <<<"$before" | sort) \
		<({ ipat a -N route show table all; ipat a -6 -N route show table all; } |
			sed -E 's/ expires [0-9]+sec//' | sort)
	ipat a link delete vx
}
isnt_same()
{
	[ "$1" != "$2" ]
}
test_case "a link whose index is taken gets another one, and its routes" taken

unroutable()
{
	w a link save "$FILE"
	w a link hold "$FILE"
	w a link remove "$FILE"
	ipat a link set va down
	w a link restore "$FILE"
	refuses w a link finish "$FILE" 2>"$TMP/said"
	cat "$TMP/said"
	grep -q 'a route could not be set back: 10.33.0.0/16 via 192.0.2.2 .*table 254: ' "$TMP/said"
	ipat a link set va up
	wait_for 10 carrier a va
	settled
	w a link finish "$FILE"
	ipat a route show | grep '^10.33.0.0/16 via 192.0.2.2 dev va src 10.9.0.8'
	rm "$FILE"
}
test_case "a route that cannot be set back is named" unroutable

again()
{
	w a link save "$FILE"
	w a set t0 peer "${PUB[c]}" remove
	w a link save --again "$FILE"
	same "$(stat -c %a "$FILE")" 600
	w a link remove "$FILE"
	w a link restore "$FILE"
	w a link finish "$FILE"
	w a show t0 peers | refuses grep -F "${PUB[c]}"
	# A link that nobody saved would be lost.
	link_new a t9
	refuses w a link save --again "$FILE" 2>"$TMP/said"
	grep -q 't9 was added or removed' "$TMP/said"
	w a link list "$FILE" | refuses grep t9
	ipat a link delete t9
	ipat a link delete t1
	refuses w a link save --again "$FILE" 2>"$TMP/said"
	grep -q 't1 was added or removed' "$TMP/said"
	link_new a t1
	rm "$FILE"
}
test_case "save --again saves later changes, but refuses other links" again

# Namespace c has one link, which its administrator deletes.
gone()
{
	hosts c
	w c link save --again "$DIR/c"
	[ ! -e "$DIR/c" ]
	link_new c tc
	w c link save "$DIR/c"
	ipat c link delete tc
	refuses w c link save --again "$DIR/c" 2>"$TMP/said"
	grep -q 'tc was added or removed' "$TMP/said"
	w c link remove "$DIR/c"
	w c link restore "$DIR/c"
	w c link finish "$DIR/c"
	refuses ipat c link show tc
	host_del c
	rm "$DIR/c"
}
test_case "links that have all gone since they were saved do not come back" gone

held()
{
	rm -f "$FILE"
	ipat a route add 10.40.0.0/16 dev t0
	ipat a -6 route add fd40::/48 dev t0
	w a link save "$FILE"
	w a link hold "$FILE"
	ipat a route show 10.40.0.0/16 | grep 'blackhole .*metric 4294967295'
	# A routing daemon withdraws two routes, and adds two.
	ipat a route del 10.40.0.0/16 dev t0
	ipat a -6 route del fd40::/48 dev t0
	ipat a route add 10.41.0.0/16 dev t0
	ipat a -6 route add fd41::/48 dev t0
	w a link save --again "$FILE"
	w a link hold "$FILE"
	w a link remove "$FILE"
	refuses ipat a route get 10.41.0.1
	refuses ipat a -6 route get fd41::1
	w a link restore "$FILE"
	w a link finish "$FILE"
	ipat a -N route show table all | refuses grep 'proto 79'
	ipat a -6 -N route show table all | refuses grep 'proto 79'
	ipat a route del 10.41.0.0/16 dev t0
	ipat a -6 route del fd41::/48 dev t0
	rm "$FILE"
}
test_case "no blackhole route stays behind if routes change after the first hold" held

# --- files -------------------------------------------------------------------

damaged()
{
	local before size at verb bad

	rm -f "$FILE"
	before=$(picture)
	w a link save "$FILE"
	same "$(stat -c %a "$FILE")" 600
	size=$(stat -c %s "$FILE")
	: >"$DIR/empty"
	echo '[Interface]' >"$DIR/text"
	sed '1s/^naawg-link/naawg-lonk/' "$FILE" >"$DIR/magic"
	for at in 1 50 "$((size / 2))" "$((size - 1))"; do
		head -c "$at" "$FILE" >"$DIR/cut.$at"
	done
	# Bytes of the header, of the number of links, and of records.
	for at in 13 20 50 70 200 "$((size / 2))" "$((size - 2))"; do
		cp "$FILE" "$DIR/edited.$at"
		printf '\xa5' | dd of="$DIR/edited.$at" bs=1 seek="$at" conv=notrunc status=none
	done
	for bad in "$DIR"/{empty,text,magic,cut.*,edited.*}; do
		for verb in list lost hold remove restore finish; do
			refuses w a link $verb "$bad" 2>"$TMP/said"
			grep -q ' cannot be used: ' "$TMP/said"
		done
		refuses w a link save --again "$bad"
	done
	refuses w a link restore "$DIR/none"
	refuses w a link restore "$DIR"
	unchanged "$before"
	# The same file, whole.
	w a link remove "$FILE"
	w a link restore "$FILE"
	w a link finish "$FILE"
	unchanged "$before"
	rm "$DIR"/*
}
test_case "half a file and a changed one are refused, and nothing has changed" damaged

elsewhere()
{
	local verb

	rm -f "$FILE"
	w a link save "$FILE"
	for verb in hold remove restore finish; do
		refuses w b link $verb "$FILE" 2>"$TMP/said"
		grep -q 'another network namespace' "$TMP/said"
	done
	w a show t0 public-key
	refuses w a link save /proc/self/x
	refuses w a link save "$DIR/none/x"
	[[ $(stat -f -c %T "$repo") = @(tmpfs|ramfs) ]] || refuses w a link save "$repo/x"
	[ ! -e "$repo/x" ]
	[ ! -e "$repo/x.new" ]
	# Words that are none.
	refuses w a link
	refuses w a link save
	refuses w a link steal "$FILE"
	refuses w a link restore --again "$FILE"
	refuses w a link restore --kind wireguard "$FILE"
	refuses w a link save --kind vxlan "$DIR/x"
	refuses w a link save --kind
	# There are only links of kind naawg, so there is no file.
	w a link save --again --kind wireguard "$DIR/x"
	[ ! -e "$DIR/x" ]
	refuses w a link restore --all
	w a link --help | grep -q Usage
	rm "$FILE"
}
test_case "a file is used where it was saved, and kept in memory only" elsewhere

everywhere()
{
	local before

	link_new b tb
	before=$(picture)
	"$WG" link save --all "$DIR"
	"$WG" link list --all "$DIR" | grep "^t0 in namespace ${NS[a]}$"
	"$WG" link list --all "$DIR" | grep "^tb in namespace ${NS[b]}$"
	"$WG" link hold --all "$DIR"
	"$WG" link save --again --all "$DIR"
	"$WG" link remove --all "$DIR"
	refuses ipat b link show tb
	"$WG" link restore --all "$DIR" | grep -E "^t0 in namespace ${NS[a]} was away for [0-9]+\.[0-9]{3} s$"
	"$WG" link finish --all "$DIR"
	"$WG" link lost --all "$DIR"
	unchanged "$before"
	ipat b link show tb
	# A namespace that had no links has one now.
	hosts c
	link_new c tc
	refuses "$WG" link save --again --all "$DIR" 2>"$TMP/said"
	grep -q "namespace ${NS[c]}: " "$TMP/said"
	rm "$DIR"/*
	"$WG" link save --all "$DIR"
	"$WG" link remove --all "$DIR"
	host_del c
	same "$("$WG" link lost --all "$DIR")" tc
	"$WG" link restore --all "$DIR"
	"$WG" link finish --all "$DIR"
	unchanged "$before"
	rm "$DIR"/*
}
# This removes the links of the whole machine for a moment.
if [ -n "${NAAWG_VM:-}" ]; then
	test_case "all namespaces are done at once, and one that goes is noticed" everywhere
else
	skip "all namespaces are done at once, and one that goes is noticed" "only in a guest"
fi
finish
