#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# old_chains.sh: User-Mode Linux of test.config that segments chains of datagrams as older
# kernels do (old_chains.py); prints its directory. It is a copy of build.sh's in which a
# single file is compiled again. This takes a minute, once, and modules built for one fit
# the other.

set -u
here=$(cd "$(dirname "$0")" && pwd -P)
. "$here/../kernels/tree.sh"

tree=$("$here/build.sh" test) || exit 1
source=$(sed -n 's|^include \(.*\)/Makefile$|\1|p' "$tree/Makefile")
file=net/ipv4/udp_offload.c
[ -r "$source/$file" ] || { echo "${0##*/}: no source of $tree" >&2; exit 1; }
tree_modules "$tree" ARCH=um || exit 1
into=${tree%/*}/old-chains-$( (echo "$tree"; cat "$here/old_chains.py") | sha256sum | cut -c1-12)

# In a mount namespace of its own the copy stands where the original does, as its
# files name each other by that path.
build()
{
	local new=$into.new

	rm -rf "$new"
	cp -a --reflink=auto "$tree" "$new" &&
		/usr/bin/python3 "$here/old_chains.py" "$source/$file" "$new/edited.c" &&
		unshare -m sh -ec '
			mount --bind "$1" "$2"
			mount --bind "$2/edited.c" "$3"
			exec make -s -C "$2" ARCH=um -j"$(nproc)" linux
		' - "$new" "$tree" "$source/$file" &&
		! cmp -s "$new/linux" "$tree/linux" && mv -T "$new" "$into"
}

(
	flock 9
	[ -e "$into/.built" ] || build
) 9>"$into.lock" >&2 || { echo "${0##*/}: cannot build $into" >&2; exit 1; }
printf '%s\n' "$into"
