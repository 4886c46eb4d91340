#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# aead.sh [--out DIR]: times the cryptography of runs of messages in User-Mode Linux, by the
# kernel's library and by each backend of vector code. See docs/performance.md. Asserts
# nothing.
#
# Exits with 0 if it could measure, whatever came out.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
# shellcheck source=selftests/bench/about.sh
. "$here/about.sh"
out=$repo/selftests/out/bench-aead

fail()
{
	echo "aead.sh: $*" >&2
	exit 1
}

while [ $# -gt 0 ]; do
	case $1 in
	--out) out=$2; shift ;;
	*) sed -n '4,6s/^# \?//p' "$0"; exit 2 ;;
	esac
	shift
done

tree=$("$repo/selftests/uml/build.sh" test) || fail "no User-Mode Linux"
mkdir -p "$out" && rm -f "$out"/{runs.jsonl,avx2.jsonl,table.md,result.json,picture.svg} ||
	fail "cannot write in $out"
{
	make -s -C "$repo" copy TO="$out/src" &&
		mv "$out/src/Kbuild" "$out/src/Kbuild.naawg" &&
		cp "$here/aead.mk" "$out/src/Kbuild" && cp "$here/aead.c" "$out/src" &&
		make -s -C "$tree" ARCH=um M="$out/src" modules &&
		cp "$out/src/naawg_aead.ko" "$out"
} >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log"; fail "the build failed"; }
about "$tree" '"cpus": 1' '"rounds": 5' >"$out/about.json"

# boot FILE: measure in a guest that sees the processor of $out/cpuinfo
boot()
{
	# The stock driver brings the libraries along.
	# shellcheck disable=SC2016 # for the shells that are started
	unshare -m bash -c 'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"' - \
		"$out/cpuinfo" "$repo/selftests/uml/boot.sh" -T "$tree" -c 1 -m 1G -t 600 \
		-o "$out" -- bash -c '
		modprobe wireguard && insmod /out/naawg_aead.ko &&
			dmesg | sed -n "s/.*naawg aead: //p" >/out/$1' - "$1" ||
		fail "the boot did not end well: see $out/console.txt"
}

cat /proc/cpuinfo >"$out/cpuinfo"
boot runs.jsonl
# The library uses AVX-512 if there is any.
sed 's/ avx512[a-z0-9_]*//g' /proc/cpuinfo >"$out/cpuinfo"
boot avx2.jsonl
[ -s "$out/runs.jsonl" ] || fail "nothing was measured"
/usr/bin/python3 "$here/aead_report.py" "$out" || fail "no report"
echo "more in $out: result.json, table.md, picture.svg, runs.jsonl"
