#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1500
#
# Tests of the vm tier that only mean something, or mean more, with two processors: what
# is opened on another one, what comes to both, and streams at once.

. "$(dirname "$0")/../lib.sh"

need_root
out=${NAAWG_OUT:-$selftests/out}/two-cpus
mkdir -p "$out"
NAAWG_CPUS=2 NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_VM_LIMIT=1400 "$selftests/run.sh" vm \
	batch/{moves,order,streams,whole}.sh net/basic.sh >"$out/report.txt" 2>&1
while read -r word rest; do
	what=$(sed -E 's/^(ok )?[0-9]+ //' <<<"$rest")
	case $word$what in
	ok*SKIP*) skip "${what%% # SKIP*}" "${what##*# SKIP }" ;;
	ok*) pass "$what" ;;
	not*) fail "$what" "$(grep -E '^ +#' "$out/report.txt" | tail -n 40)" ;;
	esac
done < <(grep -E '^(not )?ok ' "$out/report.txt")
is "and came to the end" "$(grep -c 'the kernel log stays clean to the end' "$out/report.txt")" 1
finish
