#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What naawg-dkms says after an upgrade: that the kernel still runs another
# module than the one installed, and nothing if it does not.

. "$(dirname "$0")/../lib.sh"

need_root
need_module naawg
need_built debug/module/naawg.ko

rm -f /run/reboot-required /run/reboot-required.pkgs
hint()
{
	said=$("$repo/tools/packaging/loaded-module" 2>&1)
}

unloaded()
{
	[ ! -d /sys/module/naawg ] || rmmod naawg
}

hint
check "nothing is said of the module that is installed" same "$said" ""
check "it unloads" wait_for 60 unloaded
defer modprobe naawg
defer unloaded
hint
check "nor if none is loaded" same "$said" ""
check "another one loads" insmod "$built"
hint
check "of that one it is" matches "$said" "Reboot recommended"
hint
check "the mark for a reboot names the package once" same "$(cat /run/reboot-required.pkgs)" naawg-dkms
check "the mark is where unattended-upgrades looks" [ -e /run/reboot-required ]
finish
