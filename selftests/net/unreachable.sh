#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer leaves two initiations in a row unanswered: packets for it are dropped unless a
# session lives. Their senders get an ICMP error if the link is set to that. The first answer
# ends it.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "the stock driver keeps such packets"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# tunnel_without_answers: t1 of a and b over IPv6. b has heard all it asked for when
# the cable is cut, so only a calls.
tunnel_without_answers()
{
	link_new a t1
	link_new b t1
	w a set t1 private-key "$TMP/a.key" listen-port 5003 \
		peer "${PUB[b]}" allowed-ips 10.8.0.2/32
	w b set t1 private-key "$TMP/b.key" listen-port 5004 \
		peer "${PUB[a]}" allowed-ips 10.8.0.1/32 endpoint '[2001:db8::1]:5003'
	address a t1 10.8.0.1/24
	address b t1 10.8.0.2/24
	ipat a link set t1 up
	ipat b link set t1 up
	ping_ok b 10.8.0.1
	ipat a neigh replace 2001:db8::2 lladdr 02:00:00:00:00:99 dev va
	ipat b neigh replace 2001:db8::1 lladdr 02:00:00:00:00:99 dev vb
}
tunnel_without_answers >/dev/null

# says FILE EXPRESSION: what a Python expression of the link's JSON object `d` says
says()
{
	$PY -c '
import json, sys
d = json.load(open(sys.argv[1]))["devices"][0]
print(eval(sys.argv[2]))
' "$1" "$2"
}

# stats EXPRESSION: of a's statistics
stats()
{
	w a stats t0 --json >"$TMP/stats"
	says "$TMP/stats" "$1"
}

# is_unreachable True|False
is_unreachable()
{
	same "$(stats 'd["peers"][0]["unreachable"]')" "$1"
}

# The errors that UDP sockets with such packets under way are told, and what
# connect() says. IP_RECVERR is 11, IPV6_RECVERR 25.
cat >"$TMP/told.py" <<'PY'
import errno, socket, sys
what, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
family = socket.AF_INET6 if ":" in host else socket.AF_INET
try:
    if what == "connect":
        s = socket.socket(family, socket.SOCK_STREAM)
        s.settimeout(60)
        s.connect((host, port))
    else:
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.settimeout(60)
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, 25, 1)
        else:
            s.setsockopt(socket.IPPROTO_IP, 11, 1)
        s.connect((host, port))
        s.send(b"x")
        print("sent", flush=True)
        if what == "wait":
            s.recv(1)
    print("no error")
except OSError as e:
    print(errno.errorcode.get(e.errno, e))
PY

told()
{
	at a $PY "$TMP/told.py" "$@"
}

# Two initiations, five seconds each. The senders of staged packets get an error then.
lost()
{
	local dropped address waiting=()

	ping_ok a 10.9.0.2
	is_unreachable False
	same "$(stats 'd["peers"][0]["connected"], d["answer_unreachable"]')" "(True, False)"
	w a set t0 answer-unreachable on
	same "$(stats 'd["answer_unreachable"]')" True
	ipat b link set t0 down
	forget a
	dropped=$(reason_of a t0 peer-unreachable)
	for address in 10.9.0.2 fd09::2; do
		background a $PY "$TMP/told.py" wait $address 9 >"$TMP/waiting.$address"
		waiting+=("$STARTED")
		wait_for 20 grep -q sent "$TMP/waiting.$address"
	done
	is_unreachable False
	wait "${waiting[@]}"
	for address in 10.9.0.2 fd09::2; do
		same "$(tail -n 1 "$TMP/waiting.$address")" EHOSTUNREACH
	done
	is_unreachable True
	expect_reason a t0 peer-unreachable "$dropped" 2
	[ "$(reason_of a t0 unanswered)" -ge 1 ]
}
test_case "after two unanswered calls the senders of staged packets get an ICMP error" lost

