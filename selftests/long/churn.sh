#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# Ten thousand rounds of churn on two processors at native speed. They take half an hour,
# because deleting a link waits for all CPUs that may still use it.

. "$(dirname "$0")/../lib.sh"

need_root
export NAAWG_GUEST=uml NAAWG_CPUS=2 NAAWG_CHURN=${NAAWG_CHURN:-10000}
export NAAWG_LIMIT=3500 NAAWG_VM_LIMIT=3550
export NAAWG_OUT=${NAAWG_OUT:-$selftests/out}/churn
mkdir -p "$NAAWG_OUT"
"$selftests/run.sh" vm net/churn.sh >"$NAAWG_OUT/report.txt" 2>&1
diag "$(grep -E '^ +(ok|not ok|#)' "$NAAWG_OUT/report.txt")"
check "$NAAWG_CHURN rounds" matches "$(tail -n 1 "$NAAWG_OUT/report.txt")" '^[0-9]+ passed, 0 failed'
finish
