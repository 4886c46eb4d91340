#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What units.sh has done inside the guest, under systemd. $1 tells which boot it
# is. /out is shared with the machine outside.

set -u
exec 2>&1
tool=$PWD/tools
state=/out/state
me=$(tr -d '\n' </proc/1/comm)
rc=0

# told WHAT COMMAND...
told()
{
	local what=$1

	shift
	if "$@"; then
		echo "ok $what" | tee -a /out/said
	else
		echo "not ok $what" | tee -a /out/said
		rc=1
	fi
}

within()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.3
	done
}

shaken()
{
	naawg show wg0 latest-handshakes | cut -f2
}

# The other end, in a namespace of its own; it is not what is tested.
other_end()
{
	ip netns add far
	ip link add near type veth peer name far netns far
	ip addr add 192.0.2.1/24 dev near
	ip link set near up
	ip -n far addr add 192.0.2.2/24 dev far
	ip -n far link set far up
	ip -n far link set lo up
	ip -n far link add wg0 type naawg
	ip netns exec far naawg set wg0 private-key "$state/far.key" listen-port 51820 \
		peer "$(naawg pubkey <"$state/near.key")" allowed-ips 10.9.0.1/32
	ip -n far addr add 10.9.0.2/24 dev wg0
	ip -n far link set wg0 up
}

first()
{
	install -d -m 700 "$state"
	naawg genkey >"$state/near.key"
	naawg genkey >"$state/far.key"
	install -d -m 700 /etc/naawg
	cat >/etc/naawg/wg0.conf <<-CONF
		[Interface]
		PrivateKey = $(cat "$state/near.key")
		Address = 10.9.0.1/24
		[Peer]
		PublicKey = $(naawg pubkey <"$state/far.key")
		AllowedIPs = 10.9.0.2/32
		Endpoint = far.example:51820
		PersistentKeepalive = 5
	CONF
	chmod 600 /etc/naawg/wg0.conf
	told "systemd is the first process" test "$me" = systemd
	told "the units are well-formed" systemd-analyze verify --man=no \
		/usr/local/lib/systemd/system/naawg-quick@.service \
		/usr/local/lib/systemd/system/naawg-endpoints.timer
	told "enable" systemctl enable naawg-quick@wg0
	told "a file others can read fails the unit" refused_by_mode
	cp -a /etc/naawg /etc/systemd/system "$state/"
}

refused_by_mode()
{
	local ok=1

	chmod 644 /etc/naawg/wg0.conf
	! systemctl start naawg-quick@wg0 || ok=0
	chmod 600 /etc/naawg/wg0.conf
	systemctl stop naawg-quick@wg0
	systemctl reset-failed naawg-quick@wg0
	[ $ok = 1 ] && ! ip link show wg0
}

keeps()
{
	local before

	before=$(shaken)
	sed -i 's,^Address.*,Address = 10.9.0.1/24\, 10.8.0.1/24,' /etc/naawg/wg0.conf
	systemctl reload naawg-quick@wg0 || return 1
	ip addr show wg0 | grep -q 10.8.0.1/24 || return 1
	[ "$(shaken)" = "$before" ] && ping -c 1 -W 5 10.9.0.2 >/dev/null
}

second()
{
	# At boot nobody knew the name, and that did not keep the link down.
	told "up again after a boot" within 60 systemctl is-active naawg-quick@wg0
	told "the link has its address" sh -c 'ip addr show wg0 | grep -q 10.9.0.1/24'
	told "no peer has an endpoint yet" sh -c 'naawg show wg0 endpoints | grep -q none'
	other_end
	told "red before the first handshake" sh -c '! naawg check wg0'
	echo "192.0.2.2 far.example" >>/etc/hosts
	told "the timer looks the name up" within 120 naawg check wg0
	told "traffic" ping -c 1 -W 5 10.9.0.2
	told "reload changes addresses and keeps the session" keeps
	told "stop" systemctl stop naawg-quick@wg0
	told "nothing is left" sh -c '! ip link show wg0'
	told "start" systemctl start naawg-quick@wg0
	told "traffic again" within 60 ping -c 1 -W 2 10.9.0.2
	journalctl -b --no-pager -u 'naawg*' >/out/journal.txt
	told "no key in the journal" sh -c "! grep -qFf $state/near.key /out/journal.txt"
}

"$1"
exit $rc
