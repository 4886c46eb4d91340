#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# After an upgrade naawg-dkms reports that the kernel still runs another module than the
# installed one. It prints nothing if the kernel runs the installed one.

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
check "no message if the installed module is loaded" same "$said" ""
check "the module unloads" wait_for 60 unloaded
defer modprobe naawg
defer unloaded
hint
check "no message if no module is loaded" same "$said" ""
check "another one loads" insmod "$built"
hint
check "a message if another module is loaded" matches "$said" "Reboot recommended"
hint
check "the mark for a reboot names the package once" same "$(cat /run/reboot-required.pkgs)" naawg-dkms
check "the mark is where unattended-upgrades looks" [ -e /run/reboot-required ]
finish
