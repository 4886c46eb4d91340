#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# On a kernel that segments redirected chains wrongly, receive offload chains nothing, and
# the log and the tool say so. A parameter of the debug build sets the result of the
# check.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

[ "$KIND" = naawg ] || skip_all "$KIND links chain nothing"
need_tool ethtool nft tc
built_module debug/module/naawg.ko ||
	built_module "../${NAAWG_GUEST/:/-}-NAAWG_DEBUG/module/naawg.ko" ||
	skip_all "no debug build for $(uname -r)"

unloaded()
{
	[ ! -d /sys/module/naawg ] || rmmod naawg
}

usual_again()
{
	wait_for 60 unloaded
	modprobe naawg
}

parameter()
{
	cat /sys/module/naawg/parameters/chains
}

# The kernels that are tested here segment chains correctly.
usual()
{
	same "$(parameter)" right
	"$WG" version >"$TMP/version"
	cat "$TMP/version"
	grep -qx "kernel module: v$(cat /sys/module/naawg/version)" "$TMP/version"
	grep -qx 'receive offload: chains datagrams' "$TMP/version"
}
test_case "a kernel that segments chains correctly is recognized" usual

# The parameter can be set only in a debug build.
only_read()
{
	wait_for 60 unloaded
	if insmod "$(modinfo -n naawg)" chains=right; then
		return 1
	fi
	modprobe naawg
	wait_for 60 unloaded
}
test_case "loading the module with a given result is refused" only_read
defer usual_again

load()
{
	echo "naawg no chains $$ $1" >/dev/kmsg
	insmod "$built" chains="$1"
	same "$(parameter)" "$1"
	dmesg | awk -v mark="naawg no chains $$ $1" 'seen; index($0, mark) { seen = 1 }' |
		grep -c 'receive offload chains none' >"$TMP/said" || :
	same "$(cat "$TMP/said")" 1
	"$WG" version >"$TMP/version"
	cat "$TMP/version"
	grep -q '^receive offload: chains no datagrams: ' "$TMP/version"
}
test_case "a kernel that segments chains wrongly is logged once" load wrong

# includes the setup, in which datagrams could be chained already
silent()
{
	two_hosts
	tunnel
	know
	one_by_one
	ping_ok a 10.9.0.2
} >"$TMP/first" 2>&1

people()
{
	w b stats t0 >"$TMP/stats"
	grep -q '^  receive offload: chains no datagrams: ' "$TMP/stats"
	w b stats t0 --json | grep -q "\"chains\": *\"$1\""
}
silent

stream()
{
	between a b "tcp:a:10.9.0.2=$STREAM" "udp:a:10.9.0.2=1200,200,40"
}
test_case "nothing is chained on such a kernel" lossless stream

counted_none()
{
	same "$(counter b chains-received)" 0
}
test_case "no chain was received" counted_none
test_case "stats show that no datagrams are chained" people wrong
finish