answered()
{
	local dropped address

	dropped=$(reason_of a t0 peer-unreachable)
	for address in 10.9.0.2 fd09::2; do
		same "$(told send $address 9)" EHOSTUNREACH
		same "$(told connect $address 9)" EHOSTUNREACH
		refuses at a ping -n -c 1 -W 5 $address >"$TMP/ping" 2>&1
		grep -qi "unreachable\|no route to host" "$TMP/ping"
	done
	expect_reason a t0 peer-unreachable "$dropped" 6
	w a show t0 --json >"$TMP/show"
	same "$(says "$TMP/show" 'd["peers"][0]["unreachable"], d["answer_unreachable"]')" \
		"(True, True)"
	w a showconf t0 | grep -qx "AnswerUnreachable = yes"
}
test_case "later senders get an ICMP error at once, IPv4 and IPv6" answered

silent()
{
	local dropped

	w a set t0 answer-unreachable off
	w a showconf t0 >"$TMP/conf"
	refuses grep Answer "$TMP/conf"
	dropped=$(reason_of a t0 peer-unreachable)
	same "$(told send 10.9.0.2 9 | tail -n 1)" "no error"
	ping_fails a 10.9.0.2
	expect_reason a t0 peer-unreachable "$dropped" 2
	w a check t0 >"$TMP/said" && false
	grep -q "does not answer\|no handshake" "$TMP/said"
	is_unreachable True
}
test_case "a link that may not send ICMP errors drops and counts the packets" silent

# The peer itself initiates, and no packet is sent here.
calls_itself()
{
	ipat b link set t0 up
	w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001
	at b ping -q -c 1 -W 5 10.9.0.1 || ping_ok b 10.9.0.1
	is_unreachable False
}
test_case "an initiation of the peer ends it" calls_itself

# is_unreachable_t1 True|False
is_unreachable_t1()
{
	w a stats t1 --json >"$TMP/stats"
	same "$(says "$TMP/stats" 'd["peers"][0]["unreachable"]')" "$1"
}

# So many packets in one GSO packet are delivered before all of them are opened.
# The first ones are answered: nothing listens to their port. UDP_SEGMENT is 103.
cat >"$TMP/many.py" <<'PY'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, 103, 200)
s.sendto(bytes(32 * 200), ("10.8.0.1", 9))
PY

# t1 has a session, so a data packet ends it, not a handshake.
replies()
{
	local dropped

	wait_for 60 is_unreachable_t1 True
	dropped=$(reason_of a t1 peer-unreachable)
	ipat b neigh replace 2001:db8::1 dev vb \
		lladdr "$(at a cat /sys/class/net/va/address)"
	at b $PY "$TMP/many.py"
	wait_for 20 is_unreachable_t1 False
	same "$(reason_of a t1 peer-unreachable)" "$dropped"
}
test_case "replies to the first authentic packets end it and are sent" replies

# No packet is sent: a persistent keepalive starts the handshake.
kept_alive()
{
	ipat b link set t0 down
	forget a
	w b set t0 peer "${PUB[a]}" remove
	w b set t0 peer "${PUB[a]}" allowed-ips 10.9.0.1/32,fd09::1/128
	w a set t0 peer "${PUB[b]}" persistent-keepalive 1
	wait_for 60 is_unreachable True
	# another endpoint clears it, the same one does not, nor does the same
	# preshared key: none
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 preshared-key /dev/null
	is_unreachable True
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5012
	is_unreachable False
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ipat b link set t0 up
	w a check t0 --wait 60
	is_unreachable False
	w a set t0 peer "${PUB[b]}" persistent-keepalive off
}
test_case "an answer to a persistent keepalive, which check waits for, and another endpoint end it" kept_alive

# A packet starts the handshake.
comes_back()
{
	ipat b link set t0 down
	forget a
	ping_fails a 10.9.0.2
	wait_for 60 is_unreachable True
	ipat b link set t0 up
	wait_for 60 at a ping -q -c 1 -W 1 10.9.0.2
	is_unreachable False
	same "$(stats 'd["peers"][0]["connected"]')" True
	w a check t0
	ping_ok a fd09::2
}
test_case "an answer to a call that a packet caused ends it" comes_back

