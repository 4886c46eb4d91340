#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [CONFIG]: builds User-Mode Linux from Debian's newest kernel source with the
# options of selftests/uml/CONFIG.config (default: test), outside the checkout. It prints the
# directory that has linux and all that modules need. A kernel that was built before with
# the same options is used again.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../static/cache.sh"
. "$here/../kernels/from_source.sh"

package=linux-source-7.2
base=${NAAWG_CACHE:-/var/cache/naawg}/uml

# Programs that change the source: x86's own vector code also works in a process, and stack
# traces need not take a hundred times as long as elsewhere.
edits=("$here/simd.py" "$here/pace.py")
kernel_make=(ARCH=um)
targets=(linux modules)

# shellcheck disable=SC2317 # called by fetch
unpack_source()
{
	again backports_apt apt-get update &&
		(cd "$1" && again backports_apt apt-get download "$package" &&
		 dpkg-deb -x ./"$package"_*.deb . &&
		 mkdir tree && tar -xf usr/src/"$package".tar.xz -C tree \
			--strip-components=1)
}

kernel_tree "${1:-test}"
kernel_build
