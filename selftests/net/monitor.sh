#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg monitor` reports changes of sessions, endpoints and forwards: the cases are the
# links, the users who may see them, and more events than can be kept.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "monitor is naawg's own"

# monitor HOST FILE ARGS...: what it tells, once it listens
monitor()
{
	: >"$2"
	background "$1" "$WG" monitor "${@:3}" >"$2"
	MONITOR=$STARTED
	wait_for 20 grep -q listening "$2"
}

monitor_end()
{
	kill "$MONITOR"
	wait "$MONITOR" || true
}

# told FILE WORDS...: a line has all of them
told()
{
	local line word

	while read -r line; do
		for word in "${@:2}"; do
			[[ $line == *"$word"* ]] || continue 2
		done
		return 0
	done <"$1"
	return 1
}

# fields FILE PROGRAM: of each line's object, what a Python expression of `e` says
fields()
{
	/usr/bin/python3 -I -S -c '
import json, sys
for line in open(sys.argv[1]):
    e = json.loads(line)
    print(eval(sys.argv[2]))
' "$1" "$2"
}

two_hosts
tunnel
# no events but those of the cases
w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001

sessions()
{
	local out=$TMP/sessions other=$TMP/other

	monitor a "$out"
	forget a b
	ping_ok b 10.9.0.1
	wait_for 20 told "$out" "t0: new session" "${PUB[b]} at 192.0.2.2:5002"
	# the peer had no endpoint before
	wait_for 20 told "$out" "t0: new endpoint" "${PUB[b]} at 192.0.2.2:5002"
	# the other role
	monitor b "$other"
	forget a b
	ping_ok a 10.9.0.2
	wait_for 20 told "$other" "t0: new session" "${PUB[a]} at 192.0.2.1:5001"
	refuses told "$other" "new endpoint"
	wait_for 20 eval '[ "$(grep -c "new session" "$out")" = 2 ]'
	[[ $(head -n 1 "$out") == 20??-??-??T??:??:??[+-]????\ listening ]]
}
test_case "new sessions in either role and new endpoints are reported" sessions

roaming()
{
	local out=$TMP/roaming n=$((RANDOM % 1000 + 6000))

	monitor a "$out" --json t0
	w b set t0 listen-port $n
	ping_ok b 10.9.0.1
	wait_for 20 told "$out" "192.0.2.2:$n"
	monitor_end
	same "$(fields "$out" 'e["event"]')" "listening
peer-endpoint"
	same "$(fields "$out" 'e.get("device")')" "None
t0"
	same "$(fields "$out" 'e.get("peer", {}).get("public_key")' | tail -n 1)" "${PUB[b]}"
	w b set t0 listen-port 5002
	ping_ok b 10.9.0.1
}
test_case "a peer that roams is reported" roaming

forwards()
{
	local out=$TMP/forwards

	w a forward t0 add 1080:udp:192.0.2.2 >"$TMP/said" 2>&1 || {
		grep -q "not supported" "$TMP/said"
		return 0
	}
	w a forward t0 flush
	monitor a "$out"
	w a forward t0 add 1080:udp:192.0.2.2 1081:udp:192.0.2.2:81
	w a forward t0 del 1080:udp
	wait_for 20 told "$out" "t0: forward removed: 1080:udp:192.0.2.2" "# 0 connections" "never used"
	told "$out" "t0: forward added: 1080:udp:192.0.2.2"
	told "$out" "t0: forward added: 1081:udp:192.0.2.2:81"
	monitor_end
	monitor a "$out.json" --json
	w a forward t0 flush
	wait_for 20 told "$out.json" "forward-removed"
	same "$(fields "$out.json" 'e.get("forward", {}).get("forward")' | tail -n 1)" \
		"1081:udp:192.0.2.2:81"
	monitor a "$out.changed"
	w a forward t0 add 1080:udp:192.0.2.2
	w a forward t0 replace - <<<'1080:udp:192.0.2.3'
	wait_for 20 told "$out.changed" "t0: forward changed: 1080:udp:192.0.2.3, was 1080:udp:192.0.2.2, by naawg (uid 0)"
	w a forward t0 flush
}
test_case "forwards are reported, with their final counters" forwards

