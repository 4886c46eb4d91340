#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forwards in configuration files and in the output of show. wg knows nothing of them.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"

gateway
answers s s tcp 0.0.0.0 80
ln -s "$WG" "$TMP/wg"
"$WG" genkey | "$WG" pubkey >"$TMP/peer.pub"

file()
{
	cat <<-CONF
		[Interface]
		# a comment
		PrivateKey = $(cat "$TMP/g.key")
		ListenPort = 5001
		Forward = 1080:tcp:10.101.0.2:80   # with a comment
		forward=53:udp:[fd00:101::2] from fd00:100::10/128
		Forward = 8000-8010:tcp:10.101.0.5 dev br0 no-masquerade 700:tcp

		[Peer]
		PublicKey = ${PUB[c]}
		AllowedIPs = 10.100.0.10/32, fd00:100::10/128
	CONF
}

wanted='1080:tcp:10.101.0.2:80
53:udp:[fd00:101::2] from fd00:100::10/128
8000-8010:tcp:10.101.0.5 dev br0 no-masquerade
700:tcp'

listed()
{
	fw list | cut -f1
}

setconf()
{
	file >"$TMP/t0.conf"
	fw add 99:tcp:10.101.0.2
	w g setconf t0 "$TMP/t0.conf"
	same "$(listed)" "$wanted"
}
test_case "setconf replaces forwards" setconf

round_trip()
{
	w g showconf t0 >"$TMP/shown"
	same "$(grep ^Forward "$TMP/shown" | sed 's/Forward = //')" "$wanted"
	fw flush
	w g setconf t0 "$TMP/shown"
	same "$(listed)" "$wanted"
	w g showconf t0 | cmp - "$TMP/shown"
}
test_case "setconf restores the output of showconf" round_trip

syncconf()
{
	ping_ok c 10.100.0.11
	ask c tcp 10.100.0.11 1080
	same "$(counter 1080: connections)" 1
	hold sync c 10.100.0.11 1080
	sed 's/^Forward = 8000.*/Forward = 8000:tcp:10.101.0.5/' "$TMP/t0.conf" >"$TMP/other.conf"
	w g syncconf t0 "$TMP/other.conf"
	same "$(listed | tail -n 1)" 8000:tcp:10.101.0.5
	same "$(counter 1080: connections)" 2
	same "$(say sync on)" on
	w g syncconf t0 "$TMP/t0.conf"
	same "$(listed)" "$wanted"
}
test_case "syncconf keeps forwards that stay" syncconf

addconf()
{
	printf '[Interface]\nForward = 4444:tcp:10.101.0.2\n' >"$TMP/add.conf"
	w g addconf t0 "$TMP/add.conf"
	same "$(listed | tail -n 1)" 4444:tcp:10.101.0.2
	w g addconf t0 /dev/stdin <<<"[Interface]"
	same "$(listed | wc -l)" 5
	fw del 4444:tcp
}

# The port of the link and those of forwards are swapped: a consistent file is accepted
# in any state, and an inconsistent one changes nothing.
port_moves()
{
	local before

	sed 's/^ListenPort.*/ListenPort = 5053/; s/^forward=53:udp.*/Forward = 5001-5005:udp:10.101.0.2/' \
		"$TMP/t0.conf" >"$TMP/moved.conf"
	w g setconf t0 "$TMP/moved.conf"
	same "$(w g show t0 listen-port)" 5053
	same "$(listed | sed -n 2p)" 5001-5005:udp:10.101.0.2
	sed 's/^ListenPort.*/ListenPort = 5003/; s/^Forward = 5001.*/Forward = 5053:udp:10.101.0.2/' \
		"$TMP/moved.conf" >"$TMP/back.conf"
	w g syncconf t0 "$TMP/back.conf"
	same "$(w g show t0 listen-port)" 5003
	same "$(listed | sed -n 2p)" 5053:udp:10.101.0.2
	before=$(w g showconf t0)
	sed 's/^ListenPort.*/ListenPort = 5053/' "$TMP/back.conf" >"$TMP/bad.conf"
	for verb in setconf syncconf addconf; do
		refuses w g $verb t0 "$TMP/bad.conf" 2>"$TMP/said"
		grep -q "5053:udp:10.101.0.2. takes ListenPort 5053" "$TMP/said"
		grep -q "nothing was changed" "$TMP/said"
		same "$(w g showconf t0)" "$before"
	done
	# called as wg, which knows no forwards
	refuses at g "$TMP/wg" setconf t0 <(grep -v -i ^forward "$TMP/bad.conf") 2>"$TMP/said"
	grep -q "a forward of this interface takes this UDP port" "$TMP/said"
	same "$(w g showconf t0)" "$before"
	w g setconf t0 "$TMP/t0.conf"
	same "$(listed)" "$wanted"
	# the peers were replaced, and with them the sessions
	forget c
	ping_ok c 10.100.0.11
}
test_case "the link's port and a forward's port can be swapped" port_moves

