#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# Tool and module of 0.1.0, built from the history, with the present ones: upgrade/versions.sh, in
# User-Mode Linux.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"

first=25a05fe
git -C "$repo" cat-file -e "$first^{commit}" 2>/dev/null ||
	skip_all "the history does not go back to 0.1.0"
guest versions
tree=$("$selftests/uml/build.sh" test 2>/dev/null) || bail "there is a kernel"
into=$selftests/out/first
if [ ! -e "$into/.built" ]; then
	rm -rf "$into"
	mkdir -p "$into"
	git -C "$repo" archive "$first" | tar -x -C "$into"
	made "tool of 0.1.0" make -s --no-print-directory -C "$into/tools"
	made "module of 0.1.0" make -s -j"$(nproc)" -C "$into" KDIR="$tree" ARCH=um modules
	touch "$into/.built"
fi
run_in_guest upgrade/versions.sh
finish
