#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module builds for User-Mode Linux, which is the newest kernel there is
# here and another architecture as well. Making that kernel takes ten minutes,
# once.

. "$(dirname "$0")/../lib.sh"

need_tool make gcc flex bison bc
mkdir -p "$selftests/out"
tree=$("$selftests/uml/build.sh" 2>"$selftests/out/uml-build.log" | tail -n 1)
[ -f "$tree/Module.symvers" ] ||
	bail "User-Mode Linux can be built, see selftests/out/uml-build.log"

copy=$(mktemp -d)
defer rm -rf "$copy"
make -s --no-print-directory -C "$repo" copy TO="$copy"
if make -j"$(nproc)" -C "$copy" KDIR="$tree" ARCH=um W=1 modules >"$copy/log" 2>&1; then
	pass "the module builds"
else
	fail "the module builds" "$(grep -A3 -e error: -e undefined "$copy/log" | head -n 60)"
fi
check "the build gives no warning" same "$(grep -A3 'warning:' "$copy/log" | head -n 60)" ""
check "the module is for that kernel" same \
	"$(modinfo -F vermagic "$copy/module/naawg.ko" 2>&1 | cut -d' ' -f1)" \
	"$(make -s -C "$tree" ARCH=um kernelrelease)"
finish
