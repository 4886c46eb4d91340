#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same commands of wireguard-tools' wg, first with the stock driver and then with naawg
# under its names: all that wg prints is the same to the byte.

. "$(dirname "$0")/wireguard_lib.sh"
# shellcheck source=selftests/tool/wg_lib.sh
. "$selftests/tool/wg_lib.sh"
need_ours
need_stock
need_tool nsenter setpriv

chmod 755 "$TMP"
cd "$TMP" || exit 1
wg_environment
wg_files
hosts w
ipat w link add dum0 type dummy

# agree ARGUMENTS...: keeps what this wg prints, and its status
agree()
{
	local status=0

	printf '%s\n' "\$ ${as[*]} wg $*"
	nsenter --net="/run/netns/${NS[w]}" "${as[@]}" wg "$@" 2>err || status=$?
	echo "status $status"
	cat err
}

transcript()
{
	ipat w link add wg0 type wireguard
	wg_commands
	ipat w link del wg0
}

# Links of both kinds are links of WireGuard for this wg, if it is told their names.
both_kinds()
{
	serve naawg_wireguard
	ipat w link add wg0 type wireguard
	ipat w link add naawg0 type naawg
	at w wg setconf naawg0 conf
	at w wg setconf wg0 conf
	at w wg set wg0 listen-port 51822
	same "$(at w wg show interfaces)" wg0
	same "$(at w wg show naawg0 public-key)" "$(wg pubkey <key)"
	same "$(at w wg showconf naawg0)" "$(at w wg showconf wg0 | sed s/51822/51821/)"
	same "$(at w "$repo/tools/naawg" show interfaces)" "wg0 naawg0"
	ipat w link del naawg0
	ipat w link del wg0
}

both transcript
diag "$(grep -c '^\$' wireguard) commands"
test_case "wg reads and sets links of both kinds" both_kinds
finish
