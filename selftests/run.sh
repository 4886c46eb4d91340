#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs tiers of tests and reports in KTAP. Every test is a subtest: its own lines stand
# indented before its verdict. The last line is the sum over all checks:
#
#	N passed, N failed[, N skipped]
#
# The exit status is 0 only if nothing failed and something passed. A test has failed if
# it prints nothing, breaks its plan, or exits with a status that contradicts its lines.

set -u -o pipefail

cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
selftests=$(pwd -P)
repo=$(cd .. && pwd -P)
out=${NAAWG_OUT:-$selftests/out}
# shellcheck source=selftests/kernels/kernel.sh
. "$selftests/kernels/kernel.sh"
# shellcheck source=selftests/kernels/tree.sh
. "$selftests/kernels/tree.sh"
# shellcheck source=selftests/runner/report.sh
. "$selftests/runner/report.sh"
# shellcheck source=selftests/runner/places.sh
. "$selftests/runner/places.sh"
# shellcheck source=selftests/runner/guest.sh
. "$selftests/runner/guest.sh"
# shellcheck source=selftests/runner/workers.sh
. "$selftests/runner/workers.sh"

usage()
{
	cat <<-'USAGE'
	usage: run.sh TIER...        static unit build vm sanitize long
	       run.sh check          all of them but long, at the same time
	       run.sh quick          static, unit, and the core of vm
	       run.sh vm TEST...     only these tests of the vm tier
	       run.sh -l [PLACE]     list the tests of the vm tier, or those of a place
	       run.sh list           say where check runs each test, and each directory

	NAAWG_GUEST    guest of the vm tier. qemu (the default); uml[:CONFIG]: User-Mode
	               Linux with selftests/uml/CONFIG.config (default: test); or kcsan:
	               QEMU with the kernel of selftests/kcsan/. If it is set, check
	               runs all tests of the vm tier there
	NAAWG_KERNEL   kernel to build for and to boot under QEMU: a release, or 6.12,
	               7, 6.1-rt... (default: 6.1); fetched if it is not installed. If
	               it is set, check runs all tests of the vm tier on it
	NAAWG_CPUS     processors of the guest (default: 1)
	NAAWG_MEMORY   its memory (default: 3G)
	NAAWG_LIMIT    seconds a test of the vm tier may take
	NAAWG_OUT      where logs go (default: selftests/out)
	NAAWG_NO_DEPS  set: install nothing
	USAGE
}

# listed TIER - the tests of a tier, as selftests/Makefile names them
listed()
{
	make -s --no-print-directory -C "$selftests" "list-$1"
}

test_kernel()
{
	kernel_release "${NAAWG_KERNEL:-6.1}"
}

# module_tree RELEASE - where the module for that kernel is built. It is a copy of the
# checkout unless the kernel is installed.
module_tree()
{
	if [ -e "/lib/modules/$1/build" ]; then
		printf '%s\n' "$repo"
	else
		mkdir -p "$out/kernels/$1"
		make -s --no-print-directory -C "$repo" copy TO="$out/kernels/$1" >&2
		printf '%s\n' "$out/kernels/$1"
	fi
}

# deps GROUP... - install these groups of packages
deps()
{
	[ -n "${NAAWG_NO_DEPS:-}" ] || "$selftests/deps.sh" "$@" >>"$out/deps.log" 2>&1 ||
		echo "# some packages are missing, see $out/deps.log"
}

# --- without a guest -----------------------------------------------------------

tier_static()
{
	local test

	deps static build ansible
	for test in $(listed static); do
		run_test "$test" 900
	done
}

# fuzz WHAT... - run every fuzz target: check SECONDS_EACH=N, or check-corpus
fuzz()
{
	suite fuzz 3600 make -s --no-print-directory -C fuzz "$@"
}

unit()
{
	suite unit 900 make -s --no-print-directory -C unit check
}

tier_unit()
{
	local test

	deps unit tools net fuzz ansible monitoring
	unit
	fuzz check SECONDS_EACH=5
	for test in $(listed unit); do
		run_test "$test" 300
	done
}

no_warning()
{
	! grep -v 'pahole version differs' "$1" | grep -i 'warning:'
}

tier_build()
{
	local test

	products
	deps build tools vm dkms kernels packages
	for test in $(listed build); do
		build_test "$test"
	done
}

