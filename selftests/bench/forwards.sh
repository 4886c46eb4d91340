#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# forwards.sh [--rounds N] [--seconds S] [--out DIR]: measures port forwards of
# naawg against no NAT at all, and against iptables lists and an nft map that do
# the same on the same kind of link. See docs/performance.md.
#
# Exits with 0 if it could measure, whatever came out.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
# shellcheck source=selftests/bench/about.sh
. "$here/about.sh"
out=$repo/selftests/out/bench-forwards
rounds=5
seconds=0.8

fail()
{
	echo "forwards.sh: $*" >&2
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
for tool in ip gcc make nft iptables-legacy-restore iptables-nft-restore conntrack; do
	command -v "$tool" >/dev/null || fail "no $tool: run selftests/deps.sh net build"
done
tree=$("$repo/selftests/uml/build.sh" test) || fail "no User-Mode Linux"
mkdir -p "$out" && rm -f "$out"/{runs.jsonl,cpu.txt,table.md,result.json} ||
	fail "cannot write in $out"
echo "building for $(basename "$tree")"
{
	make -s -C "$repo" copy TO="$out/src" &&
		make -s -C "$out/src" KDIR="$tree" ARCH=um modules &&
		cp "$out/src/module/naawg.ko" "$out/naawg.ko" &&
		make -s -C "$repo/tools" &&
		gcc -O2 -Wall -Wextra -o "$out/load" "$here/load.c" &&
		gcc -O2 -Wall -Wextra -o "$out/conns" "$here/conns.c"
} >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log"; fail "the build failed"; }
about "$tree" '"cpus": 1' "\"rounds\": $rounds" "\"seconds\": $seconds" >"$out/about.json"
: >"$out/pid"
/usr/bin/python3 "$here/sampler.py" "$out/pid" "$out/cpu.txt" &
sampler=$!
NAAWG_LOAD=/out/load NAAWG_MODULE=/out/naawg.ko \
	"$repo/selftests/uml/boot.sh" -T "$tree" -c 1 -m 2G -t 900 -o "$out" \
	-p "$out/pid" -- \
	/usr/bin/python3 selftests/bench/forwards.py --rounds "$rounds" \
	--seconds "$seconds" ||
	echo "forwards.sh: the boot did not end well: what follows is not all" >&2
# It ends with the guest; one that never saw a guest would wait forever.
kill "$sampler" 2>/dev/null
wait "$sampler" 2>/dev/null
[ -s "$out/runs.jsonl" ] || fail "nothing was measured"
echo
/usr/bin/python3 "$here/forwards_report.py" "$out" || fail "no report"
echo
echo "more in $out: result.json, table.md, runs.jsonl"
