#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [CONFIG]: builds Linux for x86 from Debian's source of 6.1 with the
# options of selftests/kcsan/CONFIG.config (default: kcsan), outside the checkout,
# and prints the directory. An earlier build with the same options is used again.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../kernels/from_source.sh"

archive=/usr/src/linux-source-6.1.tar.xz
base=${NAAWG_CACHE:-/var/cache/naawg}/kcsan
# shellcheck disable=SC2034 # of from_source.sh
edits=() kernel_make=(ARCH=x86_64) targets=(bzImage modules)

# shellcheck disable=SC2317 # called by fetch
unpack_source()
{
	mkdir "$1/tree" && tar -xf "$archive" -C "$1/tree" --strip-components=1
}

kernel_tree "${1:-kcsan}"
kernel_build
