#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# After an upgrade naawg-dkms reports that the kernel still runs other modules than the
# installed ones, and before it keeps a copy of those that run. It prints nothing if the
# kernel runs the installed ones.

. "$(dirname "$0")/../lib.sh"

need_root
need_module naawg
need_built debug/module/naawg.ko
# It unloads modules, and writes where the packages do.
[ -n "${NAAWG_VM:-}" ] || skip_all "only in a guest"

tmp=$(mktemp -d)
defer rm -rf "$tmp"
stash=/var/lib/naawg-dkms/previous/$(uname -r)
defer rm -rf /var/lib/naawg-dkms
rm -f /run/reboot-required /run/reboot-required.pkgs
hint()
{
	said=$("$repo/tools/packaging/loaded-module" 2>&1)
}

unloaded()
{
	local module

	for module in naawg_wireguard naawg; do
		[ ! -d "/sys/module/$module" ] || rmmod "$module" || return 1
	done
}

kept()
{
	"$repo/tools/packaging/keep-running"
	(cd "$stash" 2>/dev/null && echo *)
}

hint
check "no message if the installed module is loaded" same "$said" ""
check "a copy of it is kept" same "$(kept)" naawg.ko
check "the module unloads" wait_for 60 unloaded
defer modprobe naawg
defer unloaded
hint
check "no message if no module is loaded" same "$said" ""
check "the copy stays" same "$(kept)" naawg.ko
check "another one loads" insmod "$built"
hint
check "a message if another module is loaded" matches "$said" "runs naawg .*Reboot recommended"
hint
check "the mark for a reboot names the package once" same "$(cat /run/reboot-required.pkgs)" naawg-dkms
check "the mark is where unattended-upgrades looks" [ -e /run/reboot-required ]
check "the copy is still of the installed one" same \
	"$(kept; modinfo -F version "$stash/naawg.ko")" "naawg.ko
$(modinfo -F version naawg)"

# The module with the stock driver's names, also with another id of its source.
modprobe -r wireguard 2>/dev/null
if ! modinfo -n naawg_wireguard >/dev/null 2>&1; then
	skip "naawg_wireguard" "there is none for this kernel"
	finish
fi
check "the other one unloads" wait_for 60 unloaded
check "both installed modules load" modprobe naawg_wireguard
hint
check "no message if both installed modules are loaded" same "$said" ""
check "a copy of both is kept" same "$(kept)" "naawg.ko naawg_wireguard.ko"
rmmod naawg_wireguard
LC_ALL=C sed 's/srcversion=......../srcversion=00000000/' "$(modinfo -n naawg_wireguard)" \
	>"$tmp/naawg_wireguard.ko"
touch "$stash/mark"
check "a naawg_wireguard from other sources loads" insmod "$tmp/naawg_wireguard.ko"
hint
check "a message if only naawg_wireguard is another one" matches "$said" \
	"runs naawg_wireguard .*Reboot recommended"
check "then the copies stay" same "$(kept)" "mark naawg.ko naawg_wireguard.ko"
finish
