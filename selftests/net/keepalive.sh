#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Keepalives on the wire: persistent ones at their interval, passive ones when data came
# in and no packet went back, and no others.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

# keepalives FILE SOURCE: empty data messages so far
keepalives()
{
	awk -v from="$2" '$2 == from && $6 == 32 && $7 == 4' "$1" | wc -l
}

# of_type FILE SOURCE TYPE: how many messages of a type so far
of_type()
{
	awk -v from="$2" -v type="$3" '$2 == from && $7 == type' "$1" | wc -l
}

persistent()
{
	local lines=$TMP/persistent start now

	ping_ok a 10.9.0.2
	sniff b vb "$lines"
	start=$SECONDS
	w a set t0 peer "${PUB[b]}" persistent-keepalive 1
	# The first one is due at once.
	wait_for 30 eval '[ "$(keepalives '"$lines"' 192.0.2.1)" -ge 6 ]'
	now=$(keepalives "$lines" 192.0.2.1)
	# One per second and no more, whatever a second is here.
	[ "$now" -le $((SECONDS - start + 2)) ]
	# b has no interval, and a keepalive needs no answer.
	same "$(keepalives "$lines" 192.0.2.2)" 0
	sniff_end
}
test_case "persistent keepalives are sent every second" persistent

# Traffic of its own postpones the keepalive.
put_off()
{
	local lines=$TMP/put_off

	sniff b vb "$lines"
	at a ping -q -c 20 -i 0.2 10.9.0.2
	sniff_end
	[ "$(keepalives "$lines" 192.0.2.1)" -le 1 ]
	[ "$(of_type "$lines" 192.0.2.1 4)" -ge 20 ]
}
test_case "traffic replaces persistent keepalives" put_off

off_again()
{
	local lines=$TMP/off

	w a set t0 peer "${PUB[b]}" persistent-keepalive off
	same "$(w a show t0 persistent-keepalive | cut -f 2)" off
	sniff b vb "$lines"
	sleep 3
	same "$(keepalives "$lines" 192.0.2.1)" 0
	sniff_end
}
test_case "a persistent keepalive that is switched off sends nothing" off_again

# Data goes one way only. After ten seconds a sends a keepalive.
passive()
{
	local lines=$TMP/passive

	ping_ok a 10.9.0.2
	sink a udp 10.9.0.1 6001 "$TMP/passive.sink" 1000
	sniff b vb "$lines"
	source_of b udp 10.9.0.1 6001 500 100
	wait_for 60 eval '[ "$(keepalives '"$lines"' 192.0.2.1)" -ge 1 ]'
	sniff_end
	# No end started a handshake, and no keepalive was answered.
	same "$(of_type "$lines" 192.0.2.2 1)" 0
	same "$(of_type "$lines" 192.0.2.1 1)" 0
	same "$(keepalives "$lines" 192.0.2.1)" 1
	same "$(keepalives "$lines" 192.0.2.2)" 0
	kill "$SINK"
}
test_case "a peer that only receives sends a keepalive after ten seconds" passive

when_up()
{
	local lines=$TMP/when_up

	link_new a t1
	sniff a va "$lines"
	w a set t1 private-key "$TMP/a.key" listen-port 5009 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5999 persistent-keepalive 1
	same "$(tx_of a t1)" 0
	ipat a link set t1 up
	wait_for 20 eval '[ "$(tx_of a t1)" -gt 0 ]'
	sniff_end
	same "$(awk '$3 == 5009 { print $7; exit }' "$lines")" 1
	ipat a link del t1
}
test_case "a link with a persistent keepalive initiates as it goes up" when_up

# The interval is longer than the test waits.
when_keyed()
{
	link_new a t1
	w a set t1 listen-port 5009 peer "${PUB[b]}" endpoint 192.0.2.2:5999 \
		persistent-keepalive 600
	ipat a link set t1 up
	sleep 2
	same "$(tx_of a t1)" 0
	w a set t1 private-key "$TMP/a.key"
	wait_for 20 eval '[ "$(tx_of a t1)" -gt 0 ]'
	ipat a link del t1
}
test_case "a link with a persistent keepalive initiates as it gets its private key" when_keyed

# A session of the old key is no more, so there has to be another one. No data was
# received that a keepalive would answer: this alone would lead to a call.
when_keyed_anew()
{
	local before

	keys c
	w b set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
	w a set t0 peer "${PUB[b]}" persistent-keepalive 600
	before=$(rx_of a t0)
	forget a
	wait_for 20 eval '[ "$(rx_of a t0)" -gt '"$before"' ]'
	w a set t0 private-key "$TMP/c.key"
	wait_for 20 eval '[ "$(handshake_of b t0 "${PUB[c]}")" -gt 0 ]'
	w a set t0 private-key "$TMP/a.key"
	w a set t0 peer "${PUB[b]}" persistent-keepalive off
	w b set t0 peer "${PUB[c]}" remove
	ping_ok a 10.9.0.2
}
test_case "a link with a persistent keepalive initiates as its private key changes" when_keyed_anew

# A peer that the same request removes must not learn of the new key.
not_who_goes()
{
	local lines=$TMP/goes

	link_new a t1
	w a set t1 private-key "$TMP/a.key" listen-port 5009 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5998 persistent-keepalive 600
	ipat a link set t1 up
	wait_for 20 eval '[ "$(tx_of a t1)" -gt 0 ]'
	keys c d
	sniff a va "$lines"
	printf '[Interface]\nPrivateKey = %s\nListenPort = 5009\n[Peer]\nPublicKey = %s\nEndpoint = 192.0.2.2:5999\nPersistentKeepalive = 600\n' \
		"$(cat "$TMP/c.key")" "${PUB[d]}" >"$TMP/goes.conf"
	w a setconf t1 "$TMP/goes.conf"
	wait_for 20 eval '[ "$(tx_of a t1 "${PUB[d]}")" -gt 0 ]'
	sniff_end
	refuses grep -q 5998 "$lines"
	ipat a link del t1
}
test_case "a peer that the same request removes is not called" not_who_goes

# Without a private key no handshake could be started for it.
when_packets_wait()
{
	link_new a t1
	w a set t1 listen-port 5009 peer "${PUB[b]}" endpoint 192.0.2.2:5999 \
		allowed-ips 10.9.1.2/32
	address a t1 10.9.1.1/24
	ipat a link set t1 up
	ping_fails a 10.9.1.2
	same "$(tx_of a t1)" 0
	w a set t1 private-key "$TMP/a.key"
	wait_for 20 eval '[ "$(tx_of a t1)" -gt 0 ]'
	ipat a link del t1
}
test_case "a private key starts a handshake for staged packets" when_packets_wait

when_asked()
{
	link_new a t1
	w a set t1 private-key "$TMP/a.key" listen-port 5009 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5999
	ipat a link set t1 up
	sleep 1
	same "$(tx_of a t1)" 0
	w a set t1 peer "${PUB[b]}" persistent-keepalive 100
	wait_for 20 eval '[ "$(tx_of a t1)" -gt 0 ]'
	ipat a link del t1
}
test_case "a link that is up initiates as it is given the interval" when_asked

finish
