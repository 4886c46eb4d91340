#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules that change while connections are open, the peers that may use them, the
# interfaces they leave by, a thousand of them, and their events.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"
need_tool conntrack

gateway d
hosts s2
server s2 3
answers s s tcp 0.0.0.0 80 tcp :: 81 udp 0.0.0.0 53
answers s2 s2 tcp 0.0.0.0 80 udp 0.0.0.0 53
answers g g tcp 0.0.0.0 22

# The last forward goes, and the connection stays.
del_keeps()
{
	fw add 1080:tcp:10.101.0.2:80
	hold one c 10.100.0.11 1080
	same "$(say one first)" first
	fw del 1080:tcp
	same "$(fw list)" ""
	same "$(say one second)" second
	same "$(ask c tcp 10.100.0.11 1080)" refused
}
test_case "del keeps the open connection and accepts no new one" del_keeps

replace_keeps()
{
	local before

	fw add 1080:tcp:10.101.0.2:80 1082:tcp:10.101.0.2:80
	hold two c 10.100.0.11 1080
	hold three c 10.100.0.11 1082
	say two first
	say three first
	before=$(counter 1080: connections)
	[ "$before" -ge 1 ]
	fw replace - <<-'RULES'
		# 1080 as it is, 1082 elsewhere
		1080:tcp:10.101.0.2:80
		1082:tcp:10.101.0.3:80
		1083:tcp:10.101.0.3:80
	RULES
	same "$(counter 1080: connections)" "$before"
	same "$(counter 1082: connections)" 0
	same "$(say two second)" second
	same "$(say three second)" second
	[ "$(counter 1080: rx_packets)" -gt 2 ]
	same "$(ask c tcp 10.100.0.11 1082 | cut -d' ' -f1)" s2
	same "$(ask c tcp 10.100.0.11 1083 | cut -d' ' -f1)" s2
	# the old connection does not count for the new forward
	same "$(counter 1082: connections)" 1
}
test_case "replace keeps counters and connections of forwards that stay" replace_keeps

# Nothing of a refused set is in force.
replace_is_whole()
{
	fw list | cut -f1 >"$TMP/before"
	refuses fw replace - <<-'RULES'
		1084:tcp:10.101.0.2:80
		1084:tcp:10.101.0.3:80
	RULES
	fw list | cut -f1 >"$TMP/after"
	cmp "$TMP/before" "$TMP/after"
	same "$(say two third)" third
}
test_case "replace sets all forwards or none" replace_is_whole

del_kills()
{
	fw del --kill 1080:tcp
	[[ $(say two fourth) == @(reset|closed|refused) ]]
	# nobody else's
	same "$(say three third)" third
	at g conntrack -L -p tcp --orig-port-dst 1080 >"$TMP/ct" 2>/dev/null
	refuses grep -q ESTABLISHED "$TMP/ct"
}
test_case "del --kill ends the connections of its forward only" del_kills

flush_kills()
{
	fw flush --kill
	[[ $(say three fourth) == @(reset|closed|refused|timeout) ]]
	same "$(fw list)" ""
	# and from here on it works again
	fw add 1080:tcp:10.101.0.2:80
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1)" s
	fw flush --kill
}
test_case "flush --kill ends the connections of all forwards" flush_kills

# A forward of another link with the same ports and server is a separate one.
kills_own_link()
{
	link_new g t1
	keys g1
	w g set t1 private-key "$TMP/g1.key" listen-port 5011 peer "${PUB[c]}" \
		allowed-ips 10.110.0.10/32
	address g t1 10.110.0.11/24
	ipat g link set t1 up
	link_new c t1
	w c set t1 private-key "$TMP/c.key" peer "${PUB[g1]}" \
		allowed-ips 10.110.0.0/24 endpoint 192.0.2.1:5011
	address c t1 10.110.0.10/24
	ipat c link set t1 up
	fw add 1080:tcp:10.101.0.2:80
	w g forward t1 add 1080:tcp:10.101.0.2:80
	hold by0 c 10.100.0.11 1080
	hold by1 c 10.110.0.11 1080
	same "$(say by1 on)" on
	fw flush --kill
	[[ $(say by0 on) == @(reset|closed|refused|timeout) ]]
	same "$(say by1 still)" still
	w g forward t1 flush --kill
	[[ $(say by1 on) == @(reset|closed|refused|timeout) ]]
	ipat g link del t1
	ipat c link del t1
}
test_case "flush --kill ends no connection of another link" kills_own_link

