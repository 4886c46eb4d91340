#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2700
#
# Tests of the vm tier on a kernel that watches itself: every access to memory,
# every lock, every reference, and what is not freed in the end. Also what only
# such a kernel can do: memory that fails on purpose, unit tests in the kernel.
# Everything is run with NAAWG_SANITIZED=all, as selftests/long/sanitized.sh
# does; else those that reach most code in the shortest time. NAAWG_WATCHER is the
# kernel: sanitize (the default), or quick, which is built sooner and gets fewer of
# them.

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
check "helper programs are built" make -s -C "$selftests/faults"
check "those of the batches too" make -s -C "$selftests/batch"
check "the unit tests are built for this kernel" make -s -C "$selftests/kunit" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/kunit"
check "and are there" test -r "$selftests/out/uml-$config/kunit/naawg_kunit.ko"
check "so is what looks for keys" make -s -C "$selftests/secrets" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/secrets"
check "mistakes are built for this kernel" make -s -C "$selftests/bugs" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-$config/bugs"

# A kernel that notices nothing would pass whatever is tested. Locks come first:
# they are no longer watched after another bug.
"$selftests/run.sh" vm bugs/{leak,order,atomic,freed,beyond}.sh >"$out/bugs.txt" 2>&1
noticed()
{
	check "$1" grep -qE "^not ok [0-9]+ $2( |\$)" "$out/bugs.txt"
}
for bug in order atomic freed beyond; do
	check "$bug.sh could make its mistake" grep -qxE "ok [0-9]+ bugs/$bug.sh" "$out/bugs.txt"
	noticed "and the kernel noticed" "bugs/$bug.sh: the kernel log stays clean"
done
noticed "leaked memory is noticed" "no memory has leaked"
noticed "so is that locks are no longer watched" "locks were watched to the end"

mapfile -t special < <(make -s --no-print-directory -C "$selftests" list-sanitize)
if [ "${NAAWG_SANITIZED:-}" = all ]; then
	mapfile -t tests < <(make -s --no-print-directory -C "$selftests" list-vm)
elif [ "$config" = quick ]; then
	special=(kunit/kunit.sh)
	# Data path, netlink and forwards: this is the second kernel of make check.
	# Of batch/ those that go through every door and fallback.
	tests=(net/basic.sh net/keys.sh net/monitor.sh net/teardown.sh batch/{streams,tx_fallbacks,chains}.sh
		batch/{chains_onward,forward,identical,paths,stock,tx_bursts,whole}.sh
		nl/set_get.sh nl/input.sh nl/fuzz.sh nl/fuzz_userns.sh
		nat/rules.sh nat/paths.sh wire/data.sh wire/handshake.sh wire/hostile.sh)
else
	tests=(nl/input.sh nl/fuzz.sh nl/fuzz_userns.sh net/basic.sh net/keys.sh
		net/teardown.sh net/churn.sh wire/hostile.sh)
fi

"$selftests/run.sh" vm "${special[@]}" "${tests[@]}" >"$out/report.txt" 2>&1
# Its tests are the checks of this one.
import_report "$out/report.txt"
diag "$(grep -E '^ *# .* took' "$out/report.txt" | sed 's/^ *# //')"
check "and came to the end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
