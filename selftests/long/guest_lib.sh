# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of other directories that need a guest of their own: User-Mode Linux, whose kernel and tool
# are built first.
#
#	guest NAME [CONFIG]	files go to $out. CONFIG is that of the kernel (test)
#	made WHAT COMMAND...	the command makes it, or this test fails and ends
#	run_in_guest TEST...	results of these tests are results of this one

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_root
need_tool make gcc flex bison bc busybox

guest()
{
	out=${NAAWG_OUT:-$selftests/out}/$1
	mkdir -p "$out"
	export NAAWG_GUEST=uml:${2:-test} NAAWG_NO_DEPS=1 NAAWG_OUT=$out
	made kernel "$selftests/uml/build.sh" "${2:-test}"
	[ -x "$repo/tools/naawg" ] ||
		made tool make -s --no-print-directory -C "$repo" tools
}

made()
{
	"${@:2}" >"$out/${1// /-}.log" 2>&1 || bail "made: $1, see $out/${1// /-}.log"
}

run_in_guest()
{
	local report=$out/report.txt

	"$selftests/run.sh" vm "$@" >"$report" 2>&1
	import_report "$report"
	diag "$(grep -E '^ *# (.*pings lost|.* took|restored|.* from the start)' "$report" |
		sed 's/^ *# //')"
	check "the run came to its end" matches "$(tail -n 1 "$report")" '^[0-9]+ passed, 0 failed'
}
