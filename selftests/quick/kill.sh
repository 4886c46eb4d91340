#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# Kill = yes: packets for the tunnel do not leave in the clear when it is down.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

FILE=$TMP/a/t0.conf
ipat a route add default via 192.0.2.2
ipat a route add default via 2001:db8::2
# Host b would answer packets that come in the clear.
address b lo 10.9.0.2/32 fd09::2/128 10.66.0.2/32 198.51.100.7/32

blocked()
{
	local address

	for address in "$@"; do
		refuses ipat a route get "$address"
		refuses at a ping -q -c 1 -W 1 "$address"
	done
}

blackholes()
{
	{ ipat a route show table all type blackhole; ipat a -6 route show table all type blackhole; } |
		wc -l
}

kill_conf()
{
	conf a "Address = 10.9.0.1/24, fd09::1/64" "Kill = yes" "$@" \
		< <(peer b "AllowedIPs = 10.9.0.2/32, fd09::2/128, 10.66.0.0/16" \
			"Endpoint = 192.0.2.2:5002")
}

default_off()
{
	both
	q a up "$FILE"
	same "$(blackholes)" 0
	q a down "$FILE"
	same "$(blackholes)" 0
	ipat a route get 10.9.0.2 | grep -q "via 192.0.2.2"
}
test_case "without Kill = yes down leaves no block, as with wg-quick" default_off

until_up()
{
	kill_conf
	q a up "$FILE"
	ipat a route get 10.9.0.2 | grep -q "dev t0"
	ipat a route get fd09::2 | grep -q "dev t0"
	same "$(q a reload "$FILE")" unchanged
	q a down "$FILE"
	blocked 10.9.0.2 10.9.0.77 10.66.0.2 fd09::2
	ping_ok a 198.51.100.7
	q a up "$FILE"
	ipat a route get 10.66.0.2 | grep -q "dev t0"
	same "$(q a reload "$FILE")" unchanged
}
test_case "after down, the tunnel's networks are blocked until up" until_up

# No program of ours runs when another program deletes the link.
behind_its_back()
{
	ipat a link del t0
	blocked 10.9.0.2 10.66.0.2 fd09::2
	q a down "$FILE"
	blocked 10.9.0.2 10.66.0.2 fd09::2
	refuses q a down "$FILE" 2>"$TMP/said"
	grep -q "\`naawg-quick down --lift t0'" "$TMP/said"
	blocked 10.9.0.2
	q a up "$FILE"
	ipat a route get 10.9.0.2 | grep -q "dev t0"
}
test_case "they are blocked when another program deletes the link" behind_its_back

without_the_file()
{
	mv "$FILE" "$TMP/away"
	q a down "$FILE"
	blocked 10.9.0.2 10.66.0.2 fd09::2
	refuses q a down "$FILE"
	blocked 10.9.0.2
	mv "$TMP/away" "$FILE"
}
test_case "they stay blocked when the file is gone" without_the_file

failed_up()
{
	kill_conf "PostUp = false"
	refuses q a up "$FILE"
	blocked 10.9.0.2 fd09::2
	kill_conf
}
test_case "an up that fails leaves them blocked" failed_up

lifted()
{
	sed -i '/^Kill/d' "$FILE"
	q a down "$FILE"
	same "$(blackholes)" 0
	# an up that fails blocks nothing that was not blocked before
	kill_conf "PostUp = false"
	refuses q a up "$FILE"
	same "$(blackholes)" 0
}
test_case "without the line down lifts the block" lifted

# The file is gone, or still says Kill = yes: down lifts the block when asked to.
asked()
{
	kill_conf
	q a up "$FILE"
	q a down "$FILE"
	mv "$FILE" "$TMP/kept"
	refuses q a down t0 2>"$TMP/said"
	grep -q "\`naawg-quick down --lift t0'" "$TMP/said"
	blocked 10.66.0.2
	q a down --lift t0
	same "$(blackholes)" 0
	mv "$TMP/kept" "$FILE"
	q a up "$FILE"
	ipat a link del t0
	q a down --lift "$FILE"
	same "$(blackholes)" 0
	q a up "$FILE"
	q a down --lift "$FILE"
	same "$(blackholes)" 0
	refuses q a up --lift "$FILE"
}
test_case "down --lift lifts the block, with the file or without" asked

