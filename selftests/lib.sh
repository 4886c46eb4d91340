# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TAP for tests written in bash. A test sources this file, reports its checks
# and ends:
#
#	. "$(dirname "$0")/../lib.sh"
#	need_tool ip
#	check "a link can be made" ip link add wg0 type naawg
#	is "its type" "$(link_type wg0)" naawg
#	finish
#
# The plan is printed by finish. A test that dies before that has not passed:
# the EXIT trap reports it. Whatever was handed to defer runs last, newest
# first, however the test ends.

tap_count=0
tap_failed=0
tap_finished=
tap_planned=
tap_deferred=()

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034 # for the tests
repo=$(cd "$selftests/.." && pwd -P)

# plan N - say the number of checks at the start, when it is known
plan()
{
	tap_planned=$1
	echo "1..$1"
}

# diag TEXT... - tell the reader something, as comment lines
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# pass DESCRIPTION - one check that held
pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1"
}

# fail DESCRIPTION [TEXT...] - one check that did not hold, and what was seen
fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count $1"
	shift
	[ $# -eq 0 ] || diag "$@"
	return 0
}

# skip DESCRIPTION REASON - one check that cannot be made here
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# skip_all REASON - leave at once: nothing of this test can run here
skip_all()
{
	tap_finished=1
	echo "1..0 # SKIP $1"
	exit 4
}

# bail REASON - leave at once, as a failure: going on would mean nothing
bail()
{
	fail "$1"
	finish
}

# check DESCRIPTION COMMAND... - the command succeeds
check()
{
	local what=$1 said rc

	shift
	said=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq 0 ]; then
		pass "$what"
	else
		fail "$what" "status $rc from: $*"
		[ -z "$said" ] || diag "$said"
	fi
	return $rc
}

# check_fails DESCRIPTION COMMAND... - the command refuses. Death by a signal
# (or by timeout) is no refusal.
check_fails()
{
	local what=$1 said rc

	shift
	said=$("$@" 2>&1)
	rc=$?
	if [ $rc -ne 0 ] && [ $rc -lt 124 ]; then
		pass "$what"
	else
		fail "$what" "status $rc from: $*"
		[ -z "$said" ] || diag "$said"
	fi
}

# is DESCRIPTION GOT WANTED - two strings are the same
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "wanted: $3"
		diag "got:    $2"
	fi
}

# isnt DESCRIPTION GOT UNWANTED - two strings differ
isnt()
{
	if [ "$2" != "$3" ]; then
		pass "$1"
	else
		fail "$1" "got what it must not be: $2"
	fi
}

# like DESCRIPTION TEXT REGEX - the text holds a match of the extended regex
like()
{
	if [[ $2 =~ $3 ]]; then
		pass "$1"
	else
		fail "$1" "wanted a match of: $3"
		diag "got: $2"
	fi
}

# unlike DESCRIPTION TEXT REGEX - the text holds none
unlike()
{
	if [[ $2 =~ $3 ]]; then
		fail "$1" "wanted no match of: $3"
		diag "got: $2"
	else
		pass "$1"
	fi
}

# take_over REPORT [BEFORE [BUT]] - each verdict of what run.sh said becomes a check of
# this test, its name behind BEFORE. One that failed and has a match of BUT is told of
# only.
take_over()
{
	local word rest what

	while read -r word rest; do
		what=$(sed -E 's/^(ok )?[0-9]+ //' <<<"$rest")
		case $word$what in
		ok*' # SKIP '*) skip "${2-}${what%% # SKIP *}" "${what##* # SKIP }" ;;
		ok*) pass "${2-}$what" ;;
		*)
			if [[ -n ${3-} && $what =~ $3 ]]; then
				diag "${2-}$what"
			else
				fail "${2-}$what" "$(seen_before "$word $rest" "$1")"
			fi
			;;
		esac
	done < <(grep -E '^(not )?ok ' "$1")
}

# seen_before VERDICT REPORT - what failed under this verdict, and what was seen then
seen_before()
{
	awk -v verdict="$1" '
	$0 == verdict { printf "%s", said; exit }
	/^(not )?ok / { said = ""; next }
	/^ +(not )?ok / { failed = /not ok/ }
	/^#/ || failed { said = said $0 "\n" }' "$2" | head -n 60
}

# wait_until SECONDS COMMAND... - true as soon as the command is, false when
# the deadline passes first. The deadline is there to end a broken test, not to
# measure anything, so make it generous.
wait_until()
{
	local end=$((SECONDS + $1))

	shift
	while ! "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# defer COMMAND... - run the command when the test ends
defer()
{
	tap_deferred+=("$(printf '%q ' "$@")")
}

# need_tool NAME... - skip the whole test unless these programs exist
need_tool()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip_all "no $tool on this machine"
	done
}

# need_module NAME... - skip the whole test unless the kernel has these
need_module()
{
	local module

	for module; do
		[ -d "/sys/module/$module" ] || modprobe -q "$module" ||
			skip_all "this kernel has no $module"
	done
}

# built_module PATH - was that module built for this kernel, by the Makefile of its
# test or by kernels/on_kernel.sh? Leaves the whole path in $built.
built_module()
{
	local out=$selftests/out release

	release=$(uname -r)
	case ${NAAWG_GUEST:-qemu} in
	uml*) out=$out/${NAAWG_GUEST/:/-} ;;
	esac
	[ ! -d "$selftests/out/kernels/$release.helpers" ] ||
		out=$selftests/out/kernels/$release.helpers
	built=$out/$1
	[ "$(modinfo -F vermagic "$built" 2>/dev/null | cut -d' ' -f1)" = "$release" ]
}

# need_built PATH - skip the whole test unless that module was built for this kernel
need_built()
{
	need_tool modinfo
	built_module "$1" || skip_all "no ${built#"$selftests/"} for $(uname -r)"
}

# need_root - skip the whole test for anybody else
need_root()
{
	[ "$(id -u)" = 0 ] || skip_all "must be root"
}

# finish - print the plan and leave, with 1 if a check failed
finish()
{
	tap_finished=1
	if [ -z "$tap_planned" ]; then
		if [ $tap_count -eq 0 ]; then
			fail "the test made no check"
		fi
		echo "1..$tap_count"
	elif [ "$tap_planned" -ne $tap_count ]; then
		diag "planned $tap_planned checks, made $tap_count"
		exit 1
	fi
	[ $tap_failed -eq 0 ] || exit 1
	exit 0
}

tap_at_exit()
{
	local rc=$? i

	trap - EXIT
	for ((i = ${#tap_deferred[@]} - 1; i >= 0; i--)); do
		eval "${tap_deferred[i]}" >/dev/null 2>&1
	done
	if [ -z "$tap_finished" ]; then
		fail "the test ran to its end" "it left early with status $rc"
		[ -n "$tap_planned" ] || echo "1..$tap_count"
		rc=1
	fi
	exit "$rc"
}
trap tap_at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