# Build the module, the tool and the helpers of tests; false if that was not possible.
products()
{
	local kernel jobs tree before=$failed

	# A kernel to boot has to be installed before the module is built for it.
	deps build tools vm dkms lxc
	jobs=$(nproc)
	kernel=$(test_kernel)
	if [ -z "$kernel" ]; then
		broken build "no kernel ${NAAWG_KERNEL:-6.1}, see $out/deps.log"
		return 1
	fi
	tree=$(module_tree "$kernel")
	single "build the module for $kernel" kernel_make "$kernel" "$tree" modules
	single "the build gives no warning" no_warning "$out/build-the-module-for-$kernel.log"
	single "build the tool" make -j"$jobs" -C "$repo" tools
	# Some helpers are modules, for a kernel that is installed.
	[ "$tree" = "$repo" ] || kernel=$(kernel_release 6.1)
	single "build the helpers of the tests" make -j"$jobs" -C "$selftests" \
		KDIR="/lib/modules/$kernel/build" "${@:-all}"
	[ "$failed" -eq "$before" ]
}

# build_test TEST - a test that builds in a place of its own
build_test()
{
	local kernel

	kernel=$(test_kernel)
	# Some of them need a kernel that is installed.
	[ -e "/lib/modules/$kernel/build" ] || kernel=$(kernel_release 6.1)
	NAAWG_KERNEL=$kernel run_test "$1" 1800
}

tier_long()
{
	local test limit

	deps build uml fuzz kernels cross analysis docker ansible browser
	fuzz check SECONDS_EACH=60
	for test in $(listed long); do
		limit=$(limit_of "$test")
		run_test "$test" $((limit > 3600 ? limit : 3600))
	done
}

# --- in a guest ------------------------------------------------------------------

# Tests that reach most code, on an instrumented kernel.
tier_sanitize()
{
	deps vm net build uml tools unit static
	run_test uml/sanitized.sh "$(limit_of uml/sanitized.sh)"
}

# The same for check, on a kernel that is built in less time.
instrumented()
{
	NAAWG_WATCHER=quick tier_sanitize
}

# Sets $guest to the command, up to its options, that boots the guest NAAWG_GUEST asks
# for, with our module.
choose_guest()
{
	local kernel config tree module

	case ${NAAWG_GUEST:-qemu} in
	qemu)
		deps vm net build lxc ansible
		kernel=$(test_kernel)
		module=$(module_tree "$kernel")/module/naawg.ko
		guest=(vm/boot.sh ${kernel:+-k "$kernel"} -a log_buf_len=8M)
		;;
	uml | uml:*)
		deps vm net build uml ansible
		config=${NAAWG_GUEST#uml}
		config=${config#:}
		config=${config:-test}
		# built_module of lib.sh needs the whole name
		export NAAWG_GUEST=uml:$config
		tree=$(uml/build.sh "$config" 2>"$out/uml-$config.log") || {
			broken vm "no User-Mode Linux, see $out/uml-$config.log"
			return 1
		}
		module=$(uml/module.sh "$config" 2>>"$out/uml-$config.log")
		guest=(uml/boot.sh -T "$tree")
		# KASAN reports only the first bug otherwise.
		! grep -qx CONFIG_KASAN=y "$tree/.config" || guest+=(-a kasan_multi_shot)
		;;
	kcsan)
		deps vm net build uml ansible
		tree=$(kcsan/build.sh 2>"$out/kcsan.log") || {
			broken vm "no kernel with KCSAN, see $out/kcsan.log"
			return 1
		}
		module=$(tree_naawg "$tree" "$out/kcsan" 2>>"$out/kcsan.log")
		# Reports are many and long, and the console is slow. While one emulated
		# processor crawls, time goes on for the other, so KCSAN waits longer for it.
		guest=(vm/boot.sh -T "$tree" -a log_buf_len=32M -a loglevel=1
			-a kcsan.udelay_task=300 -a kcsan.udelay_interrupt=100
			-a kcsan.skip_watch=2000)
		;;
	*)
		broken vm "NAAWG_GUEST is qemu, uml[:CONFIG] or kcsan, not $NAAWG_GUEST"
		return 1
		;;
	esac
	guest+=(-m "${NAAWG_MEMORY:-3G}" -c "${NAAWG_CPUS:-1}"
		-t "${NAAWG_VM_LIMIT:-3000}" -M "$module")
	[ ! -r "${module%.ko}_wireguard.ko" ] || guest+=(-M "${module%.ko}_wireguard.ko")
	[ -r "$module" ] && return
	broken vm "no ${module:-module} to test"
	return 1
}

