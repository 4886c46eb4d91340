#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [-n] [CONFIG]: builds User-Mode Linux from Debian's newest kernel source
# with the options of selftests/uml/CONFIG.config (default: test), outside the
# checkout, and prints the directory: linux, and all that modules need, are in
# it. What was built before with the same options is used again. With -n nothing is
# built, and the status says whether it was.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../static/cache.sh"
. "$here/../kernels/from_source.sh"

only_ask=
[ "${1:-}" != -n ] || { only_ask=1; shift; }
package=linux-source-7.2
base=${NAAWG_CACHE:-/var/cache/naawg}/uml

# What is changed in the source: x86's own vector code works in a process just as
# well, and stack traces need not take a hundred times as long as elsewhere.
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
[ -z "$only_ask" ] || { [ -e "$tree/.built" ]; exit; }
kernel_build
