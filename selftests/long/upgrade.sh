#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3000
#
# Upgrades under load, upgrade/load.sh: on Debian's 6.1, and on the newest kernel at
# native speed, where the length of the gap means something.

. "$(dirname "$0")/../lib.sh"

need_root
export NAAWG_NO_DEPS=1 NAAWG_LIMIT=${NAAWG_LIMIT:-1200}
out=${NAAWG_OUT:-$selftests/out}/upgrade

# on GUEST WHAT
on()
{
	local report=$out/$1/report.txt

	mkdir -p "$out/$1"
	NAAWG_GUEST=$1 NAAWG_OUT=$out/$1 "$selftests/run.sh" vm upgrade/load.sh >"$report" 2>&1
	diag "$(grep -E '^ +(ok|not ok|#)' "$report")"
	check "$2" matches "$(tail -n 1 "$report")" '^[0-9]+ passed, 0 failed'
}

# Two builds that can be told apart, for each of the two kernels.
check "another build for 6.1" make -s -C "$selftests/debug" all
on qemu "an upgrade on 6.1"
check "another build for User-Mode Linux" env -u NAAWG_OUT \
	"$selftests/uml/module.sh" test NAAWG_DEBUG=1
on uml "an upgrade on the newest kernel"
finish
