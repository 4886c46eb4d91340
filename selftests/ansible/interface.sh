#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# naawg_interface without Ansible: each state, drift, refusals and conflicts.

# shellcheck source=selftests/ansible/modules_lib.sh
. "$(dirname "$0")/modules_lib.sh"

file_first()
{
	options web | changes web interface True check diff
	has_line "file: + peer services"
	refuses at web ls /etc/naawg/wg0.conf
	options web | changes web interface True
	same "$(at web stat -c '%a %U' /etc/naawg/wg0.conf)" "600 root"
	same "$(said 'r["public_key"]')" "${PUB[web]}"
	at web head -n 1 /etc/naawg/wg0.conf | grep -q Ansible
	refuses ipat web link show wg0
	options web | changes web interface False
	same "$(at web find /etc/naawg -mindepth 1)" /etc/naawg/wg0.conf
}
test_case "present writes the file, and a check does not" file_first

comes_up()
{
	options web "state: up" | changes web interface True check
	refuses ipat web link show wg0
	options web "state: up" | changes web interface True
	has_line "+ interface wg0 up"
	options services "state: up" | changes services interface True
	options services "state: up" | changes services interface False
	printf '%s\n' "wait: 30" | changes web check False
	[[ $(said 'r["line"]') == *1* ]]
	journal web | grep -q "NAAWG_EVENT=interface-up.*NAAWG_INTERFACE=wg0"
	journal web | grep -q "NAAWG_EVENT=peer-added.*NAAWG_PEER=services"
}
test_case "up brings both ends up, and they talk" comes_up
handshake_of web wg0 >"$TMP/shaken"

others_stay()
{
	{ options web; alice; } | changes web interface True check diff
	has_line "+ peer alice"
	said 'r["diff"]["prepared"]' | grep -q "^+ peer alice"
	refuses at web grep -q alice /etc/naawg/wg0.conf
	{ options web "actor: carol"; alice; } | changes web interface True
	w web show wg0 peers | grep -qF "${PUB[alice]}"
	ping_ok web 10.100.0.11
	{ options web; alice; } | changes web interface False
	options web "revoked: [alice]" | changes web interface True
	has_line "- peer alice"
	same "$(w web show wg0 peers)" "${PUB[services]}"
	ping_ok web 10.100.0.11
	same "$(handshake_of web wg0)" "$(cat "$TMP/shaken")"
	journal web | grep -q "MESSAGE=peer alice added to wg0 by carol |.*NAAWG_PUBLIC_KEY=${PUB[alice]//+/.}"
	journal web | grep -q "NAAWG_EVENT=peer-revoked.*NAAWG_PEER=alice"
}
test_case "peers come and go, and the session of another one stays" others_stay

waits()
{
	local after="after_session: {public_keys: [\"${PUB[bob]}\"], timeout: 1}"

	state web >"$TMP/before"
	{ options web "$after"; alice; } | fails "no session within 1 seconds" web interface
	state web >"$TMP/after"
	diff "$TMP/before" "$TMP/after"
	options web "$after" | changes web interface False
	{ options web "after_session: {public_keys: [\"${PUB[services]}\"]}"; alice; } |
		changes web interface True
	options web "delay: 1" "call: [\"${PUB[services]}\", \"${PUB[bob]}\"]" |
		changes web interface True
	differs "$(handshake_of web wg0)" "$(cat "$TMP/shaken")"
	{ options web "delay: 301"; } | fails "delay: 301" web interface
}
test_case "a change follows a session, or is not made" waits

drift()
{
	w web set wg0 peer "${PUB[services]}" remove
	options web | changes web interface True check
	has_line "+ peer services"
	same "$(w web show wg0 peers)" ""
	options web | changes web interface True
	ipat web addr del 10.100.0.10/24 dev wg0
	options web | changes web interface True
	has_line "+ address 10.100.0.10/24"
	at web chmod 644 /etc/naawg/wg0.conf
	options web | changes web interface True
	same "$(at web stat -c %a /etc/naawg/wg0.conf)" 600
	at web sed -i 's/^ListenPort.*/ListenPort = 7/' /etc/naawg/wg0.conf
	options web | changes web interface True check
	has_line "file: ~ ListenPort 7 -> 51820"
	options web | changes web interface True
	at web sed -i 's/^#.*/# by hand/' /etc/naawg/wg0.conf
	options web | changes web interface True
	at web mkdir /etc/naawg/.ansible-left
	at web touch -d "2 hours ago" /etc/naawg/.ansible-left
	options web | changes web interface False check
	at web test -d /etc/naawg/.ansible-left
	options web | changes web interface False
	refuses at web test -d /etc/naawg/.ansible-left
	ipat web link set wg0 down
	options web "state: up" | changes web interface True
	options web | changes web interface False
}
test_case "a link or a file that was changed by hand is reported and mended" drift

