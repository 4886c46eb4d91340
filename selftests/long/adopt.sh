#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3000
#
# Links of the stock driver move to naawg and back: 20 of them on two processors, with all
# that may go wrong (upgrade/adopt.sh), and two on Debian's 6.1.

. "$(dirname "$0")/../lib.sh"

need_root
export NAAWG_NO_DEPS=1 NAAWG_LIMIT=${NAAWG_LIMIT:-1500}
out=${NAAWG_OUT:-$selftests/out}/adopt

# on GUEST TEST WHAT
on()
{
	local report=$out/$1/report.txt

	mkdir -p "$out/$1"
	NAAWG_GUEST=$1 NAAWG_OUT=$out/$1 "$selftests/run.sh" vm "$2" >"$report" 2>&1
	diag "$(grep -E '^ +(ok|not ok|#)' "$report")"
	check "$3" matches "$(tail -n 1 "$report")" '^[0-9]+ passed, 0 failed'
}

export NAAWG_CPUS=2
on uml upgrade/adopt.sh "20 links on the newest kernel"
on qemu wireguard/adopt.sh "two links on 6.1"
finish
