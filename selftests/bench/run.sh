#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [--quick|--full] [--rounds N] [--seconds S] [--out DIR] [--record FILE.md]
# [ROW...]: measures naawg against the stock driver in User-Mode Linux, with two
# processors and with one. See docs/performance.md. --record keeps the results with
# the documents (record.py). NAAWG_PARAMETERS has parameters for the module.
#
# Exits with 0 if it could measure all rows that were asked for, and with 1 if some
# are missing. Existing results are reported all the same.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
# shellcheck source=selftests/bench/about.sh
. "$here/about.sh"

# Rows that mean something only with two processors, and the rest. Rows with ten
# thousand peers or with work per core are measured on one, with less interference.
rows_2=(tcp peers udp udp-gso small idle loaded mixed path)
rows_1=(tcp small idle path handshakes memory crowd)
more_2=(gso-off gro-on no-csum loss mtu)
# Rows that are measured once more without vector code, for either driver.
plain_2=()
plain_1=()

out=$repo/selftests/out/bench
rounds=5
seconds=1.2
# Seconds that one row may take, as a guest that hangs must not cost the rows behind it.
limit=240
mode=normal
record=
chosen=()

fail()
{
	echo "run.sh: $*" >&2
	exit 1
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick)
		mode=quick rounds=3 seconds=0.6
		rows_2=(tcp udp udp-gso small idle)
		rows_1=(tcp handshakes memory)
		;;
	--full)
		mode=full rows_2+=("${more_2[@]}")
		plain_2=(tcp udp)
		plain_1=(tcp small)
		;;
	--rounds) rounds=$2; shift ;;
	--seconds) seconds=$2; shift ;;
	--out) out=$2; shift ;;
	--record) record=$2; shift ;;
	-*) sed -n '4,12s/^# \?//p' "$0"; exit 2 ;;
	*) chosen+=("$1") ;;
	esac
	shift
done

# keep DIR FILE.md: results become a record, if one was asked for
keep()
{
	[ -n "$record" ] || return 0
	/usr/bin/python3 "$here/record.py" "$1" "$2" || fail "cannot write $2"
}