new_secrets()
{
	cp "$TMP/pair.psk" "$TMP/old.psk"
	psk pair
	cat "$TMP/pair.psk" >>"$SECRETS"
	options web | changes web interface True
	has_line "file: ~ peer services: PresharedKey changed"
	journal web | grep -q "NAAWG_EVENT=psk-rotated.*NAAWG_PEER=services"
	cp "$TMP/old.psk" "$TMP/pair.psk"
	options web | changes web interface True
	options web | sed "s|^private_key: .*|private_key: $(cat "$TMP/bob.key")|" |
		changes web interface True check
	has_line "file: ~ PrivateKey changed"
	has_line "~ identity: public key ${PUB[web]} -> ${PUB[bob]}"
	options web | grep -v ^private_key | changes web interface False
}
test_case "other keys are reported without being shown" new_secrets

aged()
{
	options web "created: '2026-01-31'" | changes web interface True
	has_line "file: ~ Created (none) -> 2026-01-31"
	at web grep -qx "# Created = 2026-01-31" /etc/naawg/wg0.conf
	options web | changes web interface False
	options web | sed "s|^private_key: .*|private_key: $(cat "$TMP/bob.key")|" |
		changes web interface True check
	has_line "file: ~ Created 2026-01-31 -> (none)"
}
test_case "the time of a key is a comment that stays with the key" aged

kept()
{
	{ options web; alice; } | changes web interface True
	w web set wg0 peer "${PUB[bob]}" allowed-ips 10.100.0.13/32
	options web "manage_peers: false" | changes web interface False
	w web set wg0 peer "${PUB[services]}" persistent-keepalive 7
	options web "manage_peers: false" | changes web interface True
	same "$(w web show wg0 peers | wc -l)" 3
	same "$(at web grep -c '^\[Peer\]' /etc/naawg/wg0.conf)" 2
	options web "manage_peers: false" "removed: [alice, '${PUB[bob]}']" |
		changes web interface True
	has_line "- peer alice"
	same "$(w web show wg0 peers)" "${PUB[services]}"
	journal web | tail -n 2 | grep -q "NAAWG_EVENT=peer-removed.*NAAWG_PEER=alice"
	{ options web; alice; } | changes web interface True
	options web | changes web interface True
	has_line "- peer alice"
	same "$(w web show wg0 peers)" "${PUB[services]}"
}
test_case "peers that are not listed stay if manage_peers is false" kept

refused()
{
	state web >"$TMP/before"
	options web | sed 's,10.100.0.11/32,10.100.0.10/32,' | fails "10.100.0.10" web interface
	has_path
	at web sh -c 'echo "ForbidRoutes = 10.66.0.0/16" >/etc/naawg/policy.conf'
	options web | sed 's,10.100.0.11/32,10.66.0.1/32,' | fails "ForbidRoutes" web interface
	at web rm /etc/naawg/policy.conf
	ipat web route add 10.77.0.0/16 dev eth0 proto static
	options web | sed 's,10.100.0.11/32,"10.100.0.11/32\, 10.77.0.0/16",' |
		fails "as they were" web interface
	ipat web route del 10.77.0.0/16
	unable_to_apply
	state web >"$TMP/after"
	diff "$TMP/before" "$TMP/after"
}
# unable_to_apply: with a tool whose apply fails after the first comparison
unable_to_apply()
{
	mkdir -p "$TMP/unable"
	cat >"$TMP/unable/naawg" <<-END
	#!/bin/sh
	[ "\$1" != apply ] || [ "\$2" = --dry-run ] || { echo "no memory" >&2; exit 1; }
	exec $WG "\$@"
	END
	chmod +x "$TMP/unable/naawg"
	{ options web "tool: $TMP/unable/naawg"; alice; } |
		fails "no memory; file and interface are as they were" web interface
}

# has_path: a message is about the file, not about a candidate
has_path()
{
	lacks "$(said 'r["msg"]')" '\.ansible-'
}
test_case "a file that is refused changes neither file nor link" refused

# wrong OPTION LINE: the option is named
wrong()
{
	options web | sed "/^${2%%:*}:/d" | { echo "$2"; cat; } | fails "$1" web interface check
}