# Killing the last forward does not end what an earlier one left behind; only
# flush --kill leaves nothing.
kills_only_removed()
{
	fw add 1080:tcp:10.101.0.2:80 1082:tcp:10.101.0.2:80
	hold left c 10.100.0.11 1080
	hold killed c 10.100.0.11 1082
	same "$(say killed on)" on
	fw del 1080:tcp
	fw del --kill 1082:tcp
	[[ $(say killed on) == @(reset|closed|refused|timeout) ]]
	same "$(say left on)" on
	fw flush --kill
	[[ $(say left on) == @(reset|closed|refused|timeout) ]]
}
test_case "flush --kill ends no connection of forwards deleted before" kills_only_removed

# A connection carries data while other forwards are added and removed.
change_under_traffic()
{
	local n rc

	fw add 1080:tcp:10.101.0.2:80
	ask c tcp 10.100.0.11 1080 3000000 >"$TMP/busy" &
	n=$!
	wait_for 30 test -s "$TMP/busy"
	for rc in 1 2 3 4 5 6; do
		seq -f '%.0f:udp:10.101.0.2' 2000 $((2000 + rc * 20)) >"$TMP/set"
		echo 1080:tcp:10.101.0.2:80 >>"$TMP/set"
		fw replace "$TMP/set"
		fw add "$((3000 + rc)):tcp:10.101.0.3"
		fw del "$((3000 + rc)):tcp"
	done
	wait "$n"
	[[ $(cat "$TMP/busy") == "s 10.101.0.1 "+([0-9]) ]]
	[ "$(counter 1080: rx_bytes)" -gt 3000000 ]
	fw flush --kill
}
test_case "rules change around a busy connection" change_under_traffic

from_prefix()
{
	fw add 1080:tcp:10.101.0.2:80 from 10.100.0.10/32
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1)" s
	same "$(ask d tcp 10.100.0.11 1080)" refused
	fw add 1053:udp:10.101.0.2:53 from 10.100.0.8/30
	same "$(ask c udp 10.100.0.11 1053 | cut -d' ' -f1)" s
	same "$(ask d udp 10.100.0.11 1053)" refused
	fw add '1081:tcp:[fd00:101::2]:81 from fd00:100::10/128'
	same "$(ask c tcp fd00:100::11 1081 | cut -d' ' -f1)" s
	same "$(ask d tcp fd00:100::11 1081)" refused
	same "$(counter 1080: connections)" 1
	fw flush --kill
}
test_case "\"from\" a prefix refuses other sources" from_prefix

from_peer()
{
	fw add 1080:tcp:10.101.0.2:80 from "${PUB[d]}"
	same "$(ask d tcp 10.100.0.11 1080 | cut -d' ' -f1)" s
	same "$(ask c tcp 10.100.0.11 1080)" refused
	fw list | grep -q "^1080:tcp:10.101.0.2:80 from ${PUB[d]}	"
	fw flush --kill
}
test_case "\"from\" a peer refuses other peers" from_peer

# A source that is refused must not reach the gateway's own port instead.
from_own_port()
{
	same "$(ask d tcp 10.100.0.11 22 | cut -d' ' -f1)" g
	fw add 22:tcp:10.101.0.2:80 from "${PUB[c]}"
	same "$(ask c tcp 10.100.0.11 22 | cut -d' ' -f1)" s
	same "$(ask d tcp 10.100.0.11 22)" refused
	fw replace - <<<"22:tcp from ${PUB[c]}"
	same "$(ask c tcp 10.100.0.11 22 | cut -d' ' -f1)" g
	same "$(ask d tcp 10.100.0.11 22)" refused
	fw flush --kill
}
test_case "\"from\" keeps other sources from the gateway's own port too" from_own_port

