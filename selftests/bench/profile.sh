#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# profile.sh [-c CPUS] [-w WHO] [-s SECONDS] ROW: where the processor's time goes
# while one row of the benchmark runs. The contender WHO has a name as in run.sh
# (default: naawg). run.sh must have built everything; perf is needed as well.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
repo=$(cd "$here/../.." && pwd -P) || exit 1
out=$repo/selftests/out/bench
cpus=1
who=naawg
seconds=8

while getopts c:w:s: opt; do
	case $opt in
	c) cpus=$OPTARG ;;
	w) who=$OPTARG ;;
	s) seconds=$OPTARG ;;
	*) sed -n '4,6s/^# \?//p' "$0"; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] || { sed -n '4,6s/^# \?//p' "$0"; exit 2; }
[ -e "$out/naawg.ko" ] || { echo "profile.sh: run run.sh first" >&2; exit 1; }
# One round of it is over within a second.
rounds=1
warm=1.5
[ "$1" != handshakes ] || rounds=5 warm=0.2 seconds=7
command -v perf >/dev/null || { echo "profile.sh: no perf" >&2; exit 1; }
tree=$("$repo/selftests/uml/build.sh" test) || exit 1

# runs.jsonl goes on growing; what a profile adds must not be taken for results
[ ! -e "$out/runs.jsonl" ] || cp "$out/runs.jsonl" "$out/runs.kept"
: >"$out/pid"
NAAWG_LOAD=/out/load NAAWG_MODULE=/out/naawg.ko \
	"$repo/selftests/uml/boot.sh" -T "$tree" -c "$cpus" -m 3G \
	-t $((seconds + 120)) -o "$out" -p "$out/pid" -- \
	/usr/bin/python3 selftests/bench/inside.py --rounds "$rounds" \
	--seconds "$seconds" --only "$who" "$1" >"$out/profile.log" 2>&1 &
guest=$!
until grep -q "$1" "$out/profile.log" 2>/dev/null || ! kill -0 $guest; do
	sleep 0.2
done
sleep "$warm"
# All of the guest's processes are in one group, the host's own tasks not.
pids=$(pgrep -g "$(cat "$out/pid")" | paste -sd,)
perf record -q -e cpu-clock -F 4000 -p "$pids" -o "$out/perf.data" -- \
	sleep $((seconds > 4 ? seconds - 3 : 1)) >/dev/null 2>&1
wait $guest
[ ! -e "$out/runs.kept" ] || mv "$out/runs.kept" "$out/runs.jsonl"
perf script -i "$out/perf.data" -F ip,sym,dso 2>/dev/null |
	/usr/bin/python3 "$here/profile.py" "$out/kallsyms"
