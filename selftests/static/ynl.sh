#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netlink headers and policies are generated and checked in: naawg's from
# module/uapi/naawg.yaml, the stock driver's from the specification that the kernel's
# source has. Generate them again and compare; with --write, put them in place.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/cache.sh"

mode=${1:-}
spec=$repo/module/uapi/naawg.yaml

give_up()
{
	if [ "$mode" = --write ]; then
		echo "ynl.sh: $1" >&2
		tap_finished=1
		exit 1
	fi
	bail "$1"
}

[ "$mode" != --write ] || "$selftests/deps.sh" static >&2 ||
	give_up "packages are missing"

# Debian's own interpreter: its modules are the ones apt installed.
python=/usr/bin/python3
"$python" -c 'import yaml, jsonschema' 2>/dev/null ||
	give_up "needs python3-yaml and python3-jsonschema (selftests/deps.sh static)"
ynl=$(ynl_dir 2>"${TMPDIR:-/tmp}/ynl-fetch.$$")
fetched=$?
said=$(tail -n 5 "${TMPDIR:-/tmp}/ynl-fetch.$$")
rm -f "${TMPDIR:-/tmp}/ynl-fetch.$$"
[ $fetched -eq 0 ] || give_up "cannot fetch the generator: $said"

# The generator looks for the top of a kernel tree above the specification, by
# these two names, and would search for ever without them.
tree=$(mktemp -d)
defer rm -rf "$tree"
mkdir -p "$tree/Documentation/netlink/specs"
: >"$tree/MAINTAINERS"
cp "$ynl"/Documentation/netlink/*.yaml "$tree/Documentation/netlink/"
cp "$spec" "$ynl/Documentation/netlink/specs/wireguard.yaml" \
	"$tree/Documentation/netlink/specs/"

# generate FILE MODE KIND FAMILY - the line that says how to regenerate is dropped: it
# names a script of the kernel tree.
generate()
{
	timeout 60 "$python" "$ynl/tools/net/ynl/pyynl/ynl_gen_c.py" \
		--spec "$tree/Documentation/netlink/specs/$4.yaml" \
		--mode "$2" "--$3" -o "$tree/$1" >"$tree/said" 2>&1 &&
		sed -i '/^\/\* To regenerate run:/d' "$tree/$1"
}

# one PATH MODE KIND [FAMILY]
one()
{
	local path=$1 name

	name=$(basename "$path")
	if ! generate "$name" "$2" "$3" "${4:-naawg}"; then
		if [ "$mode" = --write ]; then
			cat "$tree/said" >&2
			give_up "cannot generate $path"
		fi
		fail "$path is what the specification gives" "$(tail -n 5 "$tree/said")"
	elif [ "$mode" = --write ]; then
		cmp -s "$tree/$name" "$repo/$path" || cp "$tree/$name" "$repo/$path"
	else
		check "$path is what the specification gives" \
			diff -u "$repo/$path" "$tree/$name"
	fi
}

[ "$mode" = --write ] || plan 5
one module/uapi/naawg.h uapi header
one module/ctl/netlink_gen.h kernel header
one module/ctl/netlink_gen.c kernel source
one module/wireguard/netlink_gen.h kernel header wireguard
one module/wireguard/netlink_gen.c kernel source wireguard
if [ "$mode" = --write ]; then
	"$python" "$selftests/static/docs.py" --write ||
		give_up "cannot write docs/netlink.md"
	tap_finished=1
	exit 0
fi
finish
