# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Counting and reporting for run.sh, in KTAP. $out is the directory for logs.

# mawk buffers its input unless it is told not to.
awk=(awk)
! awk -W version 2>&1 </dev/null | grep -q ^mawk || awk=(mawk -W interactive)

passed=0
failed=0
skipped=0
suites=0

# tally FILE - pass TAP on, indented, and write the counts into FILE
tally()
{
	"${awk[@]}" -v counts="$1" '
	BEGIN { passed = failed = skipped = planned = plans = 0; why = "" }
	/^1\.\.[0-9]+/ {
		plans++
		planned += substr($1, 4)
		if (match($0, /# *[Ss][Kk][Ii][Pp] */))
			why = substr($0, RSTART + RLENGTH)
	}
	/^ok / { if (/# *SKIP/) skipped++; else passed++ }
	/^not ok / { failed++ }
	/^Bail out!/ { failed++; planned++ }
	{ print "    " $0; fflush() }
	END { print passed, failed, skipped, planned, plans, why >counts }'
}

# verdict WORD NAME [REMARK] - the line that sums up a suite
verdict()
{
	suites=$((suites + 1))
	printf '%s %d %s%s\n' "$1" "$suites" "$2" "${3:+ # $3}"
}

# broken NAME REMARK - something that never came to report for itself
broken()
{
	failed=$((failed + 1))
	verdict "not ok" "$1" "$2"
}

# Bash's own SECONDS follows the wall clock, which some tests set.
uptime_seconds()
{
	local up

	read -r up _ </proc/uptime
	echo "${up%.*}"
}

# took NAME BEGIN - report the seconds since BEGIN, and keep them for the sum
took()
{
	local seconds=$(($(uptime_seconds) - $2))

	printf '    # %s took %d s\n' "$1" "$seconds"
	printf '%s %d\n' "$1" "$seconds" >>"$out/seconds"
}

# The seconds of each directory of tests, and how many of its tests ran.
seconds_by_directory()
{
	[ -s "$out/seconds" ] || return 0
	awk '{ dir = $1; sub("/.*", "", dir); tests[dir]++; sum[dir] += $NF }
		END { for (dir in sum) print dir, tests[dir], sum[dir] }' "$out/seconds" |
		sort | awk '{ printf "# %s: %d s (%d)\n", $1, $3, $2 }'
}

# suite NAME LIMIT COMMAND... - run one test that speaks TAP, for LIMIT seconds at most
suite()
{
	local name=$1 limit=$2 rc p f s planned plans why wrong="" begin
	local log=$out/${name//\//-}.log counts

	shift 2
	begin=$(uptime_seconds)
	counts=$(mktemp) || exit 1
	printf '    # Subtest: %s\n' "$name"
	timeout -k 10 "$limit" "$@" </dev/null 2>&1 | tee "$log" |
		tally "$counts"
	rc=${PIPESTATUS[0]}
	read -r p f s planned plans why <"$counts"
	rm -f "$counts"
	took "$name" "$begin"

	if [ "$rc" -eq 4 ] && [ $((p + f)) -eq 0 ]; then
		skipped=$((skipped + 1))
		verdict ok "$name" "SKIP ${why:-no reason given}"
		return
	fi
	if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
		wrong="ran longer than $limit s"
	elif [ "$plans" -eq 0 ]; then
		wrong="printed no plan, status $rc"
	elif [ $((p + f + s)) -ne "$planned" ]; then
		wrong="planned $planned checks and made $((p + f + s))"
	elif [ $((p + f + s)) -eq 0 ]; then
		wrong="made no check"
	elif [ "$f" -eq 0 ] && [ "$rc" -ne 0 ]; then
		wrong="left with status $rc"
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	if [ -n "$wrong" ]; then
		broken "$name" "$wrong"
	elif [ "$f" -gt 0 ]; then
		verdict "not ok" "$name" "$f of $planned failed"
	else
		verdict ok "$name"
	fi
}

# single NAME COMMAND... - a check that passes if COMMAND exits with 0. The report
# shows what COMMAND printed only if it failed.
single()
{
	local name=$1 rc log begin

	shift
	begin=$(uptime_seconds)
	log=$out/${name//[ \/]/-}.log
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	[ $(($(uptime_seconds) - begin)) -lt 5 ] || took "$name" "$begin"
	if [ $rc -eq 0 ]; then
		passed=$((passed + 1))
		verdict ok "$name"
	else
		tail -n 60 "$log" | sed 's/^/# /'
		broken "$name" "status $rc from: $*"
	fi
	return $rc
}

# A test may say '# timeout: SECONDS' in its head; otherwise its limit is $2.
limit_of()
{
	local limit

	limit=$(sed -n '1,20s/^# timeout: \([0-9]*\)$/\1/p' "$1" | head -n 1)
	printf '%s\n' "${NAAWG_LIMIT:-${limit:-${2:-300}}}"
}

# run_test FILE LIMIT - like the kernel's own runner, start a test in its directory
run_test()
{
	suite "$1" "$2" env -C "$(dirname "$1")" "./$(basename "$1")"
}

# save_tally FILE [BEFORE] - write the counts for add_tally of another process, without
# the suites that were numbered before
save_tally()
{
	printf '%d %d %d %d\n' "$passed" "$failed" "$skipped" $((suites - ${2:-0})) >"$1"
}

# add_tally FILE - add those counts to ours; false if there are none
add_tally()
{
	local p f s n

	read -r p f s n 2>/dev/null <"$1" || return 1
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	suites=$((suites + n))
}

# The last line of a report, and the exit status of a run.
the_sum()
{
	echo "1..$suites"
	if [ "$skipped" -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
