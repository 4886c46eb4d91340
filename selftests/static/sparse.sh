#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a copy of the module with sparse looking at every file. A copy, because
# the check must see all files, built already or not, and leave no trace.

. "$(dirname "$0")/../lib.sh"

need_tool sparse make
kdir=${KDIR:-$(find /lib/modules -maxdepth 2 -path '*/6.1.*-amd64/build' |
	grep -v -e -rt- -e -cloud- | sort -V | tail -n 1)}
[ -e "$kdir/Makefile" ] || bail "no kernel headers: selftests/deps.sh build"

copy=$(mktemp -d)
defer rm -rf "$copy"
make -s --no-print-directory -C "$repo" copy TO="$copy"

make -j"$(nproc)" -C "$kdir" M="$copy" C=2 CF=-D__CHECK_ENDIAN__ modules \
	>"$copy/log" 2>&1
rc=$?
plan 2
if [ $rc -eq 0 ] && [ -e "$copy/module/naawg.ko" ]; then
	pass "the module builds under sparse"
else
	fail "the module builds under sparse" "$(grep -v '^  ' "$copy/log" | tail -n 30)"
fi
# Kernel headers have warnings of their own; those are not ours to silence.
# Sparse has no vector types, so it cannot read the files that use them.
vectors='^module/simd/(avx|chacha|poly|section|[yz]mm)'
said=$(grep -E "^($copy/)?module/.*: (warning|error):" "$copy/log" |
	sed "s|$copy/||" | grep -Ev "$vectors" | sort -u)
if [ -z "$said" ]; then
	pass "sparse has nothing to say about module/"
else
	fail "sparse has nothing to say about module/" "$said"
fi
finish
