# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Kernels of our own configurations, built from source outside the checkout. A script
# that sources this sets
#
#	here		the directory of the configurations, NAME.config
#	base		the directory of results and sources
#	edits		an array of programs that change the source, or none
#	kernel_make	an array of further arguments for make, ARCH=um say
#	targets		an array of make's targets
#	unpack_source	a function that puts the source into a directory
#
# and calls kernel_tree, then kernel_build. A configuration's line '# on: WHAT'
# says what it adds to: another one of that directory, or a target of the kernel's,
# defconfig (the default) or allnoconfig.

fail()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# All options of configuration $1, after those it adds to. Leaves the kernel's
# target they start from in $start.
options()
{
	local on

	[ -r "$here/$1.config" ] || fail "no $here/$1.config"
	on=$(sed -n 's/^# on: //p' "$here/$1.config")
	case $on in
	'' | defconfig | allnoconfig) start=${on:-defconfig} ;;
	*) options "$on" ;;
	esac
	cat "$here/$1.config"
}

edit_source()
{
	local edit

	for edit in "${edits[@]}"; do
		/usr/bin/python3 "$edit" "$1" || return 1
	done
}

# One rename puts it in place, so that an interrupted run leaves nothing that looks
# complete.
fetch()
{
	local tmp

	tmp=$(mktemp -d "$base/source.XXXXXX") || return 1
	unpack_source "$tmp" && edit_source "$tmp/tree" && mv -T "$tmp/tree" "$source"
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
	# a configuration may change options of the one that it adds to
	printf '%s\n' "$all" | tac | awk -F= '!seen[$1]++' | tac >wanted
	make -s -C "$source" O="$tree" "${kernel_make[@]}" "$start" &&
		cat wanted >>.config &&
		make -s "${kernel_make[@]}" olddefconfig &&
		all_taken &&
		nice make -s "${kernel_make[@]}" -j"$(nproc)" "${targets[@]}" &&
		touch .built
}

# kernel_tree NAME: sets $source and $tree, the places of the source and of what is
# built with that configuration.
kernel_tree()
{
	name=$1
	start=
	options "$name" >/dev/null
	all=$(options "$name")
	source=$base/source-$(cat /dev/null "${edits[@]}" | sha256sum | cut -c1-12)
	tree=$base/$name-$( (printf '%s\n' "$all"; cat /dev/null "${edits[@]}") |
		sha256sum | cut -c1-12)
}

# Runs $2 unless the file $1 is there. Two at a time would be in each other's way.
once()
{
	[ -e "$1" ] && return
	(
		flock 9
		[ -e "$1" ] || "$2" 9>&-
	) 9>"$base/.lock-$2-${3:-}" >&2
}

# Build the kernel that kernel_tree chose, unless it exists, and print its directory.
kernel_build()
{
	mkdir -p "$base" || exit 1
	once "$source/Makefile" fetch || fail "cannot get the source"
	once "$tree/.built" build "$name" || fail "cannot build in $tree"
	printf '%s\n' "$tree"
}
