#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# A default route through the tunnel, without leaks; both ends on one host; a
# server and a client made by client-config.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

# b is the internet: its tunnel end is a hop away, and so is all the rest.
internet()
{
	ipat b addr add 203.0.113.2/32 dev lo
	ipat b addr add 198.51.100.1/32 dev lo
	ipat b addr add 2001:db8:99::1/128 dev lo
	ipat a route add default via 192.0.2.2
	ipat a route add default via 2001:db8::2
	conf b "ListenPort = 5002" "Address = 10.9.0.2/24, fd09::2/64" \
		< <(peer a "AllowedIPs = 10.9.0.1/32, fd09::1/128")
	conf a "ListenPort = 5001" "Address = 10.9.0.1/24, fd09::1/64" \
		< <(peer b "AllowedIPs = 0.0.0.0/0, ::/0" "Endpoint = 203.0.113.2:5002")
	all_of a >"$TMP/before"
	q b up "$TMP/b/t0.conf"
	# the reverse path filter: a packet comes in where its answer would go out
	sysctl_at a net.ipv4.conf.{all,va}.rp_filter=1
}

internet

everything()
{
	q a up "$TMP/a/t0.conf"
	for to in 198.51.100.1 2001:db8:99::1 203.0.113.2; do
		ipat a route get "$to" | grep -q "dev t0"
	done
	ipat a route get 198.51.100.1 mark 51820 | grep -q "dev va"
	ipat a route get 192.0.2.2 | grep -q "dev va"
	same "$(w a show t0 fwmark)" 0xca6c
	wait_for 30 ping_ok a 198.51.100.1
	ping_ok a 2001:db8:99::1
	ping_ok a 192.0.2.2
	[ "$(stat_of a t0 tx_packets)" -ge 2 ]
	same "$(at a sysctl -n net.ipv4.conf.all.src_valid_mark)" 1
}
test_case "all packets but the tunnel's own go through the tunnel" everything

echos()
{
	at b awk '/^Icmp: [0-9]/ { print $9 }' /proc/net/snmp
}

no_leak()
{
	local before

	# the other end does not answer any more
	ipat b link set t0 down
	before=$(echos)
	ping_fails a 198.51.100.1
	refuses at a ping -q -c 1 -W 1 2001:db8:99::1
	same "$(echos)" "$before"
	ipat b link set t0 up
	wait_for 60 ping_ok a 198.51.100.1
	# the tunnel's address is reached through the tunnel only
	ipat b route add 10.9.0.1/32 via 192.0.2.1 dev vb table 99
	ipat b rule add to 10.9.0.1 table 99 priority 1
	ping_fails b 10.9.0.1
	at a nft delete table inet naawg_t0
	sysctl_at a net.ipv4.conf.{all,va,t0}.rp_filter=0
	ping_ok b 10.9.0.1	# or this test could not fail
	ipat b rule del priority 1
	sysctl_at a net.ipv4.conf.{all,va}.rp_filter=1
}
test_case "nothing leaks when the other end is gone, nor in from a cable" no_leak

reloads()
{
	local shaken

	shaken=$(handshake_of a t0)
	same "$(q a reload "$TMP/a/t0.conf" | tail -n 1)" unchanged
	at a nft list table inet naawg_t0
	sed -i 's/, ::\/0//' "$TMP/a/t0.conf"
	same "$(q a reload "$TMP/a/t0.conf" | tail -n 1)" changed
	ipat a route get 198.51.100.1 | grep -q "dev t0"
	ipat a route get 2001:db8:99::1 | grep -q "dev va"
	same "$(handshake_of a t0)" "$shaken"
	ping_ok a 198.51.100.1
}
test_case "a reload changes a default route" reloads

second()
{
	conf c "Address = 10.7.0.1/24" < <(peer c "AllowedIPs = 0.0.0.0/0")
	sed -i "s|^PrivateKey.*|PrivateKey = $(cat "$TMP/a.key")|" "$TMP/c/t0.conf"
	mv "$TMP/c/t0.conf" "$TMP/c/t1.conf"
	q a up "$TMP/c/t1.conf"
	same "$(w a show t1 fwmark)" 0xca6d
	q a down "$TMP/c/t1.conf"
	# the rule that both use is still there
	same "$(ipat a rule | grep -c suppress_prefixlength)" 1
	ipat a route get 198.51.100.1 | grep -q "dev t0"
}
test_case "two tunnels on one host can have default routes" second

