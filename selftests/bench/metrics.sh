#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# metrics.sh [--peers N] [--rounds N]: time and peak memory of `naawg metrics`, `naawg top`,
# `naawg diag` and of the status page for an interface with 10 000 peers, of which each has a
# name. In User-Mode Linux, with one processor. The table is in selftests/out/bench-metrics. Asserts nothing.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1

if [ -z "${NAAWG_VM:-}" ]; then
	peers=10000 rounds=5
	while [ $# -gt 0 ]; do
		case $1 in
		--peers) peers=$2; shift ;;
		--rounds) rounds=$2; shift ;;
		*) sed -n '4,6s/^# \?//p' "$0"; exit 2 ;;
		esac
		shift
	done
	tree=$("$repo/selftests/uml/build.sh" test) || exit 1
	module=$("$repo/selftests/uml/module.sh" test) || exit 1
	make -s -C "$repo/tools" || exit 1
	out=$repo/selftests/out/bench-metrics
	mkdir -p "$out"
	"$repo/selftests/uml/boot.sh" -T "$tree" -m 1G -c 1 -t 600 -M "$module" -o "$out" -- \
		selftests/bench/metrics.sh "$peers" "$rounds" || exit
	cat "$out/table.md"
	exit
fi

modprobe naawg || exit 1
exec /usr/bin/python3 "$here/metrics.py" "$repo/tools/naawg" "$@" >/out/table.md
