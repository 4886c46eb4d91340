#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Links of kind "wireguard": the tool treats those that naawg serves like its own, and says of
# all others that the stock driver serves them. It finds that out without loading a module.

. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock
need_tool setpriv unshare python3
naawg=$repo/tools/naawg
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# says WORD LINE [COMMAND...]: who has the names, as JSON and as text. The command runs the tool.
says()
{
	local word=$1 line=$2

	shift 2
	same "$("$@" "$naawg" version --json | python3 -c 'import json, sys
print(json.load(sys.stdin)["wireguard"])')" "$word"
	"$@" "$naawg" version | grep -qx "wireguard links: $line"
	"$@" "$naawg" version --json | python3 "$selftests/tool/json_schema.py" version
}

# A mount namespace without sysfs, as in a container that hides it.
# shellcheck disable=SC2016 # for the other shell
hidden=(unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh)

BY_NAAWG='served by naawg'
BY_STOCK='served by the stock driver'
BY_NOBODY='nobody serves them yet; the first one loads a module'

everywhere()
{
	says "$@"
	says "$@" "${nobody[@]}"
	says "$@" at a
	says "$@" unshare -Urn
}

hosts a b

nobody_has_them()
{
	nobody_serves
	everywhere nobody "$BY_NOBODY"
	says nobody "$BY_NOBODY" "${hidden[@]}"
	rmmod naawg
	says nobody "$BY_NOBODY"
	says nobody "$BY_NOBODY" "${hidden[@]}"
	refuses grep -qE '^(naawg|naawg_wireguard|wireguard) ' /proc/modules
}
test_case "nobody serves the names, and the question loads no module" nobody_has_them

naawg_has_them()
{
	serve naawg_wireguard
	everywhere naawg "$BY_NAAWG"
	"${hidden[@]}" "$naawg" version | grep '^wireguard links: .*cannot be found out'
	ipat a link add wg0 type wireguard
	says naawg "$BY_NAAWG" at a "${hidden[@]}"
	says naawg "$BY_NAAWG" at a "${nobody[@]}"
	ipat a link del wg0
}
test_case "naawg serves the names" naawg_has_them

stock_has_them()
{
	serve wireguard
	everywhere stock "$BY_STOCK"
	ipat a link add wg0 type wireguard
	says stock "$BY_STOCK" at a "${hidden[@]}"
	rmmod naawg
	says stock "$BY_STOCK" at a "${hidden[@]}"
	same "$(at a "$naawg" show 2>"$TMP/said")" ""
	grep -q "interface .wg0. belongs to the stock driver: .wg show wg0. prints it" "$TMP/said"
	same "$(at a "$naawg" show interfaces)" ""
	same "$(at a "$naawg" show --json | tr -d ' \t\n')" '{"devices":[]}'
	same "$(at a "$naawg" metrics all | grep '^naawg_wireguard_served')" \
		'naawg_wireguard_served_info{by="stock"} 1'
	refuses grep -q '^naawg ' /proc/modules
}
test_case "the stock driver serves the names, and a listing does not load naawg" stock_has_them

# refused WORDS COMMAND...: it fails, and says that
refused()
{
	refuses at a "$naawg" "${@:2}" >"$TMP/said" 2>&1
	cat "$TMP/said"
	grep -q "$1" "$TMP/said"
}

stock_is_named()
{
	local words='belongs to the stock driver.*naawg-upgrade --adopt'

	modprobe naawg
	for command in "show wg0" "stats wg0" "peer list wg0" "set wg0 listen-port 1" \
		"callers wg0" "monitor wg0" "forward wg0 add 80:tcp:192.0.2.7" "top -b -n 1 wg0"; do
		# shellcheck disable=SC2086 # its words
		refused "$words" $command
	done
	refused 'the stock driver serves this interface, not naawg' check wg0
	refused 'other-module.*interface of the stock driver' diag wg0
	grep -qx ' *naawg-upgrade --adopt' "$TMP/said"
	refused 'wg0 is an interface of the stock driver' diag
	(umask 077 && printf '[Interface]\nPrivateKey = %s\n' "$(wg genkey)" >"$TMP/wg0.conf")
	ln -s "$naawg" "$TMP/naawg-quick"
	refuses at a "$TMP/naawg-quick" up --adopt "$TMP/wg0.conf" 2>"$TMP/said"
	grep 'the stock driver serves it.*naawg-upgrade --adopt' "$TMP/said"
	refuses at a "$TMP/naawg-quick" down "$TMP/wg0.conf"
	ipat a link show wg0
	ipat a link del wg0
}
test_case "commands about a link of the stock driver say whose it is" stock_is_named

finish
