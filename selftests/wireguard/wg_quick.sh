#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# wg-quick of wireguard-tools: up, down, save, strip and syncconf of two files. Its commands and
# all that it leaves are the same with the stock driver and with naawg under its names.
#
#	+- namespace a ------------------+      +- namespace b -------------------+
#	|  wg-quick: t0, kind wireguard  |======|  t0 10.9.0.2, kind naawg        |
#	+--------------------------------+      +---------------------------------+

# shellcheck source=selftests/wireguard/space_lib.sh
. "$(dirname "$0")/space_lib.sh"
need_tool wg-quick

two_hosts
far_end
keys c
mkdir -m 700 "$TMP/conf"

# conf ALLOWED_IPS [LINE...]: the file of t0, with more lines of [Interface]
conf()
{
	(umask 077; cat >"$TMP/conf/t0.conf") <<-CONF
	[Interface]
	PrivateKey = $(cat "$TMP/a.key")
	ListenPort = 5001
	Address = 10.9.0.1/24, fd09::1/64
	$(printf '%s\n' "${@:2}")

	[Peer]
	PublicKey = ${PUB[b]}
	AllowedIPs = $1
	Endpoint = 192.0.2.2:5002
	PersistentKeepalive = 20
	CONF
}

# quick ARGUMENT...: what it prints, without the directory
quick()
{
	echo "== wg-quick $1: "
	at a wg-quick "$@" 2>&1 | sed -e "s,$TMP,,g" | private
	echo "status ${PIPESTATUS[0]}"
}

one_network()
{
	conf 10.9.0.0/24,fd09::/64,10.50.0.0/16 "MTU = 1400" "PostUp = echo up %i" \
		"PostDown = echo down %i" "SaveConfig = true"
	quick up "$TMP/conf/t0.conf"
	quick up "$TMP/conf/t0.conf"
	state "up"
	reached "up"
	at a wg set t0 peer "${PUB[c]}" allowed-ips 10.60.0.0/16
	quick save "$TMP/conf/t0.conf"
	private <"$TMP/conf/t0.conf"
	quick down "$TMP/conf/t0.conf"
	state "down"
	quick down "$TMP/conf/t0.conf"
}

all_networks()
{
	conf 0.0.0.0/0,::/0
	quick up "$TMP/conf/t0.conf"
	state "up for all networks"
	at a ip route show table 51820
	reached "up for all networks"
	quick strip "$TMP/conf/t0.conf"
	conf 10.9.0.0/24 "FwMark = 9"
	at a bash -c 'wg syncconf t0 <(wg-quick strip "$1")' - "$TMP/conf/t0.conf"
	state "synchronized"
	reached "synchronized"
	quick down "$TMP/conf/t0.conf"
	state "down"
	forget_rules
}

# syncconf took the mark away, by which wg-quick finds the rules it made.
forget_rules()
{
	local family

	for family in -4 -6; do
		while ipat a "$family" rule del table 51820; do :; done
		while ipat a "$family" rule del table main suppress_prefixlength 0; do :; done
	done 2>/dev/null
}

files()
{
	one_network
	all_networks
}

both files
finish