# tier_vm [TEST...] - run tests in a guest, one after the other. If the guest dies during
# one, this test has failed and a new guest runs the rest. The guest's files stay in
# $vm_out.
tier_vm()
{
	local guest=() tests=() left test rc running begin vm_out=${vm_out:-$out/vm}

	choose_guest || return
	if [ $# -gt 0 ]; then
		tests=("$@")
	else
		mapfile -t tests < <(listed vm)
	fi
	while [ ${#tests[@]} -gt 0 ]; do
		rm -rf "$vm_out"
		mkdir -p "$vm_out"
		begin=$(uptime_seconds)
		"${guest[@]}" -o "$vm_out" -- \
			"$selftests/run.sh" guest "$suites" "${tests[@]}"
		rc=$?
		add_tally "$vm_out/tally"
		cat "$vm_out/seconds" >>"$out/seconds" 2>/dev/null
		echo "# a guest, ${NAAWG_GUEST:-qemu}, took $(($(uptime_seconds) - begin)) s"
		[ $rc -gt 1 ] || [ ! -e "$vm_out/tally" ] || break

		running=$(cat "$vm_out/running" 2>/dev/null)
		broken "${running:-vm}" "the guest ended with status $rc"
		cp -r "$vm_out" "$out/vm-died-in-${running//\//-}"
		# If it died outside a test, another guest would die as well.
		if [ -z "$running" ] || [ ! -e "$vm_out/tally" ]; then
			break
		fi
		left=()
		for test in "${tests[@]}"; do
			grep -qxF "$test" "$vm_out/done" 2>/dev/null ||
				[ "$test" = "$running" ] || left+=("$test")
		done
		tests=("${left[@]}")
	done
}

# --- tiers together ----------------------------------------------------------------

# Fills $jobs with all tests that need no second processor, and $native with the range of
# those in User-Mode Linux. The last one, with which the second worker begins, takes longest.
check_jobs()
{
	local test

	if [ -n "$everywhere" ]; then
		# shellcheck disable=SC2046 # one word per test
		guest_jobs "$everywhere" $(listed vm | one_cpu)
	else
		# shellcheck disable=SC2046
		guest_jobs qemu $(in_place 6.1 | one_cpu)
		native=("${#jobs[@]}")
		# shellcheck disable=SC2046
		guest_jobs uml $(in_place uml | one_cpu)
		native+=("${#jobs[@]}")
	fi
	# Reversed, because those that take longest stand at the end.
	for test in $(listed build | tac); do
		jobs+=("build_test $test")
	done
	for test in $(listed unit); do
		jobs+=("run_test $test 300")
	done
	jobs+=("fuzz check SECONDS_EACH=5" unit)
	for test in $(listed static); do
		jobs+=("run_test $test 900")
	done
	jobs+=(instrumented)
}

tier_check()
{
	local jobs=() native=() pairs everywhere=${NAAWG_GUEST:-${NAAWG_KERNEL:+qemu}}

	deps static unit fuzz tools net build vm dkms uml kernels packages lxc ansible monitoring
	local -x NAAWG_NO_DEPS=1
	products || return
	check_jobs
	run_workers "${native[@]}"
	mapfile -t pairs < <(listed vm | two_cpus)
	NAAWG_CPUS=2 vm_out=$out/vm-pairs in_guest "${everywhere:-uml}" "${pairs[@]}"
}

# For the change at hand: no test here takes long, or depends on one kernel.
tier_quick()
{
	local jobs=() native test

	deps static unit fuzz tools net build vm uml ansible monitoring
	local -x NAAWG_NO_DEPS=1
	products batch nat tool || return
	# shellcheck disable=SC2046
	guest_jobs uml $(in_place quick)
	native=${#jobs[@]}
	for test in $(listed unit); do
		jobs+=("run_test $test 300")
	done
	jobs+=("fuzz check-corpus" unit)
	for test in $(listed static); do
		jobs+=("run_test $test 900")
	done
	run_workers 0 "$native"
}

# ------------------------------------------------------------------------------------

case ${1:-} in
guest)
	shift
	tier_guest "$@"
	exit
	;;
-l)
	if [ $# -gt 1 ]; then
		in_place "$2"
	else
		listed vm
	fi
	exit
	;;
list)
	list_tests
	echo
	list_directories
	exit
	;;
'' | -*)
	usage >&2
	exit 2
	;;
esac

mkdir -p "$out" || exit 1
rm -f "$out/seconds" "$out/sum"
: >"$out/deps.log"
begin=$(uptime_seconds)
echo "KTAP version 1"
while [ $# -gt 0 ]; do
	tier=$1
	shift
	case $tier in
	vm)
		only=()
		while [ $# -gt 0 ] && [ -f "$1" ]; do
			only+=("$1")
			shift
		done
		tier_vm "${only[@]}"
		;;
	static | unit | build | check | quick | sanitize | long)
		"tier_$tier"
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
done
seconds_by_directory
echo "# all of it: $(($(uptime_seconds) - begin)) s"
the_sum | tee "$out/sum"
[ "${PIPESTATUS[0]}" -eq 0 ]
