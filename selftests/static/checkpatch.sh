#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own style check, strict and with nothing ignored, on every file
# of the module that a person wrote.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/cache.sh"

need_tool perl tar
dir=$(checkpatch_dir) || bail "cannot unpack checkpatch: selftests/deps.sh static"

mapfile -t files < <(cd "$repo" && find module -name '*.[ch]' ! -name '*.mod.c' \
	! -name 'netlink_gen.*' ! -path module/uapi/naawg.h | sort)
plan ${#files[@]}
for file in "${files[@]}"; do
	check "$file" env -C "$repo" perl "$dir/scripts/checkpatch.pl" --no-tree \
		--strict --no-summary --quiet --terse --show-types \
		--file "$file"
done
finish