wrong_options()
{
	wrong listen_port "listen_port: 65536"
	wrong listen_port "listen_port: ssh"
	wrong name: "name: a-very-long-name"
	wrong name: "name: a/b"
	wrong address: "address: [10.0.0.300/24]"
	wrong mtu: "mtu: 100"
	wrong private_key: "private_key: short"
	wrong created: "created: soon"
	wrong save_config "save_config: true"
	wrong state "state: sideways"
	wrong nonsense "nonsense: 1"
	wrong post_up: 'post_up: ["a\nb"]'
	options web | sed 's/persistent_keepalive: .*/persistent_keepalive: 70000/' |
		fails "peers[0] (services) persistent_keepalive" web interface
	options web | sed 's/endpoint: .*/endpoint: 192.0.2.2/' |
		fails "peers[0] (services) endpoint" web interface
	options web | sed 's,10.100.0.11/32,10.100.0.11/33,' |
		fails "peers[0] (services) allowed_ips" web interface
	options web | sed "s,public_key: .*,public_key: x," |
		fails "peers[0] (services) public_key" web interface
	options web | sed "s,preshared_key: .*,preshared_key: ${NONE}x," |
		fails "peers[0] (services) preshared_key" web interface
	lacks "$(cat "$SAID")" "${NONE}x"
}
test_case "a wrong option is refused by its name" wrong_options

# wg7: options of another interface, with another port
wg7()
{
	options web "name: wg7" | sed 's/51820$/7007/'
}

# taken TEXT FILE LINE...: with these lines in a file of web the interface is refused
taken()
{
	printf '%s\n' "${@:3}" | at web tee "$2" >/dev/null
	wg7 | fails "$1" web interface check
	said 'r["msg"]' | grep -qF "$2"
	at web rm "$2"
}

other_managers()
{
	taken "Proxmox SDN" /etc/network/interfaces.d/sdn "auto wg7" "iface wg7"
	taken ifupdown /etc/network/interfaces.d/mine "iface wg7 inet static"
	taken systemd-networkd /etc/systemd/network/7.netdev "[NetDev]" "Name=wg7" "Kind=wireguard"
	taken NetworkManager /etc/NetworkManager/system-connections/7.nmconnection \
		"[connection]" "interface-name=wg7"
	taken puppet /etc/naawg/wg7.conf "# This file is managed by puppet"
	at web ln -s /tmp/elsewhere /etc/naawg/wg7.conf
	wg7 | fails "symbolic link" web interface check
	at web rm /etc/naawg/wg7.conf
	ipat web link add wg7 type dummy
	wg7 | fails "no naawg interface" web interface check
	ipat web link del wg7
	{ echo "name: wg7"; options web; } | fails "UDP port 51820 belongs to the naawg interface wg0" \
		web interface check
	at web sed -i 's/^\[Interface\]/&\nSaveConfig = true/' /etc/naawg/wg0.conf
	options web | fails SaveConfig web interface
	at web sed -i /^SaveConfig/d /etc/naawg/wg0.conf
}
test_case "an interface or a file of another program is refused by name" other_managers

port_of_a_process()
{
	at web /usr/bin/python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7007))
time.sleep(60)' &
	wait_for 20 bound
	wg7 | fails "UDP port 7007 belongs to python3" web interface check
	kill $!
}
bound()
{
	at web ss -Hlun | grep -q :7007
}
test_case "the UDP port of another process is refused with the name of the process" port_of_a_process

goes_down()
{
	printf '%s\n' "state: down" | changes web interface True check
	ipat web link show wg0
	printf '%s\n' "state: down" | changes web interface True
	refuses ipat web link show wg0
	printf '%s\n' "state: down" | changes web interface False
	at web test -f /etc/naawg/wg0.conf
	options web "kill: true" "state: up" | changes web interface True
	printf '%s\n' "state: absent" | changes web interface True
	refuses at web test -e /etc/naawg/wg0.conf
	refuses grep -q blackhole <(ipat web route)
	printf '%s\n' "state: absent" | changes web interface False
	journal web | grep -q "NAAWG_EVENT=interface-removed"
}
test_case "down keeps the file, and absent removes it and the routes of Kill" goes_down

failed_up()
{
	options web 'post_up: ["false"]' "state: up" | fails "" web interface
	refuses at web test -e /etc/naawg/wg0.conf
	refuses ipat web link show wg0
	options web | changes web interface True
	state web >"$TMP/before"
	options web 'post_up: ["false"]' "state: up" | fails "as it was" web interface
	at web cat /etc/naawg/wg0.conf | refuses grep PostUp
}
test_case "if the tunnel cannot be brought up, the old file is back" failed_up

finish