gone()
{
	q a down "$TMP/a/t0.conf"
	q b down "$TMP/b/t0.conf"
	all_of a >"$TMP/after"
	diff "$TMP/before" "$TMP/after"
}
test_case "down restores the state before up" gone

# Two tunnels of one host that are each other's peers.
localhost()
{
	hosts h
	own_etc h
	mkdir -p "$TMP/h"
	(umask 077
	printf '%s\n' "[Interface]" "PrivateKey = $(cat "$TMP/a.key")" "ListenPort = 51820" \
		"Address = 10.100.0.10/24" "Table = off" "[Peer]" "PublicKey = ${PUB[b]}" \
		"AllowedIPs = 10.100.0.11/32" "Endpoint = 127.0.0.1:51821" \
		"PersistentKeepalive = 25" >"$TMP/h/web.conf"
	printf '%s\n' "[Interface]" "PrivateKey = $(cat "$TMP/b.key")" "ListenPort = 51821" \
		"Address = 10.100.0.11/24" "Table = off" "[Peer]" "PublicKey = ${PUB[a]}" \
		"AllowedIPs = 10.100.0.10/32" "Endpoint = 127.0.0.1:51820" >"$TMP/h/services.conf")
	q h up "$TMP/h/web.conf"
	q h up "$TMP/h/services.conf"
	wait_for 60 w h check web
	wait_for 60 w h check services
	# an endpoint of this host may be a proxy's, so lo's MTU does not count
	ipat h link show web | grep -q "mtu 1420"
	q h down "$TMP/h/web.conf"
	q h down "$TMP/h/services.conf"
}
test_case "both ends can be on one host" localhost

road_warrior()
{
	local line

	conf b "ListenPort = 5002" "Address = 10.8.0.1/24" </dev/null
	q b up "$TMP/b/t0.conf"
	umask 077
	at b "$WG" client-config "$TMP/b/t0.conf" --name phone --endpoint 192.0.2.2 \
		--dns 10.8.0.1 >"$TMP/a/t0.conf"
	at b "$WG" check t0 --peer phone | grep -q "peer phone: no handshake"
	q a up "$TMP/a/t0.conf"
	wait_for 60 ping_ok a 10.8.0.1
	at b "$WG" check t0 --peer phone
	same "$(at b "$WG" apply "$TMP/b/t0.conf" | tail -n 1)" unchanged
	# the keys of the client are only in the output
	line=$(grep ^PrivateKey "$TMP/a/t0.conf")
	refuses grep -qF "$line" "$TMP/b/t0.conf"
	at b "$WG" client-config "$TMP/b/t0.conf" --name tablet --endpoint 192.0.2.2:5002 |
		grep -qx "Address = 10.8.0.3/24"
	refuses at b "$WG" client-config "$TMP/b/t0.conf" --name phone --endpoint 192.0.2.2
	refuses at b "$WG" client-config "$TMP/b/t0.conf" --name other --endpoint 192.0.2.2 \
		--address 10.8.0.2
	# its host would refuse these, so they are refused before anything changes
	for option in --allowed-ips=10.0.0.0/33 --dns=a/b --keepalive=often --endpoint=192.0.2.256; do
		refuses at b "$WG" client-config "$TMP/b/t0.conf" --name other \
			--endpoint 192.0.2.2 "${option%%=*}" "${option#*=}" 2>"$TMP/said"
		grep -q "the client's configuration:[0-9]*:[0-9]*: this line is wrong" "$TMP/said"
		refuses grep -q PrivateKey "$TMP/said"
	done
	refuses grep -q other "$TMP/b/t0.conf"
	at b "$WG" check-config "$TMP/b/t0.conf"
}
test_case "client-config makes a client of the server" road_warrior

# client NAME ARGS...: one more for b
client()
{
	at b "$WG" client-config "$TMP/b/t0.conf" --name "$1" --endpoint 192.0.2.2 "${@:2}"
}

