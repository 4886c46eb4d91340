#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The commands of naawg on links of kind "wireguard" that naawg serves: they are the same as
# on links of kind "naawg".
#
#	+- namespace a --------+        +- namespace b --------+     +- namespace c -+
#	| t0 (wireguard) <=====|========|===> t0 (wireguard)   |     |               |
#	|                      | tunnel |     bc 10.101.0.1 <--|-----|-> cb .2       |
#	+----------------------+        +----------------------+     +---------------+

. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_tool ncat python3
KIND=wireguard
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

serve naawg_wireguard || bail "naawg serves the names"
two_hosts
hosts c
wire b bc c cb
address b bc 10.101.0.1/24
address c cb 10.101.0.2/24
sysctl_at b net.ipv4.ip_forward=1
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
install -d -m 700 "$TMP/a"
ln -s "$WG" "$TMP/naawg-quick"

shows()
{
	ping_ok a 10.9.0.2
	same "$(w a show interfaces)" t0
	w a show | grep "^interface: t0"
	w a show --json | python3 "$selftests/tool/json_schema.py" show
	at a "${nobody[@]}" "$WG" stats | grep '^interface: t0'
	at a "${nobody[@]}" "$WG" stats --json t0 | grep -q '"up": true'
	at a "${nobody[@]}" "$WG" top -b -n 1 | grep '1 connected'
	w a peer list t0 | grep -F "${PUB[b]}"
	w a check t0
	w a diag t0
	w a callers t0
	w a complete naawg show '' | grep -x t0
	at a "${nobody[@]}" "$WG" metrics all >"$TMP/page"
	grep -q '^naawg_interface_up{interface="t0"} 1' "$TMP/page"
	grep -q '^naawg_wireguard_served_info{by="naawg"} 1' "$TMP/page"
}
test_case "commands that show find the link" shows

events()
{
	background a "$WG" monitor t0 >"$TMP/events"
	wait_for 20 grep -q listening "$TMP/events"
	w a rekey t0
	wait_for 20 grep -q 't0: new session' "$TMP/events"
	end_background "$STARTED"
}
test_case "monitor reports its events" events

forwards()
{
	background c ncat -l -k 10.101.0.2 80 -c 'echo hello'
	w b forward t0 add 1080:tcp:10.101.0.2:80
	same "$(w b forward t0 list | cut -f 1)" 1080:tcp:10.101.0.2:80
	wait_for 20 at c ncat -z 10.101.0.2 80
	same "$(at a ncat --recv-only 10.9.0.2 1080)" hello
	w b forward t0 del 1080:tcp
	end_background "$STARTED"
}
test_case "its forwards carry connections" forwards

# conf LINE...: the file of a
conf()
{
	(umask 077 && printf '[Interface]\nPrivateKey = %s\n' "$(<"$TMP/a.key")" >"$TMP/a/t0.conf")
	printf '%s\n' "$@" '[Peer]' "PublicKey = ${PUB[b]}" "AllowedIPs = 10.9.0.2/32" \
		"Endpoint = 192.0.2.2:5002" >>"$TMP/a/t0.conf"
}

kind_of()
{
	ipat a -d link show t0 | grep -ow -m 1 -e wireguard -e naawg
}

quick()
{
	local shaken index

	shaken=$(handshake_of a t0)
	index=$(at a cat /sys/class/net/t0/ifindex)
	conf "ListenPort = 5001" "Address = 10.9.0.1/24" "MTU = 1380"
	refuses at a "$TMP/naawg-quick" up "$TMP/a/t0.conf"
	at a "$TMP/naawg-quick" up --adopt "$TMP/a/t0.conf"
	same "$(handshake_of a t0)" "$shaken"
	same "$(at a cat /sys/class/net/t0/{ifindex,mtu})" "$index"$'\n'1380
	same "$(at a "$TMP/naawg-quick" reload "$TMP/a/t0.conf")" unchanged
	ping_ok a 10.9.0.2
	same "$(kind_of)" wireguard
	at a "$TMP/naawg-quick" down "$TMP/a/t0.conf"
	refuses ipat a link show t0
}
test_case "naawg-quick takes it over and removes it" quick

# wg of wireguard-tools makes the link, as a manager on the host does.
made_by_wg()
{
	link_new a t0
	at a wg set t0 private-key "$TMP/a.key" listen-port 5001
	address a t0 10.9.0.1/24
	ipat a link set t0 up
}

container()
{
	made_by_wg
	mkdir "$TMP/bin"
	ln -s "$WG" "$TMP/bin/naawg"
	ln -s "$WG" "$TMP/bin/naawg-quick"
	echo "${PUB[b]}" >"$TMP/public"
	PATH=$TMP/bin:$PATH background a env WG_INTERFACE=t0 WG_PRIVATE_KEY_FILE="$TMP/a.key" \
		WG_PEER_PUBLIC_KEY_FILE="$TMP/public" WG_TUNNEL_ADDRESS=10.9.0.1/24 \
		WG_PEER_ADDRESS=10.9.0.2/32 WG_PEER_ENDPOINT=192.0.2.2:5002 \
		"$repo/tools/container/entrypoint" >"$TMP/audit" 2>&1
	wait_for 60 grep -q 'TUNNEL_STARTED | t0' "$TMP/audit"
	grep -q 'TUNNEL_ADOPTED | t0' "$TMP/audit"
	wait_for 60 at a env PATH="$TMP/bin:$PATH" WG_INTERFACE=t0 \
		"$repo/tools/container/healthcheck.sh"
	same "$(kind_of)" wireguard
	kill -TERM "$STARTED"
	wait_for 30 grep -q 'TUNNEL_STOPPED | t0' "$TMP/audit"
	refuses ipat a link show t0
}
test_case "the container takes it over and removes it" container

# wireguard-tools' wg does not know the sign.
hook()
{
	made_by_wg
	conf "ListenPort = 5001" "Address = 10.9.0.1/24" \
		"PreDown = wg set %i peer ${PUB[b]} allowed-ips +10.77.0.0/16" \
		"PreDown = wg show %i allowed-ips >$TMP/hook"
	at a "$TMP/naawg-quick" up --adopt "$TMP/a/t0.conf"
	at a "$TMP/naawg-quick" down "$TMP/a/t0.conf"
	same "$(cut -f 2 "$TMP/hook")" "10.9.0.2/32 10.77.0.0/16"
}
test_case "hooks that call wg get naawg" hook

finish
