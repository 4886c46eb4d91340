# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Two lanes work on the jobs of `make check` at the same time. A guest with one processor,
# emulated or User-Mode Linux, keeps one of ours busy and no more, so a lane has one to
# itself. A job is a function with its arguments, in the array $jobs. The first lane takes
# jobs from the front of the array, the second one from the end, until they meet.
#
# Tests that say '# cpus: 2' in their head run before that, alone.

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

# lane FIRST STEP - work on jobs until one is the other lane's already
lane()
{
	local n vm_out

	for ((n = $1; n >= 0 && n < ${#jobs[@]}; n += $2)); do
		mkdir "$out/claims/$n" 2>/dev/null || break
		vm_out=$out/vm-$n
		# shellcheck disable=SC2086 # a function and its arguments
		${jobs[n]}
	done
}

# The report of the second lane comes after that of the first.
both_lanes()
{
	local log=$out/lane other

	rm -rf "$log".* "$out/claims"
	mkdir -p "$out/claims"
	if [ "$(nproc)" -eq 1 ]; then
		lane 0 1
		return
	fi
	(
		passed=0 failed=0 skipped=0 suites=0
		lane $((${#jobs[@]} - 1)) -1
		save_tally "$log.tally"
	) >"$log.log" 2>&1 &
	other=$!
	lane 0 1
	wait "$other"
	"${awk[@]}" -v n="$suites" '
	/^(not )?ok [0-9]+ / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }' "$log.log"
	add_tally "$log.tally" || broken lane "it broke off, see $log.log"
}
