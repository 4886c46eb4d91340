#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Two builds of the Debian packages have the same bytes, though they differ in directory,
# umask, dates and modes of the sources, language, time zone, number of processors and clock.

. "$(dirname "$0")/../lib.sh"

need_tool dpkg-buildpackage dh_dkms git
git -C "$repo" ls-files >/dev/null 2>&1 || skip_all "this tree has no history of its own"
work=$(mktemp -d) || bail "there is room"
defer rm -rf "$work"

# copy DIRECTORY MODES: the files that git knows, in another directory
copy()
{
	mkdir -p "$1"
	git -C "$repo" ls-files -z Makefile Kbuild dkms.conf COPYING module tools |
		tar -c -C "$repo" --null -T - | tar -x -C "$1"
	chmod -R "$2" "$1"
}

# build DIRECTORY COMMAND...: the packages of that copy, and the sum of each
build()
{
	local tree=$1

	shift
	env -u TMPDIR NAAWG_VERSION=0.0.9 SOURCE_DATE_EPOCH=1700000000 "$@" \
		"$tree/tools/packaging/build.sh" "$tree/debs" >"$tree/log" 2>&1 ||
		diag "$(tail -n 20 "$tree/log")"
	(cd "$tree/debs" && sha256sum ./*.deb)
}

copy "$work/one" u=rwX,go=rX
copy "$work/another directory/with-a-longer-name" u=rwX,go=
find "$work/one" -exec touch -h -d 2020-02-02 {} +
clock=()
if command -v faketime >/dev/null; then
	clock=(faketime -f +400d)
else
	diag "without faketime, both builds have the same clock"
fi
mkdir "$work/tmp"
first=$(umask 022; build "$work/one" TZ=UTC LC_ALL=C)
second=$(umask 077; build "$work/another directory/with-a-longer-name" \
	TMPDIR="$work/tmp" TZ=Pacific/Apia LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS=parallel=2 \
	"${clock[@]}")
check "three packages are built" same "$(wc -l <<<"$first")" 3
check "two builds have the same bytes" same "$second" "$first" ||
	for deb in "$work"/one/debs/*.deb; do
		! command -v diffoscope >/dev/null ||
			diag "$(diffoscope --text - "$deb" "$work"/another*/*/debs/"${deb##*/}" | head -n 60)"
	done
finish
