#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
#
# The modules naawg_forward, naawg_info, naawg_keys, naawg_peer and naawg_check.

# shellcheck source=selftests/ansible/modules_lib.sh
. "$(dirname "$0")/modules_lib.sh"

begin()
{
	options web "state: up" | changes web interface True
	options services "state: up" | changes services interface True
	echo "wait: 30" | changes web check False
}
test_case "two hosts are connected" begin

forwards()
{
	echo 'forwards: ["3306:tcp:192.0.2.2", "5353:udp:192.0.2.2:53"]' >"$TMP/two"
	changes web forward True check diff <"$TMP/two"
	refuses at web grep -q ^Forward /etc/naawg/wg0.conf
	changes web forward True <"$TMP/two"
	changes web forward False <"$TMP/two"
	w web forward wg0 list | grep -q "^5353:udp:192.0.2.2:53"
	at web grep -qx "Forward = 3306:tcp:192.0.2.2" /etc/naawg/wg0.conf
	printf '%s\n' 'forwards: ["3306:tcp"]' 'state: absent' 'kill: true' | changes web forward True
	same "$(said 'r["forwards"]')" "['5353:udp:192.0.2.2:53']"
	printf '%s\n' 'forwards: ["80:tcp:192.0.2.2"]' 'state: exact' | changes web forward True
	same "$(said 'r["forwards"]')" "['80:tcp:192.0.2.2']"
	w web apply wg0
	printf '%s\n' 'forwards: ["81:tcp:192.0.2.2"]' 'persist: false' | changes web forward True
	refuses at web grep -q 81:tcp /etc/naawg/wg0.conf
	echo 'forwards: ["80:sctp:192.0.2.2"]' | fails "forwards: '80:sctp" web forward
	echo 'forwards: ["82:tcp:10.100.0.9"]' | fails "network" web forward
	journal web | grep -q "NAAWG_EVENT=forward-removed"
	options web | changes web interface True
	has_line "- forward 80:tcp:192.0.2.2"
}
test_case "naawg_forward adds, removes and replaces forwards, in the file as well" forwards

info()
{
	changes web info False </dev/null
	same "$(said 'r["interfaces"]["wg0"]["show"]["public_key"]')" "${PUB[web]}"
	same "$(said 'r["interfaces"]["wg0"]["forwards"]')" "[]"
	said 'r["interfaces"]["wg0"]["stats"].keys()'
	[[ $(said 'r["version"]') == *[0-9]* ]]
	echo "interface: wg9" | changes web info False
	same "$(said 'r["interfaces"]')" "{}"
}
test_case "naawg_info reads everything but keys" info

digests()
{
	echo "nonce: one" | changes web keys False
	same "$(said 'r["public_key"]')" "${PUB[web]}"
	here=$(said "r['peers']['${PUB[services]}']")
	echo "nonce: one" | changes services keys False
	same "$(said "r['peers']['${PUB[web]}']")" "$here"
	echo "nonce: two" | changes services keys False
	differs "$(said "r['peers']['${PUB[web]}']")" "$here"
	printf '%s\n' "nonce: one" "interface: wg9" | changes web keys False
	same "$(said 'r["present"]')" False
	same "$(said 'r["interfaces"]["wg0"]["peers"]')" "['${PUB[services]}']"
	same "$(said 'r["file_peers"][0]["name"]')" services
	printf '%s\n' "nonce: one" "absent: ['${PUB[bob]}']" | changes web keys False
	printf '%s\n' "nonce: one" "absent: ['${PUB[services]}']" |
		fails "the peer is still in wg0, /etc/naawg/wg0.conf" web keys
}
test_case "naawg_keys compares preshared keys by a digest" digests

successor()
{
	printf '%s\n' "public_key: ${PUB[bob]}" "preshared_key: $(cat "$TMP/pair.psk")" \
		"name: web-next" "persistent_keepalive: 25" >"$TMP/next"
	changes services peer True check diff <"$TMP/next"
	refuses grep -qF "${PUB[bob]}" <(w services show wg0 peers)
	changes services peer True <"$TMP/next"
	changes services peer False <"$TMP/next"
	same "$(w services show wg0 allowed-ips | grep -cF "(none)")" 1
	{ cat "$TMP/next"; echo "allowed_ips: [10.100.0.10/32]"; } | changes services peer True
	same "$(w services show wg0 allowed-ips | grep "^${PUB[bob]}" | cut -f2)" 10.100.0.10/32
	{ cat "$TMP/next"; echo "state: absent"; } | changes services peer True
	{ cat "$TMP/next"; echo "state: absent"; } | changes services peer False
	options services | changes services interface True
	has_line "+ peer web: allowed IP 10.100.0.10/32"
	journal services | tail -n 1 | grep "NAAWG_EVENT=peer-changed" | grep -q NAAWG_PEER=web
}
test_case "naawg_peer adds and removes a peer of the running interface" successor

audited()
{
	at web mv /run/systemd/journal/socket /run/systemd/journal/away
	printf '%s\n' "public_key: ${PUB[bob]}" "name: eve" "event: peer-revoked" "actor: carol" |
		changes web peer True
	at web mv /run/systemd/journal/away /run/systemd/journal/socket
	journal web | grep "^<29>naawg-audit: peer eve revoked on wg0 by carol" |
		grep -q "NAAWG_EVENT=peer-revoked NAAWG_INTERFACE=wg0 NAAWG_PEER=eve"
	printf '%s\n' "public_key: ${PUB[bob]}" "event: ''" "state: absent" | changes web peer True
	options web | changes web interface False
}
test_case "audit lines go to syslog on a host without a journal" audited

called()
{
	local before

	before=$(handshake_of web wg0)
	sleep 1
	echo "rekey: true" | changes web check False check
	same "$(handshake_of web wg0)" "$before"
	printf '%s\n' "rekey: true" "peers: [services]" "wait: 20" | changes web check False
	[ "$(handshake_of web wg0)" -gt "$before" ]
	w services set wg0 peer "${PUB[web]}" remove
	printf '%s\n' "rekey: true" "wait: 1" | fails services web check
	options services | changes services interface True
}
test_case "naawg_check proves the present keys by a new handshake" called

unconnected()
{
	{ options web; alice; } | changes web interface True
	echo "any: true" | changes web check False
	echo "peers: [alice]" | fails alice web check
	options web | changes web interface True
	echo "interface: wg9" | fails wg9 web check
}
test_case "naawg_check fails with the reason" unconnected

finish
