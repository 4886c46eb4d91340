# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Makes one mistake in the kernel. The test itself passes; run.sh has to report what the
# kernel noticed.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

need_root
built=$selftests/out/${NAAWG_GUEST/:/-}/bugs/naawg_bug.ko
[ -r "$built" ] || skip_all "there are no mistakes for this kernel"
what=$(basename "$0" .sh)
check "$what: the mistake can be made" insmod "$built" what="$what"
check "$what: the module unloads" rmmod naawg_bug
finish
