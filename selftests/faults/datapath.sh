#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Memory runs out under packets: every tenth allocation made while the module's code runs
# fails. Packets may get lost. When there is memory again, everything works as before.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
# shellcheck source=selftests/faults/faults_lib.sh
. "$(dirname "$0")/faults_lib.sh"

need_faults
[ -e $debug/failslab/require-start ] ||
	skip_all "this kernel cannot fail for one module only"
defer no_faults
faults_at_will

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
background a "$WG" monitor >"$TMP/told"
wait_for 20 grep -q listening "$TMP/told"

# Packets of all sizes, in both directions and both families; many are lost.
traffic()
{
	local size

	for size in 0 100 1300 4000; do
		at a ping -q -f -c 100 -W 1 -w 20 -s $size 10.9.0.2 || :
		at b ping -q -f -c 100 -W 1 -w 20 -s $size fd09::1 || :
	done
	at a timeout 20 $PY "$NET_DIR/flow.py" source udp 10.9.0.2 7000 200000 1000 || :
}

established()
{
	ping_ok a 10.9.0.2
	faults_in naawg 10
	traffic
	no_faults
	ping_ok a 10.9.0.2
	ping_ok b fd09::1
}
test_case "packets of a session" established

# Handshakes are tried until one succeeds, each with faults of its own.
handshakes()
{
	local i

	for i in 1 2 3 4; do
		forget a b
		faults_in naawg 20
		at a ping -q -c 3 -i 0.2 -W 1 10.9.0.2 || :
		no_faults
	done
	wait_for 60 at a ping -q -c 1 -W 5 10.9.0.2
	# monitor still receives events
	i=$(grep -c "new session" "$TMP/told") || :
	forget a b
	ping_ok a 10.9.0.2
	wait_for 20 eval '[ "$(grep -c "new session" "$TMP/told")" -gt $i ]'
}
test_case "handshakes" handshakes

# TCP has to succeed all the same.
stream()
{
	faults_in naawg 2
	carries a b tcp 10.9.0.2 7001 300000
	no_faults
	carries b a tcp fd09::1 7002 300000
}
test_case "a TCP stream" stream

forwarded()
{
	w a forward t0 add 8080:tcp:192.0.2.2:80
	faults_in naawg 10
	traffic
	at b timeout 5 $PY "$NET_DIR/flow.py" source tcp 10.9.0.1 8080 1000 || :
	no_faults
	ping_ok b 10.9.0.1
	w a forward t0 del 8080:tcp
}
test_case "a forward" forwarded
finish
