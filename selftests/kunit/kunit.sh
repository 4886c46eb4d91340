#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The unit tests of the pure files, run by KUnit in the kernel: its own headers
# and crypto, its own stack, and whatever it has to watch them with.

. "$(dirname "$0")/../lib.sh"

need_root
# By name: kernels of several configurations call themselves the same.
guest=${NAAWG_GUEST:-}
built=$selftests/out/${guest/:/-}/kunit/naawg_kunit.ko
[ -r "$built" ] || skip_all "no KUnit tests were built for this kernel"
modprobe -q kunit || skip_all "this kernel has no KUnit"

mark="naawg kunit $$"
echo "$mark" >/dev/kmsg
insmod "$built" || bail "the tests load"
rmmod naawg_kunit
log=$(dmesg | awk -v mark="$mark" 'seen; index($0, mark) { seen = 1 }' |
	sed 's/^\[[^]]*\] //')
while read -r verdict; do
	name=${verdict##*case_}
	case $verdict in
	ok*) pass "$name" ;;
	*) fail "$name" "$(grep -B 1 -A 1 -e EXPECTATION -e '# not ok' <<<"$log")" ;;
	esac
done < <(grep -E '^ *(not )?ok [0-9]+ case_' <<<"$log" | sed 's/^ *//')
diag "$(sed -n 's/.*# case_[a-z]*: # \(.* vectors\)$/\1/p' <<<"$log")"
ran=$tap_count
while read -r skipped; do
	skip "${skipped%%: *}" "${skipped#*: }"
done < <(sed -n 's/.*# case_[a-z]*: skipped: //p' <<<"$log")
check "all unit tests ran" same "$ran" "$(grep -c '^TEST(' "$selftests/kunit/suite.c")"
finish
