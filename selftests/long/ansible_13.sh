#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The collection with Debian 13's Ansible as the controller, in User-Mode Linux.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc busybox mmdebstrap
out=${NAAWG_OUT:-$selftests/out}/ansible-13
mkdir -p "$out"
export NAAWG_GUEST=uml NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_LIMIT=3000

"$selftests/ansible/trixie" >"$out/trixie.log" 2>&1 ||
	bail "Debian 13 is made, see $out/trixie.log"
[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"

"$selftests/run.sh" vm ansible/debian_13 >"$out/report.txt" 2>&1
import_report "$out/report.txt"
check "the run came to its end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