reloaded()
{
	kill_conf
	sed -i '/^Kill/d' "$FILE"
	q a up "$FILE"
	same "$(blackholes)" 0
	kill_conf
	at a "$WG" apply --dry-run "$FILE" >"$TMP/said" || :
	grep -qx "+ blackhole 10.66.0.0/16 table 254" "$TMP/said"
	same "$(blackholes)" 0
	same "$(q a reload "$FILE" | tail -n 1)" changed
	same "$(q a reload "$FILE")" unchanged
	sed -i 's/, 10.66.0.0\/16//' "$FILE"
	q a reload "$FILE" | grep -qx -- "- blackhole 10.66.0.0/16 table 254"
	q a save "$FILE"
	grep -qx "Kill = yes" "$FILE"
	refuses grep Kill < <(q a strip "$FILE")
	sed -i '/^Kill/d' "$FILE"
	same "$(q a reload "$FILE" | tail -n 1)" changed
	same "$(blackholes)" 0
	q a down "$FILE"
}
test_case "reload follows the line" reloaded

everything()
{
	conf b "ListenPort = 5002" "Address = 10.11.0.3/24" < <(peer a "AllowedIPs = 10.11.0.1/32")
	q b up "$TMP/b/t0.conf"
	conf a "Address = 10.11.0.1/32" "Kill = yes" \
		< <(peer b "AllowedIPs = 0.0.0.0/0" "Endpoint = 192.0.2.2:5002")
	q a up "$FILE"
	ping_ok a 198.51.100.7
	[ "$(tx_of a t0)" -gt 0 ]
	q a down "$FILE"
	blocked 198.51.100.7 10.11.0.3
	ping_ok a 192.0.2.2
	ping_ok a 2001:db8::2
	q a up "$FILE"
	wait_for 30 ping_ok a 198.51.100.7
	refuses grep 0.0.0.0/1 < <(ipat a route)
	# nothing leaks when the link is deleted, either
	ipat a link del t0
	blocked 198.51.100.7
	q a up "$FILE"
	wait_for 30 ping_ok a 198.51.100.7
	q a down "$FILE"
	blocked 198.51.100.7
	sed -i '/^Kill/d' "$FILE"
	q a down "$FILE"
	same "$(blackholes)" 0
	ping_ok a 198.51.100.7
}
test_case "a tunnel with a default route blocks all destinations without a route of their own" everything

# says COMMAND...: the messages of naawg-quick on a about blocks
says()
{
	q a "$@" 2>&1 | grep blocked || :
}

# The block of t0 drops the packets of t1, whose routes are less specific.
another()
{
	local other=$TMP/a/t1.conf metric

	conf a "Address = 10.11.0.1/32" "Kill = yes" \
		< <(peer b "AllowedIPs = 0.0.0.0/0" "Endpoint = 192.0.2.2:5002")
	q a up "$FILE"
	sed '/^Kill/d; s/10.11.0.1/10.11.0.9/' "$FILE" >"$other"
	chmod 600 "$other"
	same "$(says check "$other")" ""
	q a down "$FILE"
	same "$(says check "$FILE")" ""
	says up "$other" >"$TMP/said"
	grep "the default route .* interface t0,.*naawg-quick up [^ ]*t0.conf" "$TMP/said"
	same "$(wc -l <"$TMP/said")" 1
	refuses at a ping -q -c 1 -W 1 198.51.100.7
	q a down "$other"
	# an endpoint, if nothing but the default route leads there
	sed -i 's,0.0.0.0/0,10.66.0.0/16,' "$other"
	same "$(says check "$other")" ""
	sed -i 's,192.0.2.2,198.51.100.7,' "$other"
	says check "$other" | grep "the endpoint 198.51.100.7 .* interface t0,"
	# no file of this host has the name
	rm "/run/naawg/$(at a stat -L -c %i /proc/self/ns/net)-t0.lock"
	metric=$(says check "$other" | sed -n "s/.*ip route del blackhole 128.0.0.0.1 metric \([0-9]*\)'.*/\1/p")
	ipat a route del blackhole 128.0.0.0/1 metric "$metric"
	same "$(says check "$other")" ""
	sed -i '/^Kill/d' "$FILE"
	q a down "$FILE"
	same "$(blackholes)" 0
}
test_case "a tunnel that the block of another one stops reports which one" another
finish
