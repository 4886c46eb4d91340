#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Memory runs out at every single allocation: each request of user space reports the
# failure, works when it is repeated, and leaves nothing behind.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/faults_lib.sh"

need_root
need_module naawg
need_tool unshare modinfo
need_faults
sweep=$selftests/out/faults/sweep
[ -x "$sweep" ] || skip_all "not built: make -C selftests all"
module=$(modinfo -n naawg) || skip_all "modinfo does not know the module"

faults_at_will
# The program prints TAP, and its exit status is the verdict.
trap - EXIT
unshare -n "$sweep" "$module"
rc=$?
modprobe -q naawg
exit $rc
