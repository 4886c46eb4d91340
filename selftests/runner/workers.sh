# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Workers run the jobs of `make check` at the same time. A job is a function with its
# arguments, in the array $jobs; a worker claims a job before it works on it.
#
# - The first worker takes jobs from the front of the array, where the emulated guests are.
# - The second one takes jobs from the end, where those are that need no guest, and the
#   instrumented kernel. Each of the two keeps a processor busy until they meet.
# - The third one only runs guests of User-Mode Linux at native speed. Their tests mostly
#   wait, so they need little of a processor.
#
# Tests that say '# cpus: 2' in their head run after that, alone.

# Each guest has to boot, load the module and unload it, and one that dies delays the
# tests it has not run yet. So a guest runs this many tests.
tests_per_guest=8

# in_guest GUEST TEST... - a job: the tests in a guest of that kind
in_guest()
{
	local -x NAAWG_GUEST=$1

	shift
	tier_vm "$@"
}

# guest_jobs GUEST TEST... - add the jobs that run these tests
guest_jobs()
{
	local guest=$1

	shift
	while [ $# -gt 0 ]; do
		jobs+=("in_guest $guest ${*:1:tests_per_guest}")
		shift $(($# < tests_per_guest ? $# : tests_per_guest))
	done
}

# Filters for names of tests: those that need two processors, and the others.
two_cpus()
{
	xargs -r grep -lx '# cpus: 2'
}

one_cpu()
{
	xargs -r grep -Lx '# cpus: 2'
}

# worker FIRST STEP [LAST] - work on the jobs of this range that no other worker has claimed
worker()
{
	local n vm_out

	for ((n = $1; n >= 0 && n < ${3:-${#jobs[@]}}; n += $2)); do
		mkdir "$out/claims/$n" 2>/dev/null || continue
		vm_out=$out/vm-$n
		# shellcheck disable=SC2086 # a function and its arguments
		${jobs[n]}
	done
}

# aside NAME FIRST STEP [LAST] - a worker in the background, its report in $out/NAME.log;
# sets $! to its process
aside()
{
	(
		passed=0 failed=0 skipped=0 suites=0
		worker "${@:2}"
		save_tally "$out/$1.tally"
	) >"$out/$1.log" 2>&1 &
}

# its_report NAME - print the report of that worker, its verdicts numbered after ours
its_report()
{
	"${awk[@]}" -v n="$suites" '
	/^(not )?ok [0-9]+ / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }' "$out/$1.log"
	add_tally "$out/$1.tally" || broken "$1" "it broke off, see $out/$1.log"
}

# run_workers [FIRST LAST] - work on all jobs; the third worker takes those from FIRST to
# before LAST
run_workers()
{
	local others=()

	rm -rf "$out"/worker[23].* "$out/claims"
	mkdir -p "$out/claims"
	if [ "$(nproc)" -gt 1 ]; then
		aside worker2 $((${#jobs[@]} - 1)) -1
		others+=($!)
		if [ $# -gt 0 ]; then
			aside worker3 "$1" 1 "$2"
			others+=($!)
		fi
	fi
	worker 0 1
	[ ${#others[@]} -eq 0 ] && return
	wait "${others[@]}"
	its_report worker2
	[ $# -eq 0 ] || its_report worker3
}
