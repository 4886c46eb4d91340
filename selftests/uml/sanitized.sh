#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2700
#
# Tests of the vm tier on an instrumented kernel: every access to memory, every
# lock, every reference, and memory that is never freed. Only such a kernel can also let
# allocations fail on purpose and run unit tests. NAAWG_WATCHER names the kernel:
#
#	sanitize	the default. It runs some tests that reach most code; with
#			NAAWG_SANITIZED=all, as in long/sanitized.sh, all of them
#	quick		is built in less time, and runs the tests that stand under
#			"instrumented" in runner/places.sh: a part of `make check`

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc busybox
out=${NAAWG_OUT:-$selftests/out}/sanitized
mkdir -p "$out"
config=${NAAWG_WATCHER:-sanitize}
export NAAWG_GUEST=uml:$config NAAWG_NO_DEPS=1 NAAWG_OUT=$out
export NAAWG_FUZZ_REQUESTS=${NAAWG_FUZZ_REQUESTS:-5000}

begin=$SECONDS
tree=$("$selftests/uml/build.sh" "$config" 2>"$out/build.log") ||
	bail "the kernel is built, see $out/build.log"
diag "the kernel took $((SECONDS - begin)) s"
check "the tool is built" make -s --no-print-directory -C "$repo" tools
check "helper programs are built" make -s -C "$selftests/batch"
check "the unit tests are built for this kernel" make -s -C "$selftests/kunit" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/kunit"
check "the module of the unit tests exists" test -r "$selftests/out/uml-$config/kunit/naawg_kunit.ko"
if [ "$config" != quick ]; then
	check "programs that make faults are built" make -s -C "$selftests/faults"
	check "the module that looks for keys is built" make -s -C "$selftests/secrets" \
		KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/secrets"
fi
check "modules with mistakes are built for this kernel" make -s -C "$selftests/bugs" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/bugs"

# A kernel that notices nothing would pass every test. The mistakes with locks come first,
# because lockdep stops watching after another bug.
"$selftests/run.sh" vm bugs/{leak,order,atomic,freed,beyond}.sh >"$out/bugs.txt" 2>&1
noticed()
{
	check "$1" grep -qE "^not ok [0-9]+ $2( |\$)" "$out/bugs.txt"
}
for bug in order atomic freed beyond; do
	check "$bug.sh can make its mistake" grep -qxE "ok [0-9]+ bugs/$bug.sh" "$out/bugs.txt"
	noticed "the kernel reports the mistake of $bug.sh" "bugs/$bug.sh: the kernel log stays clean"
done
noticed "the kernel reports leaked memory" "no memory has leaked"
noticed "the kernel reports that locks are no longer watched" "locks were watched to the end"

mapfile -t special < <(make -s --no-print-directory -C "$selftests" list-sanitize)
if [ "${NAAWG_SANITIZED:-}" = all ]; then
	mapfile -t tests < <(make -s --no-print-directory -C "$selftests" list-vm)
elif [ "$config" = quick ]; then
	special=()
	mapfile -t tests < <("$selftests/run.sh" -l instrumented)
else
	tests=(nl/input.sh nl/fuzz.sh nl/fuzz_userns.sh net/basic.sh net/keys.sh
		net/teardown.sh net/churn.sh wire/hostile.sh)
fi

"$selftests/run.sh" vm "${special[@]}" "${tests[@]}" >"$out/report.txt" 2>&1
# Its tests are the checks of this one.
import_report "$out/report.txt"
diag "$(grep -E '^ *# .* took' "$out/report.txt" | sed 's/^ *# //')"
check "the run came to its end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
