# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The vocabulary of tests written in bash, which report in TAP. A test sources this
# file, or its directory's library, which builds a topology and sources this file:
#
#	. "$(dirname "$0")/../lib.sh"
#	need_tool ip
#	check "a link can be made" ip link add wg0 type naawg
#	check "its type is naawg" same "$(link_type wg0)" naawg
#
#	keys_survive()
#	{
#		ip link set wg0 down
#		same "$(naawg show wg0 private-key)" "$key"
#	}
#	test_case "a link that is down keeps its key" keys_survive
#	finish
#
# Results, each one line of the report:
#
#	test_case SENTENCE FUNCTION...	every step of the function succeeds
#	check SENTENCE COMMAND...	one command succeeds
#	pass SENTENCE			the test decided itself
#	fail SENTENCE [TEXT...]		likewise, and what was seen
#	skip SENTENCE REASON		this cannot be tested here
#	import_report FILE ...		results of another run of run.sh
#
# Conditions, for check and as steps of a function. On failure they print what they saw:
#
#	same GOT WANTED			two strings are equal
#	differs GOT UNWANTED		two strings are not
#	matches TEXT REGEX		the text contains a match of the extended regex
#	lacks TEXT REGEX		the text contains none
#	contains TEXT STRING		the text contains the string, which is no regex
#	omits TEXT STRING		the text does not contain it
#	refuses COMMAND...		the command fails, and is not killed or missing
#	wait_for SECONDS COMMAND...	the command succeeds before the deadline
#
# The test as a whole:
#
#	plan N				the number of results, if it is known at the start
#	need_root, need_tool, need_module, need_python, need_built
#					skip the test unless these are there
#	skip_all REASON			skip the test
#	absent REASON			skip the test on other machines, fail in our guest
#	bail REASON			fail and leave at once
#	delegate COMMAND...		the command reports in place of this test
#	defer COMMAND...		run this when the test ends, newest first
#	watch_kernel			finish also checks the kernel's log
#	diag TEXT...			comment lines
#	finish				print the plan and leave
#
# finish prints the plan, so a test that dies before it has not passed; the EXIT trap
# reports that.

tap_count=0
tap_failed=0
tap_finished=
tap_planned=
tap_deferred=()
tap_alarms=
tap_trace=
# Never readable, so that reading it is a sleep that starts no process.
exec {NEVER}<> <(:)

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034 # for the tests
repo=$(cd "$selftests/.." && pwd -P)

# plan N - print the number of results at the start, if it is known
plan()
{
	tap_planned=$1
	echo "1..$1"
}

# diag TEXT... - comment lines of the report
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# pass SENTENCE - one result: good
pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1"
}

# fail SENTENCE [TEXT...] - one result: bad, and what was seen
fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count $1"
	shift
	[ $# -eq 0 ] || diag "$@"
	return 0
}

# skip SENTENCE REASON - one result: this cannot be tested here
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# skip_all REASON - leave at once, as nothing of this test can run here
skip_all()
{
	tap_finished=1
	echo "1..0 # SKIP $1"
	exit 4
}

# absent REASON - skip the whole test on other machines. Our own guest has all that
# tests need, so there it is a failure.
absent()
{
	[ -n "${NAAWG_VM:-}" ] || skip_all "$1"
	bail "$1"
}

# bail REASON - fail and leave at once, as further results would mean nothing
bail()
{
	fail "$1"
	finish
}

# check SENTENCE COMMAND... - the command succeeds
check()
{
	local sentence=$1 said rc

	shift
	said=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq 0 ]; then
		pass "$sentence"
	else
		fail "$sentence" "status $rc from: $*"
		[ -z "$said" ] || diag "$said"
	fi
	return $rc
}

# test_case SENTENCE FUNCTION... - every step of the function succeeds. It runs in a
# subshell that ends at the first step that fails; the end of its trace explains a
# failure. NAAWG_TIMES reports how long each one took.
test_case()
{
	local sentence=$1 rc start=$SECONDS

	shift
	if [ -z "$tap_trace" ]; then
		tap_trace=$(mktemp)
		defer rm -f "$tap_trace"
	fi
	(
		exec >"$tap_trace" 2>&1
		set -ex
		"$@"
	)
	rc=$?
	[ -z "${NAAWG_TIMES:-}" ] || diag "$((SECONDS - start)) s"
	if [ $rc -eq 0 ]; then
		pass "$sentence"
		return 0
	fi
	fail "$sentence"
	tail -n 15 "$tap_trace" | cut -c1-220 | sed 's/^/#   /'
	return 1
}

# same GOT WANTED - two strings are equal
same()
{
	local -; set +x
	[ "$1" = "$2" ] && return 0
	echo "got '$1', wanted '$2'"
	return 1
}