# Another program has the port that a forward would leave to the link: the forward gets it back.
port_held()
{
	local before

	link_new g t9
	w g set t9 private-key "$TMP/g.key" listen-port 6000
	ipat g link set t9 up
	printf '%s\n' 6000:udp:10.101.0.2 "$wanted" | fw replace -
	before=$(w g showconf t0)
	sed 's/^ListenPort.*/ListenPort = 6000/' "$TMP/t0.conf" >"$TMP/held.conf"
	for verb in setconf syncconf; do
		refuses w g $verb t0 "$TMP/held.conf" 2>"$TMP/said"
		grep -q "Address already in use" "$TMP/said"
		same "$(w g showconf t0)" "$before"
	done
	ipat g link del t9
	fw del 6000:udp
}
test_case "a port that is in use costs no forward" port_held

# If the kernel refuses a forward, the message says that only the forwards are missing.
half()
{
	sed 's/^Forward = 1080.*/Forward = 1080:tcp:127.0.0.1/' "$TMP/t0.conf" >"$TMP/bad.conf"
	refuses w g setconf t0 "$TMP/bad.conf" 2>"$TMP/said"
	grep -q "1080:tcp:127.0.0.1" "$TMP/said"
	grep -q "everything but the forwards is in force" "$TMP/said"
	same "$(listed)" "$wanted"
}
test_case "forwards that the kernel refuses are reported" half
test_case "addconf adds" addconf

refused()
{
	printf '[Interface]\nForward = 4444:tcp:10.101.0.256\n' >"$TMP/bad.conf"
	refuses w g addconf t0 "$TMP/bad.conf" 2>"$TMP/said"
	grep -q "bad.conf:2:" "$TMP/said"
	printf '[Peer]\nForward = 4444:tcp:10.101.0.2\n' >"$TMP/bad.conf"
	refuses w g addconf t0 "$TMP/bad.conf"
	same "$(listed)" "$wanted"
}
test_case "bad lines are refused, and the message has their place" refused

shows()
{
	w g show t0 >"$TMP/show"
	grep -q "^  forward: 1080:tcp:10.101.0.2:80 (2 connections, " "$TMP/show" ||
		grep -q "^  forward: 1080:tcp:10.101.0.2:80 (" "$TMP/show"
	same "$(grep -c '^  forward:' "$TMP/show")" 4
	w g show --json t0 | /usr/bin/python3 -c '
import json, sys
forwards = json.load(sys.stdin)["devices"][0]["forwards"]
assert [f["port"] for f in forwards] == [1080, 53, 8000, 700], forwards
assert forwards[1]["from"] == "fd00:100::10/128"
assert forwards[2]["last_port"] == 8010 and forwards[2]["dev"] == "br0"
assert not forwards[2]["masquerade"]
assert "address" not in forwards[3]'
}
test_case "show and its JSON list the forwards" shows

# Called as wg, the tool neither shows nor changes forwards.
as_wg()
{
	at g "$TMP/wg" show t0 >"$TMP/show"
	refuses grep -qi forward "$TMP/show"
	at g "$TMP/wg" showconf t0 >"$TMP/shown"
	refuses grep -qi forward "$TMP/shown"
	at g "$TMP/wg" setconf t0 "$TMP/shown"
	same "$(listed)" "$wanted"
	refuses at g "$TMP/wg" setconf t0 "$TMP/t0.conf" 2>"$TMP/said"
	grep -q "Line unrecognized: .Forward=" "$TMP/said"
	same "$(listed)" "$wanted"
}
test_case "wg does not see or change forwards" as_wg

strips()
{
	"$WG" strip "$TMP/t0.conf" >"$TMP/stripped"
	refuses grep -qi forward "$TMP/stripped"
	same "$(diff "$TMP/t0.conf" "$TMP/stripped" | grep -c '^[<>]')" 3
	at g "$TMP/wg" setconf t0 "$TMP/stripped"
	# other lines that wg does not know
	printf '[Interface]\nAddress = 10.0.0.1/24\nPostUp = PrivateKey = x\nPrivateKey = %s\n' \
		"$(cat "$TMP/g.key")" | "$WG" strip - >"$TMP/stripped"
	same "$(wc -l <"$TMP/stripped")" 2
	if ip link add probe type wireguard 2>/dev/null && command -v wg; then
		wg setconf probe <("$WG" strip "$TMP/t0.conf")
	fi
	ip link del probe 2>/dev/null || :
}
test_case "strip makes a file for the stock wg" strips
finish
