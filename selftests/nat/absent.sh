#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a kernel built without nf_nat, links work and forwards are refused in words. The
# usual module loads nf_nat itself.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool ip
need_built absent/module/naawg.ko
tool=$repo/tools/naawg
# The modules it depends on stay loaded when the usual one is unloaded.
need_module naawg
ns=absent$$
ip netns add $ns || bail "a namespace can be made"
defer ip netns del $ns
conf=$(mktemp)
defer rm -f "$conf"

unloaded()
{
	[ ! -d /sys/module/naawg ] || rmmod naawg
}

at()
{
	ip netns exec $ns "$@"
}

# refused COMMAND...: with the sentence of the kernel
refused()
{
	local said

	if said=$("$@" 2>&1); then
		fail "refused: ${*:2}" "$said"
	else
		check "refused in words: ${*:2}" matches "$said" "built without CONFIG_NF_NAT"
	fi
}

check "the module without forwards does not depend on nf_nat" lacks "$(modinfo -F depends "$built")" nf_nat
# Its links may still be dying with the namespaces of the test before.
check "the usual module unloads" wait_for 60 unloaded
defer modprobe naawg
defer unloaded
check "the module without forwards loads" insmod "$built"
check "a link can be made" ip -n $ns link add t0 type naawg
check "the link is up" ip -n $ns link set t0 up
refused at "$tool" forward t0 add 1080:tcp:10.101.0.2:80
refused at "$tool" forward t0 replace - <<<'1080:tcp:10.101.0.2:80'
"$tool" genkey | sed 's/^/[Interface]\nPrivateKey = /' >"$conf"
check "a configuration without forwards is accepted" at "$tool" setconf t0 "$conf"
echo "Forward = 53:udp:10.101.0.2" >>"$conf"
refused at "$tool" setconf t0 "$conf"
check "no forward is in force" same "$(at "$tool" forward t0 list)" ""
check "listing no forwards is no error" at "$tool" forward t0 flush --kill
check "the link can be deleted" ip -n $ns link del t0
check "the module without forwards unloads" wait_for 60 unloaded
# Where something else still holds it, only the last check remains.
rmmod nf_nat 2>/dev/null
check "the usual module loads" modprobe naawg
check "the usual module has loaded nf_nat" test -d /sys/module/nf_nat
finish
