#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# NetworkManager imports a file of wg-quick, takes the connection up, changes it, takes it down
# and deletes it: the same with the stock driver and with naawg under its names. Then its link
# moves from the one to the other and back.

# shellcheck source=selftests/wireguard/clients/clients_lib.sh
. "$(dirname "$0")/clients_lib.sh"
version network-manager

two_hosts
far_end
keys c

# nm ARGUMENT...: nmcli, and its status
nm()
{
	echo "== nmcli $*" | sed -E 's/([0-9]{1,3}\.){3}[0-9]+:[0-9]+/ENDPOINT/'
	inside nmcli -w 30 "$@" 2>&1 | sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/;
		s/ActiveConnection\/[0-9]+/ActiveConnection\/N/'
	echo "status ${PIPESTATUS[0]}"
}

runs()
{
	inside nmcli -t -f RUNNING general | grep -qx running
}

# NetworkManager removes a link some time after nmcli has returned.
settled()
{
	wait_for 20 refuses ipat a link show t0 || true
}

start()
{
	file 644 root /etc/NetworkManager/NetworkManager.conf <<-CONF
	[main]
	plugins=keyfile
	no-auto-default=*
	[keyfile]
	unmanaged-devices=except:interface-name:t0
	[logging]
	level=WARN
	CONF
	file 600 root /etc/keys/t0.conf <<-CONF
	[Interface]
	PrivateKey = $(cat "$TMP/a.key")
	ListenPort = 5001
	Address = 10.9.0.1/24, fd09::1/64
	[Peer]
	PublicKey = ${PUB[b]}
	AllowedIPs = 10.9.0.0/24, fd09::/64, 10.50.0.0/16
	Endpoint = 192.0.2.2:5002
	PersistentKeepalive = 20
	CONF
	bus
	daemon nm.log NetworkManager --no-daemon
	expects nm.log runs
}

managed()
{
	begin
	start
	nm connection import type wireguard file /etc/keys/t0.conf
	nm connection up t0
	state "up"
	reached "up"
	nm -f GENERAL.TYPE,GENERAL.STATE,GENERAL.CONNECTION,IP4.ADDRESS,IP4.ROUTE device show t0
	nm connection modify t0 wireguard.mtu 1300 wireguard.fwmark 9 ipv4.routes 10.70.0.0/16
	nm device reapply t0
	state "after reapply"
	nm connection up t0
	state "changed"
	reached "changed"
	nm connection down t0
	settled
	state "down"
	nm connection up t0
	reached "up again"
	nm connection delete t0
	settled
	state "deleted"
	nm -t -f DEVICE,TYPE,STATE device status
	echo "== NetworkManager says"
	sed -E 's/^.*\] *//; s/[0-9]+/N/g' "$TMP/nm.log" | grep t0 | sort -u
	space_end
}

both managed

connection()
{
	inside nmcli -g GENERAL.CON-UUID device show t0
}

belongs()
{
	local id

	serve wireguard
	begin
	start
	moving nmcli
	nm connection import type wireguard file /etc/keys/t0.conf
	nm connection up t0
	id=$(connection)
	move --adopt naawg
	same "$(connection)" "$id"
	nm connection modify t0 wireguard.mtu 1300 ipv4.routes 10.70.0.0/16
	nm connection up t0
	ipat a link show t0 | grep 'mtu 1300'
	move --release 'the stock driver'
	same "$(connection)" "$id"
	nm connection down t0
	settled
	refuses ipat a link show t0
	space_end
}
test_case "a link that moves to naawg and back belongs to NetworkManager" belongs
finish
