#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 5400
#
# Two processors use the same data without synchronization: tests of the vm tier on a
# kernel with KCSAN, under QEMU. A race with our code on either stack is a failure; the
# kernel's own are named and counted. Failed checks of these tests are counted as well,
# because KCSAN stops one processor all the time while the other goes on, so timing means
# nothing. NAAWG_RACES names other tests.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc qemu-system-x86_64
[ -r /usr/src/linux-source-6.1.tar.xz ] || skip_all "no linux-source-6.1"
out=${NAAWG_OUT:-$selftests/out}/races
mkdir -p "$out"
export NAAWG_GUEST=kcsan NAAWG_CPUS=2 NAAWG_NO_DEPS=1 NAAWG_OUT=$out
export NAAWG_CHURN=${NAAWG_CHURN:-10} NAAWG_LIMIT=1200 NAAWG_VM_LIMIT=4500
read -ra tests <<<"${NAAWG_RACES:-net/basic.sh batch/streams.sh nl/set_get.sh nat/rules.sh \
	net/churn.sh wireguard/race.sh}"

begin=$SECONDS
tree=$("$selftests/kcsan/build.sh" 2>"$out/build.log") ||
	bail "the kernel is built, see $out/build.log"
diag "the kernel took $((SECONDS - begin)) s"
check "the tool is built" make -s --no-print-directory -C "$repo" tools
check "helper programs are built" make -s -C "$selftests/batch"
check "a module with a data race is built for this kernel" make -s -C "$selftests/bugs" \
	KDIR="$tree" OUT="$selftests/out/kcsan/bugs"

"$selftests/run.sh" vm bugs/race.sh >"$out/bugs.txt" 2>&1
check "race.sh can make its data race" grep -qxE 'ok [0-9]+ bugs/race.sh' "$out/bugs.txt"
check "the kernel reports the data race" grep -qE '^not ok [0-9]+ bugs/race.sh: the kernel log stays clean' \
	"$out/bugs.txt"

"$selftests/run.sh" vm "${tests[@]}" >"$out/report.txt" 2>&1
import_report "$out/report.txt" '' '\.sh # [0-9]+ of [0-9]+ failed$'
diag "$(grep -E '^ +not ok ' "$out/report.txt")"
diag "$(grep -E '^ *# .* took' "$out/report.txt" | sed 's/^ *# //')"
diag "$(grep -E 'watchpoints|data_races' "$out/vm/kcsan.txt")"
diag "races of the kernel's own, and how often:"
diag "$(awk -v theirs=1 -f "$selftests/kcsan/races.awk" "$out/vm/dmesg.txt" | sort | uniq -c | sort -rn)"
check "the run came to its end" same "$(grep -c 'the kernel log stays clean to the end' "$out/report.txt")" 1
finish
