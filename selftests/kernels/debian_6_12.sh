#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module builds for Debian's 6.12 too, with more warnings asked for than
# usual and none given.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../static/cache.sh"

need_tool make tar apt-get dpkg-deb
kdir=$(headers_dir 6.12) || skip_all "no headers of 6.12 to be had"
release=$(sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	"$kdir/include/generated/utsrelease.h")
diag "$release, $kdir"

copy=$(mktemp -d)
defer rm -rf "$copy"
make -s --no-print-directory -C "$repo" copy TO="$copy"
if make -j"$(nproc)" -C "$copy" KDIR="$kdir" W=1 modules >"$copy/log" 2>&1; then
	pass "the module builds"
else
	fail "the module builds" "$(grep -A3 -e error: -e undefined "$copy/log" | head -n 60)"
fi
said=$(grep -A3 'warning:' "$copy/log" | head -n 60)
is "and without a warning" "$said" ""
like "it is a module of that kernel" \
	"$(modinfo -F vermagic "$copy/module/naawg.ko" 2>&1)" "^${release//+/\\+} "
finish
