#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The collection against LXC containers, in a User-Mode Linux that has what containers ask for.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc busybox mmdebstrap dpkg-buildpackage lxc-start ansible-playbook
out=${NAAWG_OUT:-$selftests/out}/ansible-lxc
debs=$selftests/out/ansible/debs
mkdir -p "$out"
export NAAWG_GUEST=uml:docker NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_MEMORY=4G

"$selftests/uml/build.sh" docker >"$out/build.log" 2>&1 ||
	bail "the kernel is built, see $out/build.log"
"$selftests/ansible/rootfs" >"$out/rootfs.log" 2>&1 ||
	bail "the root file system is made, see $out/rootfs.log"
[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"
rm -rf "$debs"
"$repo/tools/packaging/build.sh" "$debs" >"$out/packages.log" 2>&1 ||
	bail "the packages are built, see $out/packages.log"

"$selftests/run.sh" vm ansible/containers >"$out/report.txt" 2>&1
import_report "$out/report.txt"
diag "$(grep -E '^ *# restored' "$out/report.txt" | sed 's/^ *# //')"
check "the run came to its end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