# Each change with who made it; none of a request that changes nothing.
changes()
{
	local out=$TMP/changes key=${PUB[c]}

	monitor a "$out"
	monitor a "$out.json" --json
	w a set t0 peer "$key" allowed-ips 10.9.5.0/24 endpoint 192.0.2.9:99 preshared-key "$TMP/c.psk"
	w a set t0 peer "$key" allowed-ips 10.9.5.0/24 endpoint 192.0.2.9:99 preshared-key "$TMP/c.psk"
	w a set t0 peer "$key" persistent-keepalive 7 allowed-ips 10.9.6.0/24
	w a set t0 peer "$key" remove
	wait_for 20 told "$out" "peer removed: $key"
	wait_for 20 told "$out.json" peer-removed
	same "$(sed 's/^[^ ]* //' "$out")" "listening
t0: peer added: $key at 192.0.2.9:99, allowed IPs 10.9.5.0/24, by naawg (uid 0)
t0: peer changed: $key at 192.0.2.9:99, new persistent keepalive 7 s, new allowed IPs 10.9.6.0/24, by naawg (uid 0)
t0: peer removed: $key at 192.0.2.9:99, by naawg (uid 0)"
	same "$(fields "$out.json" '[e["event"], e.get("uid"), e.get("program")]')" \
		"['listening', None, None]
['peer-added', 0, 'naawg']
['peer-changed', 0, 'naawg']
['peer-removed', 0, 'naawg']"
	same "$(fields "$out.json" 'e.get("peer", {}).get("changes")' | sed -n 3p)" \
		"['persistent-keepalive', 'allowed-ips']"
	same "$(fields "$out.json" 'e.get("peer", {}).get("allowed_ips")' | sed -n 2p)" "['10.9.5.0/24']"
	refuses grep -F -f "$TMP/c.psk" "$out" "$out.json"
}
psk c
keys c
test_case "changes of peers are reported with who made them" changes

keys_and_links()
{
	local out=$TMP/links

	link_new a t9
	monitor a "$out" t9
	w a set t9 private-key "$TMP/a.key"
	w a set t9 private-key "$TMP/c.key"
	ipat a link set t9 up
	w a set t9 private-key /dev/null
	ipat a link del t9
	wait_for 20 told "$out" "link down"
	same "$(sed 's/^[^ ]* //' "$out")" "listening
t9: private key changed: public key ${PUB[a]}, was none, by naawg (uid 0)
t9: private key changed: public key ${PUB[c]}, was ${PUB[a]}, by naawg (uid 0)
t9: link up, by ip (uid 0)
t9: private key changed: public key none, was ${PUB[c]}, by naawg (uid 0)
t9: link down, by ip (uid 0)"
}
test_case "new private keys, and links that go up and down, are reported" keys_and_links

# A program chooses its own name, which must not reach the terminal as it is.
named_badly()
{
	local out=$TMP/named

	monitor a "$out"
	cp "$WG" "$TMP/$(printf 'a\033[2Jb')"
	at a "$TMP/$(printf 'a\033[2Jb')" set t0 peer "${PUB[c]}"
	w a set t0 peer "${PUB[c]}" remove
	wait_for 20 told "$out" "peer removed"
	told "$out" "peer added" "by a?[2Jb (uid 0)"
}
test_case "control characters in the name of a program are not printed" named_badly

# Events of links in its own namespace, and only of the link that was asked for.
elsewhere()
{
	local one=$TMP/one all=$TMP/all

	link_new a t9
	monitor a "$one" t9
	monitor a "$all" all
	forget a b
	ping_ok b 10.9.0.1
	wait_for 20 told "$all" "new session" "${PUB[b]}"
	same "$(grep -vc listening "$one")" 0
	refuses told "$all" "${PUB[a]}"
	ipat a link del t9
}
test_case "events of other links are not reported" elsewhere

# A link may come later, and go.
link_to_come()
{
	local out=$TMP/later

	monitor a "$out" t8
	link_new a t8
	w a set t8 private-key "$TMP/a.key" listen-port 5008 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5009 allowed-ips 10.9.8.2/32
	link_new b t8
	w b set t8 private-key "$TMP/b.key" listen-port 5009 peer "${PUB[a]}" \
		endpoint 192.0.2.1:5008 allowed-ips 10.9.8.1/32 persistent-keepalive 1
	ipat a link set t8 up
	ipat b link set t8 up
	wait_for 20 told "$out" "t8: new session" "${PUB[b]}"
	ipat a link del t8
	ipat b link del t8
	kill -0 "$MONITOR"
}
test_case "monitor waits for a link that does not exist yet" link_to_come