# apart ROW COMMAND...: rows that are compared with other things, in a boot and a
# table of their own
apart()
{
	local row kept=()

	[[ " ${chosen[*]} " == *" $1 "* ]] || return 0
	"${@:2}" || exit 1
	keep "$out-$1" "${record%.md}-$1.md"
	for row in "${chosen[@]}"; do
		[ "$row" = "$1" ] || kept+=("$row")
	done
	[ ${#kept[@]} -gt 0 ] || exit 0
	chosen=("${kept[@]}")
}
apart forwards "$here/forwards.sh" --out "$out-forwards"
apart aead "$here/aead.sh" --out "$out-aead"
# The stock driver cannot be loaded in the same boot.
apart as-wireguard "$here/as_wireguard.sh" --out "$out-as-wireguard" --rounds "$rounds" \
	--seconds "$seconds"
compared=(--rounds "$rounds")
[ $mode != quick ] || compared=(--quick)
apart compare "$here/compare.sh" --out "$out-compare" "${compared[@]}"
# One round of it differs much from the next.
apart floods "$here/floods.sh" --rounds $((2 * rounds))

# A chosen row runs where it would have, else with two processors.
choose()
{
	local row known

	[ ${#chosen[@]} -gt 0 ] || return 0
	known=" ${rows_1[*]} "
	rows_2=()
	rows_1=()
	plain_2=()
	plain_1=()
	for row in "${chosen[@]}"; do
		case $row in
		no-simd)
			plain_2=(tcp udp)
			plain_1=(tcp small)
			;;
		handshakes | memory | crowd) rows_1+=("$row") ;;
		*)
			rows_2+=("$row")
			[[ $known != *" $row "* ]] || rows_1+=("$row")
			;;
		esac
	done
}

# A processor as the guest would see it that has no vector code to offer.
plain_processor()
{
	sed 's/^flags.*/flags\t\t: fpu tsc cx8 cmov mmx fxsr sse sse2 syscall nx lm/' \
		/proc/cpuinfo >"$out/cpuinfo"
}

# in_place_of_cpuinfo COMMAND...: where the guest looks the processor up
in_place_of_cpuinfo()
{
	# shellcheck disable=SC2016 # for the shell that is started
	unshare -m bash -c \
		'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"' - \
		"$out/cpuinfo" "$@"
}

# boot CPUS ROW [WRAPPER ARG...]: one row has a guest of its own; the sampler
# sees from outside what it costs.
boot()
{
	local cpus=$1 row=$2 sampler rc

	shift 2
	rm -f "$out/pid"
	: >"$out/pid"
	/usr/bin/python3 "$here/sampler.py" "$out/pid" "$out/cpu-$cpus.txt" &
	sampler=$!
	NAAWG_LOAD=/out/load NAAWG_MODULE=/out/naawg.ko \
		"$@" "$repo/selftests/uml/boot.sh" -T "$tree" -c "$cpus" -m 3G \
		-t "$limit" -o "$out" -p "$out/pid" -- \
		/usr/bin/python3 selftests/bench/inside.py \
		--rounds "$rounds" --seconds "$seconds" \
		${1:+--variant no-simd} "$row"
	rc=$?
	# It ends with the guest; one that never saw a guest would wait forever.
	kill "$sampler" 2>/dev/null
	wait "$sampler" 2>/dev/null
	mv "$out/console.txt" "$out/console-$cpus-$row.txt" 2>/dev/null
	[ $rc -eq 0 ] && return
	echo "run.sh: $row with $cpus CPUs${1:+ without vector code}: ended with $rc" |
		tee -a "$out/missing" >&2
}

choose
for tool in wg ip tc ethtool gcc make; do
	command -v "$tool" >/dev/null || fail "no $tool: run selftests/deps.sh net build"
done
/usr/bin/python3 -c 'import cryptography' 2>/dev/null ||
	fail "no python3-cryptography: run selftests/deps.sh unit"
tree=$("$repo/selftests/uml/build.sh" test) || fail "no User-Mode Linux"

mkdir -p "$out" && rm -f "$out"/{runs.jsonl,missing,cpu-*.txt,console*.txt,*.svg,table.*,result.json} ||
	fail "cannot write in $out"
echo "building for $(basename "$tree")"
{
	make -s -C "$repo" copy TO="$out/src" &&
		make -s -C "$out/src" KDIR="$tree" ARCH=um modules &&
		cp "$out/src/module/naawg.ko" "$out/naawg.ko" &&
		mkdir -p "$out/path" && cp "$here/path.c" "$out/path" &&
		echo 'obj-m := path.o' >"$out/path/Kbuild" &&
		make -s -C "$tree" ARCH=um M="$out/path" modules &&
		cp "$out/path/path.ko" "$out/path.ko" &&
		make -s -C "$repo/tools" &&
		gcc -O2 -Wall -Wextra -o "$out/load" "$here/load.c"
} >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log"; fail "the build failed"; }
case " ${rows_1[*]} ${rows_2[*]} " in
*" handshakes "*)
	/usr/bin/python3 "$here/initiations.py" "$out/hs" 2000 $((9000 * 2 * rounds)) ||
		fail "no initiations"
	;;
esac
about "$tree" "\"cpus\": $(nproc)" "\"rounds\": $rounds" "\"seconds\": $seconds" \
	"\"mode\": \"$mode\"" >"$out/about.json"

begin=$SECONDS
for row in ${rows_2[@]+"${rows_2[@]}"}; do boot 2 "$row"; done
for row in ${rows_1[@]+"${rows_1[@]}"}; do boot 1 "$row"; done
plain_processor
for row in ${plain_2[@]+"${plain_2[@]}"}; do boot 2 "$row" in_place_of_cpuinfo; done
for row in ${plain_1[@]+"${plain_1[@]}"}; do boot 1 "$row" in_place_of_cpuinfo; done
[ -s "$out/runs.jsonl" ] || fail "nothing was measured"
echo
/usr/bin/python3 "$here/report.py" "$out" || fail "no report"
keep "$out" "$record"
echo
echo "took $((SECONDS - begin)) s; more in $out: result.json, table.md, picture.svg, runs.jsonl"
[ ! -s "$out/missing" ] || fail "not all was measured"
