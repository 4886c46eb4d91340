#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# Tool and module of the first version with the present ones, both ways: commands that both
# know work, and a request that the older module does not know is refused and changes nothing.
# Then naawg-upgrade moves a running tunnel from the first version to this one.
# long/versions.sh builds the first version.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
need_tool modinfo python3
[ -n "${NAAWG_VM:-}" ] || skip_all "only in a guest"

FIRST=$selftests/out/first
OLD_MODULE=$FIRST/module/naawg.ko
[ "$(modinfo -F vermagic "$OLD_MODULE" 2>/dev/null | cut -d' ' -f1)" = "$(uname -r)" ] ||
	skip_all "there is no module of 0.1.0 for this kernel: long/versions.sh builds it"
OLD_TOOL=$FIRST/tools/naawg
NEW_TOOL=$repo/tools/naawg
old_version=$(modinfo -F version "$OLD_MODULE")
new_version=$(modinfo -F version naawg)

unload()
{
	local module

	for module in naawg_wireguard naawg; do
		[ ! -d /sys/module/$module ] || rmmod $module
	done
}

to_new()
{
	unload
	rm -rf /run/naawg-upgrade
	modprobe naawg
}
defer to_new

# runs TOOL MODULE
runs()
{
	wait_for 60 unload
	if [ "$2" = old ]; then
		insmod "$OLD_MODULE"
	else
		modprobe naawg
	fi
	TOOL[a]=$1
	TOOL[b]=$1
}

two_hosts
keys a b
psk shared

# carries - packets get through in both directions
carries()
{
	at a ping -q -c 2 -W 5 10.9.0.2 && at b ping -q -c 2 -W 5 fd09::1
}

makes_tunnel()
{
	tunnel
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 preshared-key "$TMP/shared.psk" \
		persistent-keepalive 20
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/shared.psk"
	carries
}

shows_tunnel()
{
	contains "$(w a show t0)" "${PUB[b]}"
	same "$(w a show t0 listen-port)" 5001
	same "$(w a show t0 endpoints | cut -f2)" 192.0.2.2:5002
	matches "$(w a show t0 latest-handshakes | cut -f2)" '^[1-9][0-9]+$'
	matches "$(w a show t0 transfer)" '[1-9][0-9]*.[1-9][0-9]*$'
	same "$(w a show t0 dump | wc -l)" 2
	contains "$(w a show)" "interface: t0"
}

tells_statistics()
{
	w a stats t0 >"$TMP/stats"
	w a stats --json t0 | /usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)'
	w a show t0 --json | /usr/bin/python3 -c 'import json, sys; json.load(sys.stdin)'
}

changes_configuration()
{
	w a showconf t0 >"$TMP/a.conf"
	chmod 600 "$TMP/a.conf"
	w a set t0 peer "${PUB[b]}" allowed-ips 10.9.0.2/32,fd09::2/128,10.50.0.0/16
	contains "$(w a show t0 allowed-ips)" 10.50.0.0/16
	w a syncconf t0 "$TMP/a.conf"
	omits "$(w a show t0 allowed-ips)" 10.50.0.0/16
	w a set t0 peer "$("$WG" pubkey <"$TMP/shared.psk")" allowed-ips 10.51.0.1/32
	same "$(w a show t0 peers | wc -l)" 2
	w a setconf t0 "$TMP/a.conf"
	same "$(w a show t0 peers)" "${PUB[b]}"
	carries
}

forwards_ports()
{
	w a forward t0 add 8080:tcp:192.0.2.2:80
	contains "$(w a forward t0 list)" 8080
	w a forward t0 del 8080:tcp
	omits "$(w a forward t0 list)" 8080
}

runs_from_a_file()
{
	install -m 600 /dev/null "$TMP/q0.conf"
	printf '%s\n' "[Interface]" "PrivateKey = $(cat "$TMP/b.key")" "Address = 10.60.0.1/24" \
		"[Peer]" "PublicKey = ${PUB[a]}" "AllowedIPs = 10.60.0.2/32" >"$TMP/q0.conf"
	ln -sf "${TOOL[a]}" "$TMP/naawg-quick"
	at a "$TMP/naawg-quick" up "$TMP/q0.conf"
	same "$(w a show q0 peers)" "${PUB[a]}"
	at a "$TMP/naawg-quick" down "$TMP/q0.conf"
	refuses ipat a link show q0
}

removes_tunnel()
{
	ipat a link del t0
	ipat b link del t0
}

# together WHAT TOOL MODULE
together()
{
	runs "$2" "$3"
	check "$1: the module is that one" same "$(cat /sys/module/naawg/version)" "$4"
	test_case "$1: a tunnel carries packets" makes_tunnel
	test_case "$1: the tool shows it" shows_tunnel
	test_case "$1: the tool prints statistics" tells_statistics
	test_case "$1: the tool changes it" changes_configuration
	test_case "$1: the tool forwards ports" forwards_ports
	test_case "$1: the tool makes a tunnel from a file" runs_from_a_file
}

# older_says COMMAND... - the request is refused, and the message says why
older_says()
{
	local said

	said=$(w a "$@" 2>&1) && return 1
	contains "$said" "older than this program"
}

forbids_nothing()
{
	local before

	before=$(w a showconf t0)
	refuses w a set t0 forbid 198.51.100.0/24
	same "$(w a showconf t0)" "$before"
	carries
}

check "there are two versions" differs "$old_version" "$new_version"
together "tool of $old_version, module of $new_version" "$OLD_TOOL" new "$new_version"
test_case "links are removed" removes_tunnel
together "tool of $new_version, module of $old_version" "$NEW_TOOL" old "$old_version"
test_case "naawg rekey says that the module is older" older_says rekey t0
test_case "naawg callers says that the module is older" older_says callers t0
test_case "a setting that the module does not know is refused, and nothing changes" forbids_nothing
check "naawg version names both" matches "$(w a version 2>&1)" "$old_version"

# --- the upgrade of a host ---------------------------------------------------------

ln -sf "$NEW_TOOL" /usr/local/bin/naawg
defer rm -f /usr/local/bin/naawg
upgraded()
{
	local before

	before=$(w a showconf t0)
	timeout 120 "$repo/tools/packaging/naawg-upgrade" --old "$OLD_MODULE"
	same "$(cat /sys/module/naawg/version)" "$new_version"
	same "$(w a showconf t0)" "$before"
	carries
}
test_case "naawg-upgrade moves the tunnel from $old_version to $new_version" upgraded
test_case "links are removed again" removes_tunnel
finish
