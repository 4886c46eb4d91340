#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# The collection against hosts in namespaces, in User-Mode Linux: all that make check runs of
# ansible/, which an emulated guest skips, and the plays that take too long for make check.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool ansible-playbook make gcc flex bison bc
out=${NAAWG_OUT:-$selftests/out}/ansible-fleet
mkdir -p "$out"
export NAAWG_GUEST=uml NAAWG_NO_DEPS=1 NAAWG_OUT=$out

[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"

"$selftests/run.sh" vm \
	ansible/{modules,interface,interface_plays,fleet,drift,peers,verify,rotate,revoke}.sh \
	>"$out/report.txt" 2>&1
import_report "$out/report.txt"
diag "$(grep -E '^ *# .* (took|pings lost)' "$out/report.txt" | sed 's/^ *# //')"
check "the run came to its end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
