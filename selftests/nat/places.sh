#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forwards in the places of real deployments: on a link in a VRF, and in a container whose
# root has no privileges outside.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"
need_tool unshare setpriv conntrack
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1

gateway d
answers s s tcp 0.0.0.0 80 tcp :: 81

# The inner side is in a VRF, the tunnel's own packets are not.
vrf()
{
	ipat g link add red type vrf table 100
	ipat g link set red up
	ipat g link set t0 master red
	ipat g link set br0 master red
	sysctl_at g net.ipv4.tcp_l3mdev_accept=1
	answers g g tcp 0.0.0.0 22
	ping_ok c 10.100.0.11
	fw add 1080:tcp:10.101.0.2:80 '1081:tcp:[fd00:101::2]:81' 2>"$TMP/said"
	refuses grep -q warning "$TMP/said"
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.1"
	same "$(ask c tcp fd00:100::11 1081 | cut -d' ' -f1,2)" "s fd00:101::1"
	same "$(counter 1080: connections)" 1
	[ "$(counter 1080: rx_bytes)" -gt 0 ]
	[ "$(counter 1080: tx_bytes)" -gt 0 ]
	fw add 1082:tcp:10.250.0.1 2>"$TMP/said"
	grep -q "no route" "$TMP/said"
	fw flush --kill
}

# "from" and "dev" hold in a VRF as well.
vrf_refuses()
{
	same "$(ask d tcp 10.100.0.11 22 | cut -d' ' -f1)" g
	fw add 22:tcp:10.101.0.2:80 from "${PUB[c]}"
	same "$(ask c tcp 10.100.0.11 22 | cut -d' ' -f1)" s
	same "$(ask d tcp 10.100.0.11 22)" refused
	fw replace - <<<'1080:tcp:10.101.0.2:80 dev br0'
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.1"
	fw replace - <<<'1080:tcp:10.101.0.2:80 dev sw0'
	same "$(ask c tcp 10.100.0.11 1080)" unreachable
	fw flush --kill
}

if ip link add probe$$ type vrf table 4000 2>/dev/null; then
	ip link del probe$$
	test_case "forwards work in a VRF" vrf
	test_case "\"from\" and \"dev\" hold in a VRF" vrf_refuses
else
	skip "forwards work in a VRF" "this kernel has none"
	skip "\"from\" and \"dev\" hold in a VRF" "this kernel has none"
fi

# A copy of the tool that every user may run.
install -m 755 "$WG" "$TMP/tool"
install -m 644 "$NAT_DIR/answer.py" "$NAT_DIR/ask.py" "$TMP"
chmod 755 "$TMP"

# Everything is done by nobody, who is root in there: no user with more rights loaded or
# set up anything.
container()
{
	cat >"$TMP/world" <<-'WORLD'
		set -ex
		cd /
		tmp=$1 wg=$1/tool py="/usr/bin/python3 -I -S"
		mount -t tmpfs none /run
		for host in c g s; do
			ip netns add $host
			ip -n $host link set lo up
		done
		ip link add out netns c type veth peer name out netns g
		ip link add in netns g type veth peer name eth0 netns s
		ip -n c addr add 192.0.2.10/24 dev out
		ip -n g addr add 192.0.2.1/24 dev out
		ip -n g addr add 10.101.0.1/24 dev in
		ip -n s addr add 10.101.0.2/24 dev eth0
		ip -n c link set out up
		ip -n g link set out up
		ip -n g link set in up
		ip -n s link set eth0 up
		(umask 077; $wg genkey >/run/c.key; $wg genkey >/run/g.key)
		c=$($wg pubkey </run/c.key)
		g=$($wg pubkey </run/g.key)
		ip -n c link add t0 type naawg
		ip -n g link add t0 type naawg
		ip netns exec g $wg set t0 private-key /run/g.key listen-port 5001 \
			peer $c allowed-ips 10.100.0.10/32
		ip netns exec c $wg set t0 private-key /run/c.key \
			peer $g allowed-ips 10.100.0.0/24 endpoint 192.0.2.1:5001
		ip -n c addr add 10.100.0.10/24 dev t0
		ip -n g addr add 10.100.0.11/24 dev t0
		ip -n c link set t0 up
		ip -n g link set t0 up
		ip netns exec g sysctl -qw net.ipv4.ip_forward=1
		ip netns exec s $py $tmp/answer.py s tcp 0.0.0.0 80 >/run/ready &
		until grep -q ready /run/ready; do sleep 0.1; done
		ip netns exec g $wg forward t0 add 1080:tcp:10.101.0.2:80
		said=$(ip netns exec c $py $tmp/ask.py tcp 10.100.0.11 1080)
		[ "${said% *}" = "s 10.101.0.1" ]
		ip netns exec g $wg forward t0 list | grep -q '# 1 connections'
		ip netns exec g $wg forward t0 flush --kill
		said=$(ip netns exec c $py $tmp/ask.py tcp 10.100.0.11 1080)
		[ "$said" = refused ]
		kill $!
		echo good
	WORLD
	same "$(setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare -Urnm bash "$TMP/world" "$TMP" | tail -n 1)" good
}

# Root of the container has no rights here.
no_container()
{
	refuses at g setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Ur \
		"$TMP/tool" forward t0 add 1080:tcp:10.101.0.2 2>"$TMP/said"
	grep -q "Operation not permitted" "$TMP/said"
	same "$(fw list)" ""
}

test_case "forwards work in a container without privileges" container
test_case "a container cannot set forwards of links outside it" no_container
finish
