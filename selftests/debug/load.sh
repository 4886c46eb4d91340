#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A debug build tests itself as it is loaded, with this kernel's own crypto, and works
# like any other build.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool ip
need_built debug/module/naawg.ko
# The modules it depends on stay loaded when the usual one is unloaded.
need_module naawg

unloaded()
{
	[ ! -d /sys/module/naawg ] || rmmod naawg
}

mark="naawg debug build $$"
said()
{
	dmesg | awk -v mark="$mark" 'seen; index($0, mark) { seen = 1 }' |
		grep 'naawg: selftest:'
}

time_scale='parm: *time_scale:'
check "the usual module has no time_scale" lacks "$(modinfo naawg)" "$time_scale"
check "a debug build has a time scale" matches "$(modinfo "$built")" "$time_scale"
# Its links may still be dying with the namespaces of the test before.
check "the usual module unloads" wait_for 60 unloaded
defer modprobe naawg
defer unloaded
check "a time scale of zero is refused" refuses insmod "$built" time_scale=0
echo "$mark" >/dev/kmsg
check "the debug build loads" insmod "$built"
log=$(said)
diag "$log"
for group in blake2s hmac x25519 chacha20poly1305 xchacha20poly1305 handshake \
	replay allowedips ratelimit; do
	check "$group" matches "$log" "selftest: $group: pass"
done
check "nothing else failed" lacks "$log" FAIL
check "a link can be made" ip link add debug0 type naawg
check "the link is up" ip link set debug0 up
check "the link can be deleted" ip link del debug0
check "the debug build unloads" wait_for 60 unloaded
check "the usual module loads" modprobe naawg
finish
