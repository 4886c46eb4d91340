#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A GSO packet that UDP would not give to our socket is left alone.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool tc
two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1

send()
{
	at a $PY "$BATCH_DIR/theirs.py" send 10.9.0.2
}
whole()
{
	moved b supers-received 4 send
}
test_case "GSO packets are taken whole before UDP" whole

# Once the cable is in the VRF, only sockets of the VRF get its packets.
in_vrf()
{
	ipat b link add v0 type vrf table 99
	ipat b link set v0 up
	ipat b link set vb master v0
	sysctl_at b net.ipv4.udp_l3mdev_accept=0
	stays b messages-opened stays b supers-received send
	sysctl_at b net.ipv4.udp_l3mdev_accept=1
	moved b messages-opened 80 moved b supers-received 4 send
}
if ip link add name "v$$" type vrf table 99 2>/dev/null; then
	ip link del "v$$"
	test_case "GSO packets from a VRF are taken if UDP accepts them" in_vrf
	sysctl_at b net.ipv4.udp_l3mdev_accept=0
	ipat b link del v0
else
	skip "GSO packets from a VRF are taken if UDP accepts them" "no VRF in this kernel"
fi

# A program gives all packets to the socket of a user who holds no reference to it.
assigned()
{
	: >"$TMP/heard"
	background b timeout 60 $PY "$BATCH_DIR/theirs.py" listen 192.0.2.2 6000 >"$TMP/heard"
	wait_for 20 grep -q ready "$TMP/heard"
	at b tc qdisc add dev vb clsact
	at b tc filter add dev vb ingress bpf da object-pinned "$TMP/bpf/assign"
	stays b supers-received send
	wait "$STARTED"
	at b tc qdisc del dev vb clsact
	same "$(tail -n 1 "$TMP/heard")" 80
}
mkdir "$TMP/bpf"
if mount -t bpf none "$TMP/bpf" 2>/dev/null &&
	$PY "$BATCH_DIR/theirs.py" assign "$TMP/bpf/assign" 192.0.2.2 6000 2>"$TMP/why"; then
	test_case "a GSO packet that a BPF program gave to another socket goes there" assigned
else
	skip "a GSO packet that a BPF program gave to another socket goes there" "no BPF for tc here"
fi
umount "$TMP/bpf" 2>/dev/null

looked_up()
{
	: >"$TMP/program"
	background b timeout 60 $PY "$BATCH_DIR/theirs.py" lookup >"$TMP/program"
	wait_for 20 grep -q ready "$TMP/program"
	stays b messages-opened stays b supers-received send
	kill "$STARTED"
	wait "$STARTED" || true
	wait_for 20 whole
}
test_case "a BPF program that selects sockets is asked" looked_up
finish
