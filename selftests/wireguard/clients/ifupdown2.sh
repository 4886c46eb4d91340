#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# ifupdown2, as on Proxmox VE: ifup, ifquery, ifreload and ifdown of an interface whose pre-up
# lines make the link and call wg. The file has the form that Proxmox VE's SDN writes to
# interfaces.d. Then the link moves from the stock driver to naawg and back.

# shellcheck source=selftests/wireguard/clients/clients_lib.sh
. "$(dirname "$0")/clients_lib.sh"
version ifupdown2

two_hosts
far_end
keys c

# interfaces [LINE...]: the file, with more lines of t0
interfaces()
{
	file 644 root /etc/network/interfaces <<-'FILE'
	auto lo
	iface lo inet loopback
	source /etc/network/interfaces.d/*
	FILE
	file 644 root /etc/network/interfaces.d/sdn <<-FILE
	auto t0
	iface t0 inet static
	    address 10.9.0.1/24
	    address fd09::1/64
	    pre-up ip link show t0 >/dev/null 2>&1 || ip link add t0 type wireguard
	    pre-up wg setconf t0 /etc/keys/t0.conf
	    post-down ip link del t0
	$(printf '    %s\n' "$@")
	FILE
}

conf()
{
	file 600 root /etc/keys/t0.conf <<-CONF
	[Interface]
	PrivateKey = $(cat "$TMP/a.key")
	ListenPort = 5001
	[Peer]
	PublicKey = ${PUB[b]}
	AllowedIPs = 10.9.0.2/32, fd09::2/128
	Endpoint = 192.0.2.2:5002
	$(printf '%s\n' "$@")
	CONF
}

# tool COMMAND...: its output and its status
tool()
{
	local status=0

	echo "== $*"
	inside "$@" 2>&1 || status=$?
	echo "status $status"
}

managed()
{
	begin
	inside mkdir -p /run/network /etc/network/interfaces.d
	interfaces
	conf
	tool ifup t0
	state "up"
	reached "up"
	tool ifquery -c t0
	tool ifquery -r t0
	interfaces "mtu 1300" "up ip route add 10.50.0.0/16 dev t0"
	conf '[Peer]' "PublicKey = ${PUB[c]}" "AllowedIPs = 10.60.0.0/16"
	tool ifreload -a
	state "after ifreload"
	reached "after ifreload"
	tool ifquery -c t0
	tool ifdown t0
	state "down"
	space_end
}

both managed

belongs()
{
	serve wireguard
	begin
	inside mkdir -p /run/network /etc/network/interfaces.d
	interfaces
	conf
	inside ifup t0
	moving
	move --adopt naawg
	inside ifquery -c t0
	interfaces "up ip route add 10.50.0.0/16 dev t0"
	conf '[Peer]' "PublicKey = ${PUB[c]}" "AllowedIPs = 10.60.0.0/16"
	inside ifreload -a
	same "$(w a show t0 peers | wc -l)" 2
	move --release 'the stock driver'
	inside ifquery -c t0
	ipat a route show 10.50.0.0/16 | grep t0
	inside ifdown t0
	refuses ipat a link show t0
	space_end
}
test_case "a link that moves to naawg and back belongs to ifupdown2" belongs
finish
