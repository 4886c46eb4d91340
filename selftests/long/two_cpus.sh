#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1500
#
# Tests of the vm tier that mean more with two processors: packets decrypted on another
# CPU, packets that arrive on both, and streams at once.

. "$(dirname "$0")/../lib.sh"

need_root
out=${NAAWG_OUT:-$selftests/out}/two-cpus
mkdir -p "$out"
NAAWG_CPUS=2 NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_VM_LIMIT=1400 "$selftests/run.sh" vm \
	batch/{changing,moves,order,streams,whole}.sh net/basic.sh >"$out/report.txt" 2>&1
import_report "$out/report.txt"
check "the run came to its end" same "$(grep -c 'the kernel log stays clean to the end' "$out/report.txt")" 1
finish
