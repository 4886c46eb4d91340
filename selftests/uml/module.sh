#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# module.sh CONFIG: builds the module for the User-Mode Linux of that name, from
# a copy, so that it does not take the place of the one for real kernels, and
# prints the file. Variables like NAAWG_DEBUG=1 may follow, as for make.

set -u
here=$(cd "$(dirname "$0")" && pwd -P)
repo=$(cd "$here/../.." && pwd -P)

name=$1
shift
tree=$("$here/build.sh" "$name") || exit 1
copy=${NAAWG_OUT:-$repo/selftests/out}/uml-$name${1:+-${1%%=*}}
# Objects are for one tree.
[ "$(cat "$copy/.tree" 2>/dev/null)" = "$tree" ] || rm -rf "$copy"
{
	make -s --no-print-directory -C "$repo" copy TO="$copy" &&
		printf '%s\n' "$tree" >"$copy/.tree" &&
		make -s -j"$(nproc)" -C "$copy" KDIR="$tree" ARCH=um "$@" modules
} >&2 || exit 1
printf '%s\n' "$copy/module/naawg.ko"
