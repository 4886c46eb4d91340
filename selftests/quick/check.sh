#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# naawg check is red until a handshake was completed, and prints one line with the reason.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

two_hosts
keys a b c
psk one
psk two

# red HOST REGEX ARGS...: check prints one line with the reason and exits with 1
red()
{
	local host=$1 why=$2 said rc=0

	shift 2
	said=$(w "$host" check "$@") || rc=$?
	same "$rc" 1
	same "$(wc -l <<<"$said")" 1
	echo "$said"
	grep -qE "$why" <<<"$said"
}

green()
{
	local host=$1

	shift
	[ "$(w "$host" check "$@" | wc -l)" = 1 ]
	w "$host" check "$@"
}

before()
{
	red a "no such interface" t0
	ipat a link add d0 type dummy
	red a "not a naawg interface" d0
	link_new a t0
	link_new b t0
	red a "is down" t0
	ipat a link set t0 up
	red a "no peer" t0
	ipat a link set t0 down
	tunnel_conf
	red a "no handshake was ever completed; nothing was sent" t0
	refuses w a check
	refuses w a check t0 --max-age 0
	refuses w a check t0 --max-age x
	refuses w a check t0 --wait 0
	refuses w a check t0 --wait x
	refuses w a check t0 --wait
	red a "no such interface" t7 --wait 1
	refuses w a check t0 extra
}
test_case "check is red without a link, for another kind, when down, without a peer or a handshake" before

silent()
{
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5999
	at a ping -c 1 -W 1 10.9.0.2 || :
	red a "nothing ever came back" t0
}
test_case "check is red if no peer answers" silent

wrong_psk()
{
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/one.psk" endpoint 192.0.2.2:5002
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/two.psk"
	at a ping -c 1 -W 2 10.9.0.2 || :
	wait_for 30 red a "no handshake was ever completed; [a-z ]*: [a-z-]+" t0
	w b set t0 peer "${PUB[a]}" preshared-key /dev/null
	w a set t0 peer "${PUB[b]}" preshared-key /dev/null
}
test_case "check names different preshared keys as the reason" wrong_psk

turns_green()
{
	wait_for 60 at a ping -c 1 -W 1 10.9.0.2
	green a t0
	wait_for 30 green b t0
	green a t0 --peer "${PUB[b]}"
	# without any privilege
	at a setpriv --reuid 65534 --clear-groups --inh-caps=-all "$WG" check t0
}
test_case "check is green for every user once there was a handshake" turns_green

# offered WORD...: the completions of bash after these words, on a
offered()
{
	at a bash -c '. "$1"; COMP_WORDS=("${@:2}" ""); COMP_CWORD=$(($# - 1)); _naawg
		printf "%s\n" "${COMPREPLY[@]}"' - "$repo/tools/completion/naawg.bash" "$WG" "$@"
}

completed()
{
	same "$(offered check)" t0
	same "$(offered check t0 --peer)" "${PUB[b]}"
	same "$(offered set t0 peer)" "${PUB[b]}"
	offered show | grep -qx t0
}
test_case "bash completes interfaces and peers" completed

several()
{
	w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
	red a "${PUB[c]//+/.}: no handshake" t0
	red a "${PUB[c]//+/.}: no handshake" t0 --all
	green a t0 --any
	green a t0 --peer "${PUB[b]}"
	red a "${PUB[c]//+/.}: no handshake" t0 --peer "${PUB[b]}" --peer "${PUB[c]}"
	red a "no peer .nobody" t0 --peer nobody
	# peers without a name have an empty one
	refuses w a check t0 --peer "" 2>"$TMP/said"
	grep -q "takes a public key or a name" "$TMP/said"
	w a set t0 peer "${PUB[c]}" remove
}
test_case "check looks at one of several peers or at all" several

grows_old()
{
	green a t0 --max-age 300
	wait_for 60 red a "is [0-9]+ s old, allowed are 1" t0 --max-age 1
	ipat a link set t0 down
	red a "is down" t0
}
test_case "check is red again when the handshake is old and when the link is down" grows_old
finish
