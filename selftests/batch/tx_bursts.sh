#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# Packets of one sendmmsg() or one softirq are sent together. They arrive unchanged, none
# is left held, and neither a peer nor a device waits for a sender whose call hangs.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
ping_ok a fd09::2 >>"$TMP/first" 2>&1

UDP=17
SWITCH=/sys/module/naawg/parameters/batch_tx

burst()
{
	timeout 60 $PY "$BATCH_DIR/burst.py" "$@"
}

seen()
{
	grep -q "^out .* $UDP\$" "$TMP/outer"
}

# outside HOST DEV COMMAND...: COUNT and LARGEST of the outer packets it sends
outside()
{
	local host=$1 dev=$2 bytes

	shift 2
	watch "$host" "$dev" "$TMP/outer"
	"$@"
	# The capture may be slower than the sender.
	wait_for 20 seen
	sleep 0.5
	watch_end
	read -r COUNT bytes LARGEST < <(sizes "$TMP/outer" out $UDP)
	echo "outside $COUNT packets, $bytes bytes, the largest $LARGEST"
}

# together ADDRESS: 20 of one size are one outer packet. Each message is 32 bytes longer
# than its packet, which is padded to 16.
together()
{
	outside a va burst send "${NS[a]}" "${NS[b]}" "$1" 0 20x300
	[ "$LARGEST" -gt $((20 * (300 + 32))) ]
	[ "$COUNT" -lt 5 ]
}
test_case "datagrams of one call leave as one, IPv4" together 10.9.0.2
test_case "datagrams of one call leave as one, IPv6" together fd09::2
test_case "datagrams of one call leave as one, IPv6 outside" \
	over_ipv6 together fd09::2

# The same with batch_tx off: the cases above would see this without batches.
apart()
{
	echo 0 >$SWITCH
	outside a va burst send "${NS[a]}" "${NS[b]}" 10.9.0.2 0 20x300
	[ "$COUNT" -ge 20 ]
	[ "$LARGEST" -lt 1000 ]
}
test_case "each datagram leaves alone with batch_tx off" apart
echo 1 >$SWITCH

mixed()
{
	burst send "${NS[a]}" "${NS[b]}" "$1" 0 \
		3x100 500 500 499 1372 2x1372 10x1 0 1 0 700 5x1200 900 \
		4000 3x64 4x65 9000 17 150x40 70x1300
}
test_case "datagrams of many sizes arrive in order, IPv4" lossless mixed 10.9.0.2
test_case "datagrams of many sizes arrive in order, IPv6" lossless mixed fd09::2

# Held packets count against the sender's buffer and must not stop the sender.
cramped()
{
	burst send "${NS[a]}" "${NS[b]}" 10.9.0.2 1 50x1300 50x10
	burst send "${NS[a]}" "${NS[b]}" 10.9.0.2 8192 50x1300 50x10
}
test_case "a small send buffer holds no sender up" lossless cramped

# A softirq answers a large echo, in fragments of the tunnel's MTU.
softirq()
{
	at a ping -q -c 1 -s 9000 "$1"
	outside b vb at a ping -q -c 2 -s 9000 "$1"
	[ "$LARGEST" -gt 8000 ]
}
test_case "packets of one softirq leave as one, IPv4" lossless softirq 10.9.0.2
test_case "packets of one softirq leave as one, IPv6" lossless softirq fd09::2

# No packet is left held: an answer comes at once, not with the next packet.
alone()
{
	at a ping -q -c 3 -i 0.2 -W 5 10.9.0.2
	burst send "${NS[a]}" "${NS[b]}" 10.9.0.2 0 100
}
test_case "a single packet is sent at once" lossless alone

hanging()
{
	background a $PY "$BATCH_DIR/burst.py" hang "${NS[a]}" 10.9.0.2 "$@" \
		>"$TMP/hang" 2>&1
	HANGING=$STARTED
	wait_for 30 grep -q hangs "$TMP/hang"
}
unhang()
{
	kill -9 "$HANGING"
	wait "$HANGING" || true
}

# Packets of other senders do not wait for a call that hangs, and keep their order.
passed()
{
	hanging
	ping_ok a 10.9.0.2
	unhang
}
peer_goes()
{
	hanging
	w a set t0 peer "${PUB[b]}" remove
	unhang
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 \
		allowed-ips 10.9.0.2,fd09::2
	ping_ok a 10.9.0.2
}
device_goes()
{
	hanging
	timeout 60 ip -n "${NS[a]}" link del t0
	unhang
}
# No more than half a MiB waits with it: a packet of 8000 bytes takes up to 17 KiB.
bounded()
{
	local before host

	for host in a b; do
		ipat $host link set v$host mtu 9100
		ipat $host link set t0 mtu 9000
	done
	until_ready b "$TMP/listens" $PY -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.9.0.2", 7002))
print("ready", flush=True)
time.sleep(600)'
	before=$(tx_of a t0)
	hanging 60 8000
	[ $(($(tx_of a t0) - before)) -ge $((20 * 8000)) ]
	unhang
}
if $PY "$BATCH_DIR/burst.py" able; then
	test_case "packets held for one system call take half a MiB at most" bounded
	test_case "other senders pass a call that hangs" passed
	test_case "a peer can be removed while a call hangs" peer_goes
	test_case "the device can be deleted while a call hangs" device_goes
else
	skip "a call that hangs" "this kernel has no userfaultfd"
fi

finish
