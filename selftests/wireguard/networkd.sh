#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# systemd-networkd makes a link of kind wireguard, configures it, and makes it again with other
# settings: with the stock driver and with naawg under its names, what is there is the same. Then
# its link moves from the one to the other and back.

# shellcheck source=selftests/wireguard/space_lib.sh
. "$(dirname "$0")/space_lib.sh"
need_tool dbus-daemon networkctl
[ -x /lib/systemd/systemd-networkd ] || skip_all "no systemd-networkd on this machine"
getent group systemd-network >/dev/null || skip_all "no user of systemd-networkd"

two_hosts
far_end
psk p
w b set t0 peer "${PUB[a]}" preshared-key "$TMP/p.psk"
keys c

# netdev [LINE...]: the file of the link, with more settings
netdev()
{
	file 640 systemd-network /etc/systemd/network/t0.netdev <<-NETDEV
	[NetDev]
	Name=t0
	Kind=wireguard
	MTUBytes=1400
	[WireGuard]
	PrivateKeyFile=/etc/systemd/network/a.key
	ListenPort=5001
	FirewallMark=0x77
	RouteTable=1234
	[WireGuardPeer]
	PublicKey=${PUB[b]}
	PresharedKeyFile=/etc/systemd/network/p.psk
	AllowedIPs=10.9.0.2/32,fd09::2/128
	Endpoint=192.0.2.2:5002
	PersistentKeepalive=20
	$(printf '%s\n' "$@")
	NETDEV
}

# Type=wireguard would need udev, which reads DEVTYPE of the uevent: state() compares that.
network()
{
	file 644 root /etc/systemd/network/t0.network <<-NETWORK
	[Match]
	Kind=wireguard
	[Network]
	Address=10.9.0.1/24
	Address=fd09::1/64
	[Route]
	Destination=10.50.0.0/16
	Scope=link
	[RoutingPolicyRule]
	FirewallMark=0x78
	Table=1234
	NETWORK
}

is_configured()
{
	inside networkctl status t0 | grep -q 'State: routable (configured)'
}

# complaints: what networkd says of the link, without the order
complaints()
{
	echo "== networkd says"
	grep t0 "$TMP/networkd.log" | sed -E 's/^.*(t0)/\1/; s/[0-9]+/N/g' | sort -u
}

start()
{
	space /
	inside rm -rf /etc/systemd/network
	file 640 systemd-network /etc/systemd/network/a.key <"$TMP/a.key"
	file 640 systemd-network /etc/systemd/network/p.psk <"$TMP/p.psk"
	netdev
	network
	bus
	networkd
}

networkd()
{
	daemon networkd.log env SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_COLOR=0 \
		/lib/systemd/systemd-networkd
	expects networkd.log is_configured
}

networkd_ends()
{
	inside pkill -x systemd-network
	wait_for 60 eval '! inside pgrep -x systemd-network'
}

managed()
{
	start
	state "made"
	reached "made"
	netdev '[WireGuardPeer]' "PublicKey=${PUB[c]}" AllowedIPs=10.60.0.0/16 RouteTable=off
	inside networkctl reload
	expects networkd.log is_configured
	state "after a reload with another peer"
	reached "after a reload"
	inside networkctl delete t0
	inside networkctl reload
	expects networkd.log is_configured
	state "made again"
	reached "made again"
	inside networkctl down t0
	state "down"
	inside networkctl up t0
	expects networkd.log is_configured
	reached "up again"
	inside networkctl list t0 | awk '$2 == "t0" { print $2, $3 }'
	networkd_ends
	state "after the end of networkd"
	complaints
	ipat a link del t0
	ipat a rule del fwmark 0x78 table 1234 || true
	space_end
}

both managed

# slow: once a driver is unloaded, networkd does nothing for some time. Then the link and all its
# routes are back, before networkd sees that they were away.
slow()
{
	cat >/usr/local/sbin/rmmod <<-'RMMOD'
		#!/bin/bash
		pkill -STOP -x systemd-network
		(sleep 3; pkill -CONT -x systemd-network) >/dev/null 2>&1 &
		exec /usr/sbin/rmmod "$@"
	RMMOD
	chmod +x /usr/local/sbin/rmmod
	defer rm -f /usr/local/sbin/rmmod
}

has_two_peers()
{
	[ "$(at a wg show t0 peers | wc -l)" = 2 ]
}

belongs()
{
	serve wireguard
	start
	moving networkctl
	move --adopt naawg >"$TMP/said"
	grep 'systemctl restart systemd-networkd' "$TMP/said"
	is_configured
	move --release 'the stock driver'
	is_configured
	slow
	move --adopt naawg
	is_configured
	# networkd keeps the number of the netlink family, which the other driver does not have.
	networkd_ends
	netdev '[WireGuardPeer]' "PublicKey=${PUB[c]}" AllowedIPs=10.60.0.0/16 RouteTable=off
	networkd
	inside networkctl delete t0
	inside networkctl reload
	expects networkd.log has_two_peers
	expects networkd.log is_configured
	same "$(ipat a route show table 1234 dev t0 | wc -l)" 1
	move --release 'the stock driver'
	is_configured
	rm /usr/local/sbin/rmmod
	space_end
}
test_case "a link that moves to naawg and back belongs to systemd-networkd" belongs
finish
