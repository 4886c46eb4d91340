#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh [-n] [CONFIG]: builds User-Mode Linux from Debian's newest kernel source
# with the options of selftests/uml/CONFIG.config (default: test), outside the
# checkout, and prints the directory: linux, and all that modules need, are in
# it. What was built before with the same options is used again. With -n nothing is
# built, and the status says whether it was.
#
# A configuration's line '# on: WHAT' says what it adds to: another one of this
# directory, or a target of the kernel's, defconfig (the default) or allnoconfig.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../static/cache.sh"

only_ask=
[ "${1:-}" != -n ] || { only_ask=1; shift; }
name=${1:-test}
package=linux-source-7.2
base=${NAAWG_CACHE:-/var/cache/naawg}/uml

fail()
{
	echo "build.sh: $*" >&2
	exit 1
}

# All options of configuration $1, after those it adds to. Leaves the kernel's
# target they start from in $start.
options()
{
	local on

	[ -r "$here/$1.config" ] || fail "no selftests/uml/$1.config"
	on=$(sed -n 's/^# on: //p' "$here/$1.config")
	case $on in
	'' | defconfig | allnoconfig) start=${on:-defconfig} ;;
	*) options "$on" ;;
	esac
	cat "$here/$1.config"
}

# What is changed in the source: x86's own vector code works in a process just as
# well, and stack traces need not take a hundred times as long as elsewhere.
edits=("$here/simd.py" "$here/pace.py")

edit()
{
	local edit

	for edit in "${edits[@]}"; do
		/usr/bin/python3 "$edit" "$1" || return 1
	done
}

fetch()
{
	local tmp

	tmp=$(mktemp -d "$base/deb.XXXXXX") || return 1
	again backports_apt apt-get update &&
		(cd "$tmp" && again backports_apt apt-get download "$package" &&
		 dpkg-deb -x ./"$package"_*.deb . &&
		 mkdir tree && tar -xf usr/src/"$package".tar.xz -C tree \
			--strip-components=1) &&
		edit "$tmp/tree" &&
		mv -T "$tmp/tree" "$source"
	rm -rf "$tmp"
	[ -e "$source/Makefile" ]
}

# An option whose conditions are not met vanishes without a word, and a test
# that needs it would be skipped.
all_taken()
{
	local line missing=

	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%n}" .config ;;
		*) grep -qxF -e "$line" .config ;;
		esac || missing+=" $line"
	done < <(grep '^CONFIG_' wanted)
	[ -z "$missing" ] || fail "not possible together in $name.config:$missing"
}

# Guests that run beside it have deadlines, this has none.
build()
{
	mkdir -p "$tree" && cd "$tree" || return 1
	printf '%s\n' "$all" >wanted
	make -s -C "$source" O="$tree" ARCH=um "$start" &&
		cat wanted >>.config &&
		make -s ARCH=um olddefconfig &&
		all_taken &&
		nice make -s ARCH=um -j"$(nproc)" linux modules &&
		touch .built
}

start=
options "$name" >/dev/null
all=$(options "$name")
source=$base/source-$(cat "${edits[@]}" | sha256sum | cut -c1-12)
tree=$base/$name-$( (printf '%s\n' "$all"; cat "${edits[@]}") | sha256sum | cut -c1-12)

# Runs $2 unless the file $1 is there. Two at a time would be in each other's way.
once()
{
	[ -e "$1" ] && return
	(
		flock 9
		[ -e "$1" ] || "$2" 9>&-
	) 9>"$base/.lock-$2-${3:-}" >&2
}

[ -z "$only_ask" ] || { [ -e "$tree/.built" ]; exit; }
mkdir -p "$base" || exit 1
once "$source/Makefile" fetch || fail "cannot get $package"
once "$tree/.built" build "$name" || fail "cannot build in $tree"
printf '%s\n' "$tree"