# differs GOT UNWANTED - two strings are not equal
differs()
{
	local -; set +x
	[ "$1" != "$2" ] && return 0
	echo "got '$1', wanted anything else"
	return 1
}

# matches TEXT REGEX - the text contains a match of the extended regex
matches()
{
	local -; set +x
	[[ $1 =~ $2 ]] && return 0
	echo "got '$1', wanted a match of '$2'"
	return 1
}

# lacks TEXT REGEX - the text contains no match of it
lacks()
{
	local -; set +x
	[[ $1 =~ $2 ]] || return 0
	echo "got '$1', wanted no match of '$2'"
	return 1
}

# contains TEXT STRING - the text contains the string, which is no regex (keys contain +)
contains()
{
	local -; set +x
	[[ $1 == *"$2"* ]] && return 0
	echo "got '$1', wanted '$2' in it"
	return 1
}

# omits TEXT STRING - the text does not contain it
omits()
{
	local -; set +x
	[[ $1 != *"$2"* ]] && return 0
	echo "got '$1', wanted no '$2' in it"
	return 1
}

# refuses COMMAND... - the command fails. A command that is missing, is killed or runs
# into timeout(1) has refused nothing.
refuses()
{
	local rc=0

	"$@" || rc=$?
	case $rc in
	0) echo "should have failed: $*" ;;
	124 | 126 | 127) echo "status $rc is no refusal: $*" ;;
	*) [ $rc -lt 128 ] || [ $rc -eq 255 ] && return 0
		echo "status $rc is no refusal: $*"
		;;
	esac
	return 1
}

# wait_for SECONDS COMMAND... - the command succeeds, sooner or later. The deadline only
# ends a broken test and measures nothing: a clock in a slow guest is no measure, so be
# generous.
wait_for()
{
	local end=$((SECONDS + $1)) -

	{ set +x; } 2>/dev/null
	shift
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "# waited in vain for: $*"
			return 1
		fi
		read -rt 0.05 -u "$NEVER" || :
	done
}

# import_report FILE [PREFIX [EXPECTED]] - each verdict in a report of run.sh becomes a
# result of this test, its name behind PREFIX. A failure that matches EXPECTED is only
# mentioned.
import_report()
{
	local word rest name

	while read -r word rest; do
		name=$(sed -E 's/^(ok )?[0-9]+ //' <<<"$rest")
		case $word$name in
		ok*' # SKIP '*) skip "${2-}${name%% # SKIP *}" "${name##* # SKIP }" ;;
		ok*) pass "${2-}$name" ;;
		*)
			if [[ -n ${3-} && $name =~ $3 ]]; then
				diag "${2-}$name"
			else
				fail "${2-}$name" "$(details "$word $rest" "$1")"
			fi
			;;
		esac
	done < <(grep -E '^(not )?ok ' "$1")
}

# details VERDICT FILE - the lines of a report that explain this verdict
details()
{
	awk -v verdict="$1" '
	$0 == verdict { printf "%s", said; exit }
	/^(not )?ok / { said = ""; next }
	/^ +(not )?ok / { failed = /not ok/ }
	/^#/ || failed { said = said $0 "\n" }' "$2" | head -n 60
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

# built_module PATH - the Makefile of its test, or kernels/on_kernel.sh, built that
# module for this kernel. The whole path is left in $built.
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

# need_python MODULE... - skip the whole test unless Python has these modules
need_python()
{
	local module

	for module; do
		/usr/bin/python3 -c "import $module" 2>/dev/null ||
			absent "no Python module $module"
	done
}

# need_root - skip the whole test unless root runs it
need_root()
{
	[ "$(id -u)" = 0 ] || skip_all "must be root"
}

# delegate COMMAND... - the command prints the results and the plan of this test
delegate()
{
	"$@"
	tap_finished=$?
	exit "$tap_finished"
}

# Messages by which the kernel reports a bug.
kernel_alarm='WARNING:|BUG:|Oops|refcount_t:|general protection|unregister_netdevice: waiting|INFO: task|suspicious RCU|memory leak'

# The kernel's log without data races between functions of the kernel itself.
kernel_log()
{
	if [ "${NAAWG_GUEST:-}" = kcsan ]; then
		dmesg | awk -f "$selftests/kcsan/races.awk"
	else
		dmesg
	fi
}

kernel_alarms()
{
	kernel_log | grep -cE "$kernel_alarm"
}

# watch_kernel - from here on the kernel may report no bug; finish checks it
watch_kernel()
{
	tap_alarms=$(kernel_alarms)
}

kernel_is_quiet()
{
	[ "$(kernel_alarms)" = "$tap_alarms" ] && return
	kernel_log | grep -E "$kernel_alarm" | tail -n 5
	return 1
}

# finish - print the plan and leave, with 1 if a check failed
finish()
{
	[ -z "$tap_alarms" ] || check "the kernel reported no bug" kernel_is_quiet
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
