#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compare.sh [--quick] [--rounds N] [--out DIR] [PART...]: compares the ways by which a web
# host can reach a services host: plain HTTP, TLS, a Unix socket, SSH, and tunnels, in
# User-Mode Linux. See docs/comparison.md. Asserts nothing. The parts: small large wire
# kernels databases outages lines.
#
# Exits with 0 if it could measure all, whatever came out.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
# shellcheck source=selftests/bench/about.sh
. "$here/about.sh"
out=$repo/selftests/out/bench-compare
rounds=5
options=()
parts=()

fail()
{
	echo "compare.sh: $*" >&2
	exit 1
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) rounds=2 options=(--megabytes 100 --outages 1 --line-seconds 2 --line-rounds 1) ;;
	--rounds) rounds=$2; shift ;;
	--out) out=$2; shift ;;
	-*) sed -n '4,7s/^# \?//p' "$0"; exit 2 ;;
	*) parts+=("$1") ;;
	esac
	shift
done

[ "$(id -u)" = 0 ] || fail "must be root"
[ -n "${NAAWG_NO_DEPS:-}" ] || "$repo/selftests/deps.sh" build tools net uml compare >&2 ||
	fail "some packages are missing"
for tool in wg ip tc nft curl gunicorn autossh sshd wireguard-go mysqlslap redis-benchmark; do
	command -v "$tool" >/dev/null || fail "no $tool: run selftests/deps.sh net compare"
done
tree=$("$repo/selftests/uml/build.sh" test) || fail "no User-Mode Linux"
module=$("$repo/selftests/uml/module.sh" test) || fail "the build failed"
mkdir -p "$out" && rm -f "$out"/{runs.jsonl,cpu-2.txt,table.md,result.json,dmesg.txt} ||
	fail "cannot write in $out"
make -s -C "$repo/tools" && gcc -O2 -Wall -Wextra -o "$out/load" "$here/load.c" ||
	fail "the build failed"
about "$tree" '"cpus": 2' "\"rounds\": $rounds" >"$out/about.json"

begin=$SECONDS
missing=
# boot OPTION...: one guest, and the sampler that sees from outside what it costs
boot()
{
	local sampler

	: >"$out/pid"
	/usr/bin/python3 "$here/sampler.py" "$out/pid" "$out/cpu-2.txt" &
	sampler=$!
	NAAWG_LOAD=/out/load "$repo/selftests/uml/boot.sh" -T "$tree" -c 2 -m 6G -t 3000 \
		-o "$out" -p "$out/pid" -M "$module" -M "${module%.ko}_wireguard.ko" -- \
		/usr/bin/python3 selftests/bench/compare/inside.py --rounds "$rounds" \
		${options[@]+"${options[@]}"} "$@" ${parts[@]+"${parts[@]}"} || missing=1
	# It ends with the guest; one that never saw a guest would wait forever.
	kill "$sampler" 2>/dev/null
	wait "$sampler" 2>/dev/null
}
boot
# The stock driver cannot be loaded in the same boot.
boot --drop-in
[ -s "$out/runs.jsonl" ] || fail "nothing was measured"
/usr/bin/python3 "$here/compare_report.py" "$out" || fail "no report"
echo "took $((SECONDS - begin)) s; more in $out: table.md, picture.svg, result.json, runs.jsonl"
[ -z "$missing" ] || fail "not all was measured"
