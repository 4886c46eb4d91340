#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The whole life of an unprivileged container with naawg, with and without nesting: it
# loads the host's module by asking for a link, configures the link, talks to a peer
# outside, forwards, monitors, gets a link from the host, and ends while traffic flows. In
# the end it gets a link under the stock driver's names. Its init is Debian's systemd.

# shellcheck source=selftests/lxc/lxc_lib.sh
. "$(dirname "$0")/lxc_lib.sh"
need_module wireguard
need_tool wg ncat conntrack

lxc_base
ct_bridge
hosts out svc
plug out eth0 192.0.2.100/24
plug svc eth0 192.0.2.50/24
ct_new flat 0 192.0.2.1/24
ct_new nest 1 192.0.2.2/24
TOOL[out]=/usr/bin/wg
keys out
test_case "a container without nesting starts" ct_start flat
test_case "a container with nesting starts" ct_start nest

booted()
{
	local ct=$1 pid

	wait_for 120 ct_booted "$ct"
	pid=$(ct_pid "$ct")
	same "$(cat "/proc/$pid/comm")" systemd
	same "$(stat -c %u "/proc/$pid")" $FIRST_ID
	same "$(in_ct "$ct" cat /proc/self/uid_map | xargs)" "0 $FIRST_ID 65536"
	for tool in modprobe insmod kmod; do
		in_ct "$ct" sh -c "! command -v $tool"
	done
	if has_apparmor; then
		[[ $(cat "/proc/$pid/attr/current") == "lxc-${ct}_"* ]]
	fi
}
test_case "a container without nesting boots, its root is unprivileged here and cannot load modules" booted flat
test_case "a container with nesting boots, its root is unprivileged here and cannot load modules" booted nest

# The module is not even installed on the host, so the container cannot help itself.
missing()
{
	local said

	wait_for 60 unloaded
	mv "$DRIVER" "$DRIVER.away"
	refuses in_ct flat ip link add wg0 type naawg
	said=$(in_ct flat naawg show wg0 2>&1) && return 1
	echo "$said"
	[[ $said == *"container cannot load it"* ]]
	[[ $said == *"Proxmox host"*"naawg-dkms"*"modprobe naawg"* ]]
	mv "$DRIVER.away" "$DRIVER"
}
test_case "without a module the tool says what to do on the host" missing

autoload()
{
	wait_for 60 unloaded
	[ ! -d /sys/module/naawg ]
	in_ct flat ip link add wg0 type naawg
	[ -d /sys/module/naawg ]
	in_ct nest ip link add wg0 type naawg
	in_ct nest ip -d link show wg0 | grep -w naawg
}
test_case "a link made inside loads the host's module" autoload

# Asking for the family alone loads the module, too.
by_family()
{
	in_ct flat ip link del wg0
	in_ct nest ip link del wg0
	wait_for 60 unloaded
	refuses in_ct nest naawg show wg0
	[ -d /sys/module/naawg ]
	in_ct flat ip link add wg0 type naawg
	in_ct nest ip link add wg0 type naawg
}
test_case "the tool loads the host's module by asking for its family" by_family

# The private key is made inside and stays there.
configured()
{
	local ct=$1 n=$2

	in_ct "$ct" sh -ec "
		umask 077
		mkdir -p /etc/naawg
		{
			echo '[Interface]'
			echo \"PrivateKey = \$(naawg genkey)\"
			echo 'ListenPort = 51820'
			echo 'Forward = 8080:tcp:192.0.2.50:80'
			echo '[Peer]'
			echo 'PublicKey = ${PUB[out]}'
			echo 'AllowedIPs = 10.9.$n.100/32'
		} >/etc/naawg/wg0.conf
		naawg setconf wg0 /etc/naawg/wg0.conf
		ip addr add 10.9.$n.1/24 dev wg0
		ip link set wg0 up
		echo 1 >/proc/sys/net/ipv4/ip_forward
	"
	# Cases are subshells, so a later one finds it in a file.
	in_ct "$ct" naawg show wg0 public-key >"$TMP/$ct.pub"
	link_new out "wg$n" wireguard
	w out set "wg$n" private-key "$TMP/out.key" listen-port "5182$n" \
		peer "$(cat "$TMP/$ct.pub")" endpoint "192.0.2.$n:51820" allowed-ips "10.9.$n.1/32"
	address out "wg$n" "10.9.$n.100/24"
	ipat out link set "wg$n" up
}

talks()
{
	local ct=$1 n=$2

	configured "$ct" "$n"
	ping_ok out "10.9.$n.1"
	in_ct "$ct" ping -q -c 2 -i 0.2 -W 10 "10.9.$n.100"
	in_ct "$ct" naawg show wg0 latest-handshakes | grep -v '	0$'
}
test_case "a container without nesting talks to the stock driver outside" talks flat 1
test_case "a container with nesting talks to the stock driver outside" talks nest 2

answer_web()
{
	background svc ncat -4 -k -l 192.0.2.50 80 \
		-c 'echo "$NCAT_REMOTE_ADDR asked"'
	wait_for 20 eval 'at svc ss -Htln | grep -q :80'
}

forwards()
{
	local ct=$1 n=$2

	# The forward masquerades, so the service sees the container's address.
	same "$(at out timeout 30 ncat --recv-only "10.9.$n.1" 8080)" "192.0.2.$n asked"
	in_ct "$ct" naawg forward wg0 list | grep '^8080:tcp:192.0.2.50:80.*# 1 connections'
	in_ct "$ct" naawg forward wg0 add 8081:tcp:192.0.2.50:80
	same "$(at out timeout 30 ncat --recv-only "10.9.$n.1" 8081)" "192.0.2.$n asked"
	in_ct "$ct" naawg forward wg0 del 8081:tcp
	refuses at out ncat -w 5 --recv-only "10.9.$n.1" 8081
}
answer_web
test_case "forwards of a container without nesting lead to a service" forwards flat 1
test_case "forwards of a container with nesting lead to a service" forwards nest 2