# cable ADDRESS-OF-B ADDRESS-OF-A: where the packets of t0 go
cable()
{
	ipat a neigh replace 192.0.2.2 lladdr "$1" dev va
	ipat b neigh replace 192.0.2.1 lladdr "$2" dev vb
}

# cut_with_session: the cable of t0 is cut while both ends have a session
cut_with_session()
{
	ping_ok a 10.9.0.2
	cable 02:00:00:00:00:99 02:00:00:00:00:99
	told send 10.9.0.2 9
	wait_for 60 is_unreachable True
}

# Only the packet itself can have shown that the peer is back: the next initiation is not
# due yet.
tries()
{
	local whole

	whole=("$(at b cat /sys/class/net/vb/address)" "$(at a cat /sys/class/net/va/address)")
	cut_with_session
	cable "${whole[@]}"
	at a ping -n -q -c 1 -W 3 10.9.0.2
	is_unreachable False
	w a set t0 answer-unreachable on
	cut_with_session
	same "$(told wait 10.9.0.2 9 | tail -n 1)" EHOSTUNREACH
	same "$(told connect 10.9.0.2 9)" EHOSTUNREACH
	cable "${whole[@]}"
	wait_for 3 at a ping -n -q -c 1 -W 1 10.9.0.2
	is_unreachable False
	w a set t0 answer-unreachable off
}
test_case "while a session lives, a packet finds a peer that is back" tries

# says_why: the initiation refused here comes before the unanswered ones
says_why()
{
	w a check t0 >"$TMP/said" && return 1
	grep -q "handshakes failed here since the interface was made: bad-mac1 ([0-9]*); newest reason: unanswered" "$TMP/said"
}

# Our own key changes, and the peer does not know it.
other_key()
{
	w a check t0
	keys c
	w a set t0 private-key "$TMP/c.key"
	same "$(stats 'd["peers"][0]["connected"]')" False
	w a check t0 >"$TMP/said" && false
	grep -q "there is no session" "$TMP/said"
	ping_fails a 10.9.0.2
	wait_for 20 eval '[ "$(reason_of b t0 unknown-peer)" -ge 1 ]'
	w a check t0 --wait 1 >"$TMP/said" && false
	w b check t0 >"$TMP/said" || :
	# the other end reports it best
	ipat b link set t0 down
	ipat b link set t0 up
	ping_fails b 10.9.0.1
	w b check t0 >"$TMP/said" && false
	grep -q "handshakes failed here since the interface was made: unknown-peer ([0-9]*)" "$TMP/said"
	wait_for 20 eval '[ "$(reason_of a t0 bad-mac1)" -ge 1 ]'
	wait_for 20 says_why
	w a set t0 private-key "$TMP/a.key"
	wait_for 60 at a ping -q -c 1 -W 1 10.9.0.2
	w a check t0
}
test_case "a session under our previous key counts no more, and check says why" other_key

refused()
{
	refuses w a set t0 answer-unreachable perhaps 2>"$TMP/said"
	grep -q "neither yes/on nor no/off" "$TMP/said"
	printf '[Interface]\nAnswerUnreachable = maybe\n' >"$TMP/conf"
	refuses w a addconf t0 "$TMP/conf" 2>"$TMP/said"
	grep -q "conf:2:" "$TMP/said"
	printf '[Interface]\nAnswerUnreachable = yes\n' >"$TMP/conf"
	w a addconf t0 "$TMP/conf"
	same "$(stats 'd["answer_unreachable"]')" True
	# setconf resets all settings that the file does not name
	w a showconf t0 | grep -v Answer >"$TMP/conf"
	w a setconf t0 "$TMP/conf"
	same "$(stats 'd["answer_unreachable"]')" False
}
test_case "the setting can stand in a file, and unknown words are refused" refused

finish
