#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# as_wireguard.sh [--rounds N] [--seconds S] [--out DIR]: measures links of kind
# wireguard that naawg serves against links of kind naawg, in the same boot of
# User-Mode Linux. See docs/performance.md. Asserts nothing.
#
# Exits with 0 if it could measure, whatever came out.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
# shellcheck source=selftests/bench/about.sh
. "$here/about.sh"
out=$repo/selftests/out/bench-as-wireguard
rounds=5
seconds=1.2

fail()
{
	echo "as_wireguard.sh: $*" >&2
	exit 1
}

while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=$2; shift ;;
	--seconds) seconds=$2; shift ;;
	--out) out=$2; shift ;;
	*) sed -n '4,6s/^# \?//p' "$0"; exit 2 ;;
	esac
	shift
done

[ "$(id -u)" = 0 ] || fail "must be root"
for tool in wg ip tc ethtool gcc make; do
	command -v "$tool" >/dev/null || fail "no $tool: run selftests/deps.sh net build"
done
tree=$("$repo/selftests/uml/build.sh" test) || fail "no User-Mode Linux"
module=$("$repo/selftests/uml/module.sh" test) || fail "the build failed"
mkdir -p "$out" && rm -f "$out"/{runs.jsonl,cpu-1.txt,table.md,result.json} ||
	fail "cannot write in $out"
make -s -C "$repo/tools" && gcc -O2 -Wall -Wextra -o "$out/load" "$here/load.c" ||
	fail "the build failed"
about "$tree" '"cpus": 1' "\"rounds\": $rounds" "\"seconds\": $seconds" >"$out/about.json"
: >"$out/pid"
/usr/bin/python3 "$here/sampler.py" "$out/pid" "$out/cpu-1.txt" &
sampler=$!
NAAWG_LOAD=/out/load "$repo/selftests/uml/boot.sh" -T "$tree" -c 1 -m 3G -t 600 -o "$out" \
	-p "$out/pid" -M "$module" -M "${module%.ko}_wireguard.ko" -- \
	/usr/bin/python3 selftests/bench/as_wireguard.py --rounds "$rounds" \
	--seconds "$seconds" ||
	echo "as_wireguard.sh: the boot did not end well: what follows is not all" >&2
# It ends with the guest; one that never saw a guest would wait forever.
kill "$sampler" 2>/dev/null
wait "$sampler" 2>/dev/null
[ -s "$out/runs.jsonl" ] || fail "nothing was measured"
echo
/usr/bin/python3 "$here/as_wireguard_report.py" "$out" || fail "no report"
echo
echo "more in $out: result.json, table.md, runs.jsonl"