refused()
{
	refuses w a monitor va 2>"$TMP/said"
	grep -q "is of kind .veth., not naawg" "$TMP/said"
	refuses w a monitor t0 t1 2>"$TMP/said"
	grep -q "^Usage: " "$TMP/said"
	refuses at a setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		"$WG" monitor 2>"$TMP/said"
	grep -q "needs CAP_NET_ADMIN" "$TMP/said"
}
test_case "refused requests are reported with their reason" refused

# overrun: monitor is stopped until the kernel has no room for more events
overrun()
{
	local i

	kill -STOP "$MONITOR"
	for ((i = 0; i < 10; i++)); do
		w a forward t0 flush
		w a forward t0 replace "$TMP/many" 2>/dev/null
	done
}

too_much()
{
	local out=$TMP/missed

	seq -f '%.0f:udp:192.0.2.2 dev somewhere-long1' 10000 11999 >"$TMP/many"
	w a forward t0 replace "$TMP/many" >"$TMP/said" 2>&1 || {
		grep -q "not supported" "$TMP/said"
		return 0
	}
	monitor a "$out" --json
	overrun
	kill -CONT "$MONITOR"
	wait_for 60 told "$out" '"missed"'
	# later events are reported
	w a forward t0 replace - <<<'12500:udp:192.0.2.2'
	wait_for 60 told "$out" forward-added 12500:udp
	monitor_end
	# no event is reported between the two
	same "$(fields "$out" 'e["event"]' | sed -n '/missed/,$p' | uniq | head -n 2)" "missed
forward-removed"
	w a forward t0 flush
}
test_case "monitor reports lost events and goes on" too_much

# When its reader is gone, monitor ends with the next event.
reader_goes()
{
	at a "$WG" monitor | head -n 1 >"$TMP/head" &
	wait_for 20 grep -q listening "$TMP/head"
	forget a b
	ping_ok b 10.9.0.1
	wait $!
}
test_case "monitor ends when its reader does" reader_goes

# Monitor reports events until the link is gone, and does not block its removal.
link_goes()
{
	local out=$TMP/goes flood

	monitor a "$out"
	forget a b
	background b ping -q -i 0.01 -w 60 10.9.0.1 >"$TMP/flood"
	flood=$STARTED
	wait_for 20 told "$out" "new session"
	ipat a link del t0
	kill -0 "$MONITOR"
	kill "$flood"
	wait "$flood" || true
}
test_case "a link that is deleted meanwhile is reported" link_goes
if [ -n "${NAAWG_VM:-}" ]; then

# The module is loaded again, and its netlink numbers have changed.
module_goes()
{
	local out=$TMP/upgrade

	monitor a "$out" t7
	wait_for 60 rmmod naawg
	modprobe naawg
	wait_for 20 eval '[ "$(grep -c listening "$out")" = 2 ]'
	kill -0 "$MONITOR"
	link_new a t7
	w a forward t7 add 1080:udp:192.0.2.2 >"$TMP/said" 2>&1 || {
		grep -q "not supported" "$TMP/said"
		return 0
	}
	wait_for 20 told "$out" "t7: forward added"
	ipat a link del t7
}
	test_case "monitor survives that the module is unloaded and loaded again" module_goes

# The event of the unload may be lost as well.
module_goes_unheard()
{
	local out=$TMP/unheard

	[ -s "$TMP/many" ] || return 0
	link_new a t0
	monitor a "$out" t0
	w a forward t0 replace "$TMP/many" 2>"$TMP/said" || return 0
	overrun
	wait_for 60 rmmod naawg
	modprobe naawg
	link_new a t0
	kill -CONT "$MONITOR"
	wait_for 60 told "$out" "events were missed"
	same "$(grep -c listening "$out")" 1
	w a forward t0 add 12500:udp:192.0.2.2
	wait_for 60 told "$out" "forward added: 12500:udp"
}
	test_case "monitor survives the same while no event arrives" module_goes_unheard
else
	skip "monitor survives that the module is unloaded and loaded again" "it may be somebody's"
fi
finish