# no_client: neither file nor kernel have a new peer, and no temporary file is left
no_client()
{
	cmp "$TMP/b/t0.conf" "$TMP/server"
	same "$(w b show t0 peers)" "$(cat "$TMP/peers")"
	same "$(ls "$TMP/b")" t0.conf
}

# The client's key is only in the output. So the peer is not added if the output fails,
# and the output is void if the peer cannot be added.
lost()
{
	cp "$TMP/b/t0.conf" "$TMP/server"
	w b show t0 peers >"$TMP/peers"
	refuses client lost >/dev/full 2>"$TMP/said"
	grep -q "No space left on device" "$TMP/said"
	grep -q "no peer was added" "$TMP/said"
	no_client
	# the output has no reader
	at b /usr/bin/python3 - "$WG" client-config "$TMP/b/t0.conf" --name lost \
		--endpoint 192.0.2.2 <<-'EOF'
		import os, subprocess, sys
		ours, theirs = os.pipe()
		os.close(ours)
		assert subprocess.run(sys.argv[1:], stdout=theirs).returncode == 1
	EOF
	no_client
	refuses client lost >&-
	no_client
	mount -t tmpfs -o size=16k,mode=700 tmpfs "$TMP/b"
	cp -p "$TMP/server" "$TMP/b/t0.conf"
	head -c 16k /dev/zero >"$TMP/b/fill" || :
	refuses client lost >"$TMP/printed" 2>"$TMP/said"
	rm "$TMP/b/fill"
	no_client
	grep -q "cannot write .*t0.conf, which is unchanged: No space left" "$TMP/said"
	grep -q "no peer lost was added, so do not use" "$TMP/said"
	umount "$TMP/b"
	# a new endpoint of the file is not in force yet, which apply has to notice
	sed -i '/^Name = phone/a Endpoint = 192.0.2.1:5006' "$TMP/b/t0.conf"
	ping_ok a 10.8.0.1
	at b "$WG" apply "$TMP/b/t0.conf"
	sed -i 's/^Endpoint = .*/Endpoint = 192.0.2.1:5007/' "$TMP/b/t0.conf"
	client watch >/dev/null
	at b "$WG" check t0 --peer phone
	at b "$WG" check t0 --peer watch | grep -q "peer watch: no handshake"
	same "$(at b "$WG" apply "$TMP/b/t0.conf" | tail -n 1)" changed
	w b show t0 endpoints | grep -q "192.0.2.1:5007$"
}
test_case "client-config changes file, interface and output together or not at all" lost

options()
{
	local said

	said=$(client both --address 10.8.0.77/24 --address fd08::77 --dns 10.8.0.1,10.8.0.2 \
		--dns tunnel.example --allowed-ips 10.8.0.0/24 --allowed-ips fd08::/64)
	grep -qx "Address = 10.8.0.77/24, fd08::77/128" <<<"$said"
	grep -qx "DNS = 10.8.0.1,10.8.0.2,tunnel.example" <<<"$said"
	grep -qx "AllowedIPs = 10.8.0.0/24,fd08::/64" <<<"$said"
	grep -qx "AllowedIPs = 10.8.0.77/32, fd08::77/128" "$TMP/b/t0.conf"
	# a server whose addresses are not in its file
	sed -i '/^Address/d' "$TMP/b/t0.conf"
	cp "$TMP/b/t0.conf" "$TMP/server"
	w b show t0 peers >"$TMP/peers"
	refuses client nobody 2>"$TMP/said"
	grep -q "give an address with --address" "$TMP/said"
	refuses client nobody --address 10.8.0.78 2>"$TMP/said"
	grep -q "give --allowed-ips, or --address with a prefix length" "$TMP/said"
	no_client
	client wide --address 10.8.0.78/24 | grep -qx "AllowedIPs = 10.8.0.0/24"
	client narrow --address 10.8.0.79 --allowed-ips 10.8.0.1/32 |
		grep -qx "AllowedIPs = 10.8.0.1/32"
}
test_case "client-config takes lists in parts and a server without Address" options
finish
