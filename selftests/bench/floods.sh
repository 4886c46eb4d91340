#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# floods.sh [--rounds N] [--seconds S] [--cpus C]: what a TCP stream through a tunnel
# keeps of its throughput while initiations whose mac1 holds flood the link, for naawg
# and for the stock driver. In User-Mode Linux, like run.sh, with one processor: two
# differ from themselves too much. result.json and table.md in
# selftests/out/bench-floods. Asserts nothing.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1

if [ -z "${NAAWG_VM:-}" ]; then
	rounds=5 seconds=3 cpus=1
	while [ $# -gt 0 ]; do
		case $1 in
		--rounds) rounds=$2; shift ;;
		--seconds) seconds=$2; shift ;;
		--cpus) cpus=$2; shift ;;
		*) sed -n '4,8s/^# \?//p' "$0"; exit 2 ;;
		esac
		shift
	done
	config=${NAAWG_BENCH_CONFIG:-test}
	tree=$("$repo/selftests/uml/build.sh" "$config") || exit 1
	module=$("$repo/selftests/uml/module.sh" "$config") || exit 1
	make -s -C "$repo/tools" || exit 1
	out=$repo/selftests/out/bench-floods
	mkdir -p "$out"
	exec "$repo/selftests/uml/boot.sh" -T "$tree" -m 1G -c "$cpus" \
		-t $((rounds * 60 + 120)) -M "$module" -o "$out" -- \
		selftests/bench/floods.sh "$rounds" "$seconds"
fi

modprobe naawg && modprobe wireguard || exit 1
WG=$repo/tools/naawg exec /usr/bin/python3 "$here/floods.py" "$@"
