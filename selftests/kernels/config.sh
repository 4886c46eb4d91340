#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A kernel for which the module cannot be built is reported with a sentence, not by
# compiler errors.

. "$(dirname "$0")/on_kernel.sh"

need_tool make tar
release=$(kernel_release 6.1) && kdir=$(kernel_headers "$release") ||
	skip_all "no headers of 6.1 to be had"
work=$(mktemp -d)
defer rm -rf "$work"
make -s --no-print-directory -C "$repo" copy TO="$work/tree"

# build ARGUMENT...: what a build for the doctored headers says
build()
{
	said=$(make -C "$work/tree" KDIR="$work/headers" "$@" modules 2>&1)
	[ $? -ne 0 ] || said="it was built"
}

mkdir "$work/headers"
tar -c -C "$(readlink -f "$kdir")" --exclude=./vmlinux . | tar -x -C "$work/headers"
options=$work/headers/include/config/auto.conf
cp "$options" "$work/options"

read -ra needs < <(sed -n 's/^BUILD_EXCLUSIVE_CONFIG="\(.*\)"/\1/p' "$repo/dkms.conf")
check "the module needs kernel options" differs "${#needs[@]}" 0
for option in "${needs[@]}"; do
	grep -v "^$option=" "$work/options" >"$options"
	build
	check "a kernel without $option is reported" matches "$said" \
		"naawg needs a kernel with $option, which this one was configured without"
	check "nothing is compiled without $option" lacks "$said" "error:|CC \[M\]"
done

cp "$work/options" "$options"
for version in 5.10 6.0; do
	build VERSION="${version%.*}" PATCHLEVEL="${version#*.}"
	check "$version is reported as too old" matches "$said" "naawg needs Linux 6.1 or newer, and this is $version"
done
check "make clean-modules works without a build" make -C "$work/tree" KDIR="$work/headers" clean-modules
finish