egress()
{
	fw add 1080:tcp:10.101.0.2:80 dev br0
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.1"
	fw replace - <<<'1080:tcp:10.101.0.2:80 dev sw0'
	same "$(ask c tcp 10.100.0.11 1080)" unreachable
	fw replace - <<<'1081:tcp:[fd00:101::2]:81 dev sw0'
	same "$(ask c tcp fd00:100::11 1081)" prohibited
	fw flush --kill
}
test_case "\"dev\" lets packets leave by that interface only" egress

thousand()
{
	local n

	seq -f '%.0f:tcp:10.101.0.2:80' 10001 11000 >"$TMP/all"
	fw replace "$TMP/all"
	fw list | cut -f1 >"$TMP/listed"
	cmp "$TMP/all" "$TMP/listed"
	same "$(ask c tcp 10.100.0.11 10001 | cut -d' ' -f1)" s
	same "$(ask c tcp 10.100.0.11 11000 | cut -d' ' -f1)" s
	same "$(ask c tcp 10.100.0.11 11001)" refused
	hold many c 10.100.0.11 10500
	sed 's/:10.101.0.2:/:10.101.0.3:/; s/^10500.*/10500:tcp:10.101.0.2:80/' \
		"$TMP/all" >"$TMP/other"
	fw replace - <"$TMP/other"
	fw list | cut -f1 | cmp - "$TMP/other"
	same "$(counter 10500: connections)" 1
	same "$(say many word)" word
	same "$(ask c tcp 10.100.0.11 10001 | cut -d' ' -f1)" s2
	# one more, and one less, among a thousand
	fw add 12000:tcp:10.101.0.2:80
	fw del 10007:tcp
	same "$(fw list | wc -l)" 1000
	# with all that a rule can say
	awk -v key="${PUB[c]}" '{ split($0, a, ":"); print a[1] ":udp:[fd00:101::ffff:ffff:ffff:" a[1] % 9999 "]:77 dev somewhere-long1 from " key " no-masquerade" }' \
		"$TMP/all" >"$TMP/long"
	fw replace "$TMP/long"
	same "$(fw list | wc -l)" 1000
	n=$(fw list | cut -f1 | head -n 1)
	same "$n" "$(head -n 1 "$TMP/long")"
	# the output of list is accepted by replace
	fw list >"$TMP/listed"
	fw replace - <"$TMP/listed"
	fw list | cmp - "$TMP/listed"
	seq -f '%.0f:tcp:10.101.0.2:80' 1 4096 >"$TMP/most"
	fw replace "$TMP/most"
	refuses fw add 5000:tcp:10.101.0.2:80
	fw add 1-65535:udp:10.101.0.2 || true
	fw flush --kill
}
test_case "a thousand rules added, listed, replaced" thousand

listens()
{
	grep -q "^ready" "$TMP/events"
}

events()
{
	background g /usr/bin/python3 "$NAT_DIR/events.py" 3 >"$TMP/events"
	wait_for 60 listens
	fw add 1080:tcp:10.101.0.2:80
	fw replace - <<<'1081:tcp:10.101.0.2:81'
	wait_for 60 more_than "$TMP/events" 3
	same "$(sed -n 2p "$TMP/events")" "forward-added-ntf t0 1080"
	same "$(sed -n 3p "$TMP/events")" "forward-removed-ntf t0 1080"
	same "$(sed -n 4p "$TMP/events")" "forward-added-ntf t0 1081"
	fw flush --kill
}
test_case "events tell of adding and removing" events

events_of_many()
{
	background g /usr/bin/python3 "$NAT_DIR/events.py" 1000 >"$TMP/events"
	wait_for 60 listens
	fw replace "$TMP/all"
	wait_for 120 more_than "$TMP/events" 1000
	same "$(tail -n 1 "$TMP/events")" "forward-added-ntf t0 11000"
	fw flush --kill
}
test_case "a thousand changes are all reported" events_of_many

events_privileged()
{
	same "$(at g setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		/usr/bin/python3 "$NAT_DIR/events.py" 1 2>&1 | tail -n 1)" \
		"PermissionError: [Errno 1] Operation not permitted"
	# reading needs no capability
	fw add 1080:tcp:10.101.0.2:80
	at g setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		"$WG" forward t0 list | grep -q ^1080
	refuses at g setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		"$WG" forward t0 add 1081:tcp:10.101.0.2
	fw flush --kill
}
test_case "events need a capability, listing does not" events_privileged
finish
