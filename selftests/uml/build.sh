#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [CONFIG]: builds User-Mode Linux from Debian's newest kernel source
# with the options of selftests/uml/CONFIG.config (default: bench), outside the
# checkout, and prints the directory: linux, and all that modules need, are in
# it. What was built before with the same options is used again.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../static/cache.sh"

name=${1:-bench}
config=$here/$name.config
package=linux-source-7.2
base=${NAAWG_CACHE:-/var/cache/naawg}/uml
key=$(cat "$config" "$here/simd.py" | sha256sum | cut -c1-12)
tree=$base/$name-$key

fail()
{
	echo "build.sh: $*" >&2
	exit 1
}

# x86's own vector code is written for the kernel, and works in a process just
# as well: it is only never asked for.
fetch()
{
	local tmp

	mkdir -p "$base"
	tmp=$(mktemp -d "$base/deb.XXXXXX") || return 1
	again backports_apt apt-get update &&
		(cd "$tmp" && again backports_apt apt-get download "$package" &&
		 dpkg-deb -x ./"$package"_*.deb . &&
		 mkdir tree && tar -xf usr/src/"$package".tar.xz -C tree \
			--strip-components=1) || { rm -rf "$tmp"; return 1; }
	/usr/bin/python3 "$here/simd.py" "$tmp/tree" || return 1
	rm -rf "${tree:?}" && mv "$tmp/tree" "$tree" && rm -rf "$tmp"
}

build()
{
	cd "$tree" || return 1
	make -s ARCH=um defconfig &&
		cat "$config" >>.config &&
		make -s ARCH=um olddefconfig &&
		make -s ARCH=um -j"$(nproc)" linux modules &&
		touch .built
}

if [ ! -e "$tree/.built" ]; then
	{
		[ -e "$tree/Makefile" ] || fetch || fail "cannot get $package"
		build || fail "cannot build in $tree"
	} >&2
fi
printf '%s\n' "$tree"
