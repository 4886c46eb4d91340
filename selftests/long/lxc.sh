#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# Fifty unprivileged containers with a link each: lxc/many.

. "$(dirname "$0")/../lib.sh"

need_root
export NAAWG_CONTAINERS=${NAAWG_CONTAINERS:-50} NAAWG_CPUS=${NAAWG_CPUS:-2}
export NAAWG_VM_LIMIT=3550 NAAWG_OUT=${NAAWG_OUT:-$selftests/out}/lxc
mkdir -p "$NAAWG_OUT"
"$selftests/run.sh" vm lxc/many >"$NAAWG_OUT/report.txt" 2>&1
diag "$(grep -E '^ +(ok|not ok|#)' "$NAAWG_OUT/report.txt")"
check "$NAAWG_CONTAINERS containers" matches "$(tail -n 1 "$NAAWG_OUT/report.txt")" '^[0-9]+ passed, 0 failed'
finish