# Every user of the container can read stats; only its root can read keys.
statistics()
{
	local ct=$1 said

	said=$(in_ct "$ct" setpriv --reuid 1000 --clear-groups naawg stats wg0 --json)
	[[ $said == *'"connected": true'* || $said == *'"connected":true'* ]]
	[[ $said != *"$(in_ct "$ct" naawg show wg0 private-key)"* ]]
	refuses in_ct "$ct" setpriv --reuid 1000 --clear-groups naawg show wg0
}
test_case "users of a container can read statistics, its root also keys" statistics flat

monitor()
{
	in_ct flat timeout 100 naawg monitor >"$TMP/heard" 2>&1 &
	BACKGROUND+=($!)
	wait_for 30 grep -q 'listening$' "$TMP/heard"
	in_ct flat naawg forward wg0 add 8082:udp:192.0.2.50
	wait_for 30 grep -q 'wg0: forward added: 8082:udp:192.0.2.50' "$TMP/heard"
	# Events of the other container do not reach this one.
	in_ct nest naawg forward wg0 add 8083:udp:192.0.2.50
	in_ct flat naawg forward wg0 del 8082:udp
	wait_for 30 grep -q 'wg0: forward removed: 8082:udp:192.0.2.50' "$TMP/heard"
	refuses grep 8083 "$TMP/heard"
}
test_case "root of a container hears events of its own links only" monitor

# The link was made on the host, so its socket is the host's; the rest is the container's.
moved()
{
	ip link add ct-moved type naawg
	ip link set ct-moved netns "$(ct_pid flat)" name wg1
	[[ $(in_ct flat ip -d link show wg1) == *link-netnsid* ]]
	in_ct flat sh -ec "
		umask 077
		naawg genkey >/root/wg1.key
		naawg set wg1 private-key /root/wg1.key peer ${PUB[out]} \
			endpoint 192.0.2.100:51823 allowed-ips 10.9.3.100/32
		ip addr add 10.9.3.1/24 dev wg1
		ip link set wg1 up
	"
	refuses in_ct flat naawg set wg1 listen-port 5000
	link_new out wg3 wireguard
	w out set wg3 private-key "$TMP/out.key" listen-port 51823 \
		peer "$(in_ct flat naawg show wg1 public-key)" allowed-ips 10.9.3.1/32
	address out wg3 10.9.3.100/24
	ipat out link set wg3 up
	in_ct flat ping -q -c 2 -i 0.2 -W 10 10.9.3.100
	# Outside, packets have the host's address.
	[[ $(endpoint_of out wg3) == 192.0.2.254:* ]]
}
test_case "a link made on the host works in the container" moved

# flood N: traffic until the container has ended
flood()
{
	background out ping -q -i 0.01 "10.9.$1.1"
	wait_for 20 eval '[ "$(rx_of out wg'"$1"')" -gt 3000 ]'
}

stopped()
{
	flood 1
	timeout 100 lxc-stop -P $LXC -n flat -t 60
	ct_is flat STOPPED
	wait_for 30 eval '! ip link show type veth | grep -q "ct-br.*flat"'
	refuses at out ncat -w 5 --recv-only 10.9.1.1 8080
}
test_case "a container is shut down in the middle of its traffic" stopped

killed()
{
	flood 2
	ct_kill nest
	ct_is nest STOPPED
}
test_case "a container is killed in the middle of its traffic" killed

again()
{
	ct_start nest
	wait_for 60 in_ct nest true
	in_ct nest ip link add wg0 type naawg
	in_ct nest naawg setconf wg0 /etc/naawg/wg0.conf
	in_ct nest ip addr add 10.9.2.1/24 dev wg0
	in_ct nest ip link set wg0 up
	same "$(in_ct nest naawg show wg0 public-key)" "$(cat "$TMP/nest.pub")"
	# The other end notices by itself that the old session is gone.
	wait_for 60 ping_ok out 10.9.2.1
	ct_kill nest
}
test_case "a killed container comes back with the same key" again

# A namespace is removed in the background, and the links with it.
left()
{
	wait_for 60 unloaded
	[ ! -d /sys/module/naawg ]
	wait_for 60 eval '! lsns -nt net -o COMMAND | grep -q systemd'
	refuses grep naawg /proc/slabinfo
}
test_case "nothing of the containers is left, and the module unloads" left

# The file is on the host only. Both ends are naawg's then.
as_wireguard()
{
	rmmod wireguard
	cp "$repo/tools/packaging/naawg-as-wireguard.conf" /etc/modprobe.d/
	ct_start nest
	wait_for 60 in_ct nest true
	in_ct nest ip link add wg0 type wireguard
	[ -d /sys/module/naawg_wireguard ]
	[ ! -d /sys/module/wireguard ]
	configured nest 2
	wait_for 60 ping_ok out 10.9.2.1
	in_ct nest naawg show wg0 latest-handshakes | grep -v '	0$'
	ct_kill nest
	wait_for 60 unloaded
	modprobe -i wireguard
}
defer rm -f /etc/modprobe.d/naawg-as-wireguard.conf
if modinfo -n naawg_wireguard >/dev/null 2>&1; then
	test_case "a container makes a link of kind wireguard, and the host's naawg serves it" \
		as_wireguard
else
	skip "a container makes a link of kind wireguard" "no naawg_wireguard.ko for this kernel"
fi
finish
