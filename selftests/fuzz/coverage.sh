#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh [TARGET...]: how much of the module's and the tool's sources the
# fuzzers' inputs reach, those checked in and those found since (out/corpus). In
# out/coverage/: one line per file in report.txt, and every line in html/.

set -eu
cd "$(dirname "$0")"
profdata=${LLVM_PROFDATA:-llvm-profdata-14}
cov=${LLVM_COV:-llvm-cov-14}
for tool in "$profdata" "$cov"; do
	command -v "$tool" >/dev/null || {
		echo "coverage.sh: no $tool: selftests/deps.sh fuzz" >&2
		exit 4
	}
done

out=$PWD/out/coverage
[ $# -gt 0 ] || read -ra all < <(make -s targets)
[ $# -gt 0 ] || set -- "${all[@]}"
mkdir -p "$out"
rm -f "$out"/*.profraw
programs=()
for target; do
	# built apart: the counters would slow down what looks for inputs
	make -s B=out/coverage/build "out/coverage/build/fuzz_$target" \
		SANITIZE='-fprofile-instr-generate -fcoverage-mapping'
	inputs=("corpus/$target")
	[ ! -d "out/corpus/$target" ] || inputs+=("out/corpus/$target")
	LLVM_PROFILE_FILE="$out/$target.profraw" timeout 300 \
		"out/coverage/build/fuzz_$target" -runs=0 "${inputs[@]}" \
		>"$out/$target.log" 2>&1 || { tail -n 20 "$out/$target.log" >&2; exit 1; }
	programs+=("-object" "$out/build/fuzz_$target")
done
"$profdata" merge -o "$out/all.profdata" "$out"/*.profraw
here=(--ignore-filename-regex='fuzz/(fuzz|out/|[.][.]/unit/)' -instr-profile="$out/all.profdata")
"$cov" report "${here[@]}" "${programs[@]:1}" >"$out/report.txt"
"$cov" show "${here[@]}" "${programs[@]:1}" --format=html --output-dir="$out/html" >/dev/null
# lines and branches by file, without the columns of regions and functions
awk 'NF >= 10 && ($1 ~ /\// || $1 == "TOTAL") { printf "%-32s %6s of %5s lines\n", $1, $10, $8 }' \
	"$out/report.txt"
