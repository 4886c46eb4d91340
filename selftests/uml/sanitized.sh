#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2700
#
# Tests of the vm tier on a kernel that watches itself: every access to memory,
# every lock, every reference, and what is not freed in the end. Also what only
# such a kernel can do: memory that fails on purpose, unit tests in the kernel.
# Everything is run with NAAWG_SANITIZED=all, as selftests/long/sanitized.sh
# does; else those that reach most code in the shortest time.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc busybox
out=${NAAWG_OUT:-$selftests/out}/sanitized
mkdir -p "$out"
export NAAWG_GUEST=uml:sanitize NAAWG_NO_DEPS=1 NAAWG_OUT=$out
export NAAWG_FUZZ_REQUESTS=${NAAWG_FUZZ_REQUESTS:-5000}

begin=$SECONDS
tree=$("$selftests/uml/build.sh" sanitize 2>"$out/build.log") ||
	bail "the kernel is built, see $out/build.log"
diag "the kernel took $((SECONDS - begin)) s"
check "helper programs are built" make -s -C "$selftests/faults"
check "the unit tests are built for this kernel" make -s -C "$selftests/kunit" \
	KDIR="$tree" ARCH=um OUT="$selftests/out/uml-sanitize/kunit"

if [ "${NAAWG_SANITIZED:-}" = all ]; then
	mapfile -t tests < <(make -s --no-print-directory -C "$selftests" list-vm)
else
	tests=(nl/input.sh nl/fuzz.sh nl/fuzz_userns.sh net/basic.sh net/keys.sh
		net/teardown.sh net/churn.sh wire/hostile.sh)
fi
mapfile -t special < <(make -s --no-print-directory -C "$selftests" list-sanitize)

"$selftests/run.sh" vm "${special[@]}" "${tests[@]}" >"$out/report.txt" 2>&1
# Its tests are the checks of this one.
while read -r word rest; do
	what=$(sed -E 's/^(ok )?[0-9]+ //' <<<"$rest")
	case $word in
	ok) pass "$what" ;;
	not) fail "$what" "$(grep -B 40 -F "$rest" "$out/report.txt" | grep -E '^ +(not ok|#)|^#' | tail -n 30)" ;;
	esac
done < <(grep -E '^(not )?ok ' "$out/report.txt")
diag "$(grep -E '^ *# .* took' "$out/report.txt" | sed 's/^ *# //')"
like "and came to the end" "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
