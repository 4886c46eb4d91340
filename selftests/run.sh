#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run tiers of tests and report in KTAP: every test is a subtest, its own lines
# indented below it. The last line is the sum over all checks:
#
#	N passed, N failed[, N skipped]
#
# The exit status is 0 only if nothing failed and something passed. A test that
# says nothing, breaks its plan or leaves with a status that contradicts its
# lines has failed, whatever else it printed.

set -u -o pipefail

cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
selftests=$(pwd -P)
repo=$(cd .. && pwd -P)
out=${NAAWG_OUT:-$selftests/out}
# shellcheck source=selftests/kernels/kernel.sh
. "$selftests/kernels/kernel.sh"
# shellcheck source=selftests/kernels/tree.sh
. "$selftests/kernels/tree.sh"

usage()
{
	cat <<-'USAGE'
	usage: run.sh TIER...        static unit build vm sanitize long
	       run.sh check          all but long, two at a time
	       run.sh -l             list the tests of the vm tier
	       run.sh vm TEST...     only these of them, as -l names them

	NAAWG_GUEST    qemu (the default); uml[:CONFIG]: User-Mode Linux with
	               selftests/uml/CONFIG.config (default: test); or kcsan: QEMU
	               with the kernel of selftests/kcsan/
	NAAWG_KERNEL   kernel to build for and test on: a release, or 6.12, 7,
	               6.1-rt... (default: 6.1); fetched if it is not installed
	NAAWG_CPUS     processors of the guest (default: 1)
	NAAWG_MEMORY   its memory (default: 3G)
	NAAWG_LIMIT    seconds a test of the vm tier may take
	NAAWG_OUT      where logs go (default: selftests/out)
	NAAWG_NO_DEPS  set: install nothing
	USAGE
}

# mawk keeps its input back until it has a lot of it.
awk=(awk)
! awk -W version 2>&1 </dev/null | grep -q ^mawk || awk=(mawk -W interactive)

passed=0
failed=0
skipped=0
suites=0

# Read TAP, pass it on indented, leave what was counted in file $1.
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

# verdict WORD NAME [REMARK] - the line that sums a suite up
verdict()
{
	suites=$((suites + 1))
	printf '%s %d %s%s\n' "$1" "$suites" "$2" "${3:+ # $3}"
}

# Not the shell's own count, which follows the wall clock where a test moves it.
uptime_seconds()
{
	local up

	read -r up _ </proc/uptime
	echo "${up%.*}"
}

# suite NAME SECONDS COMMAND... - run one test that speaks TAP
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
	printf '    # %s took %d s\n' "$name" $(($(uptime_seconds) - begin))

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
		failed=$((failed + 1))
		verdict "not ok" "$name" "$wrong"
	elif [ "$f" -gt 0 ]; then
		verdict "not ok" "$name" "$f of $planned failed"
	else
		verdict ok "$name"
	fi
}

# single NAME COMMAND... - something that is right when it exits with 0. What
# it said is shown only if it did not.
single()
{
	local name=$1 rc log

	shift
	log=$out/${name//[ \/]/-}.log
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	if [ $rc -eq 0 ]; then
		passed=$((passed + 1))
		verdict ok "$name"
	else
		failed=$((failed + 1))
		tail -n 60 "$log" | sed 's/^/# /'
		verdict "not ok" "$name" "status $rc from: $*"
	fi
	return $rc
}

# A test may say '# timeout: SECONDS' in its head; else it is $2.
limit_of()
{
	local limit

	limit=$(sed -n '1,20s/^# timeout: \([0-9]*\)$/\1/p' "$1" | head -n 1)
	printf '%s\n' "${NAAWG_LIMIT:-${limit:-${2:-300}}}"
}

# As in the kernel's own runner, a test is started in its own directory.
run_test()
{
	suite "$1" "$2" env -C "$(dirname "$1")" "./$(basename "$1")"
}

listed()
{
	make -s --no-print-directory -C "$selftests" "list-$1"
}

test_kernel()
{
	kernel_release "${NAAWG_KERNEL:-6.1}"
}

# Where the module for kernel $1 is built: in a copy, unless that kernel is
# installed here.
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

deps()
{
	[ -n "${NAAWG_NO_DEPS:-}" ] || "$selftests/deps.sh" "$@" >>"$out/deps.log" 2>&1 ||
		echo "# some packages are missing, see $out/deps.log"
}

tier_static()
{
	local test

	deps static build
	for test in $(listed static); do
		run_test "$test" 900
	done
}

# fuzz SECONDS - that long for each target, from the inputs that are kept
fuzz()
{
	suite fuzz 3600 make -s --no-print-directory -C fuzz check SECONDS_EACH="$1"
}

tier_unit()
{
	local test

	deps unit tools net fuzz
	suite unit 900 make -s --no-print-directory -C unit check
	fuzz 5
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
	products
	more_builds
}

# What the tests are about.
products()
{
	local kernel jobs tree

	# The kernel to boot decides what to build for, so it comes first.
	deps build tools vm dkms lxc
	jobs=$(nproc)
	kernel=$(test_kernel)
	if [ -z "$kernel" ]; then
		failed=$((failed + 1))
		verdict "not ok" build "no kernel ${NAAWG_KERNEL:-6.1}, see $out/deps.log"
		return
	fi
	tree=$(module_tree "$kernel")
	single "build the module for $kernel" kernel_make "$kernel" "$tree" modules
	single "the build gives no warning" no_warning "$out/build-the-module-for-$kernel.log"
	single "build the tool" make -j"$jobs" -C "$repo" tools
	# Among them is a build of the module for a kernel that is installed.
	[ "$tree" = "$repo" ] || kernel=$(kernel_release 6.1)
	single "build the helpers of the tests" make -j"$jobs" -C "$selftests" \
		KDIR="/lib/modules/$kernel/build" all
}

# What builds more, each in a place of its own.
more_builds()
{
	local kernel test

	deps build tools vm dkms kernels packages
	# Some of them need one that is installed.
	kernel=$(test_kernel)
	[ -e "/lib/modules/$kernel/build" ] || kernel=$(kernel_release 6.1)
	for test in $(listed build); do
		NAAWG_KERNEL=$kernel run_test "$test" 1800
	done
}

# The tests that reach most code, on a kernel that watches itself. For check it is
# one that is built sooner.
tier_sanitize()
{
	deps vm net build uml tools unit static
	run_test uml/sanitized.sh "$(limit_of uml/sanitized.sh)"
}

# The part of it that is in check. Its kernel takes twenty minutes of a processor to
# build, once, and all of check has an hour.
quick_sanitize()
{
	if [ $SECONDS -gt 1200 ] && ! uml/build.sh -n quick; then
		skipped=$((skipped + 1))
		verdict ok uml/sanitized.sh "SKIP no time to build its kernel on this machine: make check-sanitize, or NAAWG_WATCHER=quick selftests/run.sh sanitize and check again"
		return
	fi
	NAAWG_WATCHER=quick tier_sanitize
}

# The command, up to its options, that boots the guest NAAWG_GUEST asks for with
# our module; sets $guest.
choose_guest()
{
	local kernel config tree module

	case ${NAAWG_GUEST:-qemu} in
	qemu)
		deps vm net build lxc
		kernel=$(test_kernel)
		module=$(module_tree "$kernel")/module/naawg.ko
		guest=(vm/boot.sh ${kernel:+-k "$kernel"} -a log_buf_len=8M)
		;;
	uml | uml:*)
		deps vm net build uml
		config=${NAAWG_GUEST#uml}
		config=${config#:}
		config=${config:-test}
		# what is built for it has its whole name
		export NAAWG_GUEST=uml:$config
		tree=$(uml/build.sh "$config" 2>"$out/uml-$config.log") || {
			not_started "no User-Mode Linux, see $out/uml-$config.log"
			return 1
		}
		module=$(uml/module.sh "$config" 2>>"$out/uml-$config.log")
		guest=(uml/boot.sh -T "$tree")
		# or only the first test with a bug is blamed
		! grep -qx CONFIG_KASAN=y "$tree/.config" || guest+=(-a kasan_multi_shot)
		;;
	kcsan)
		deps vm net build uml
		tree=$(kcsan/build.sh 2>"$out/kcsan.log") || {
			not_started "no kernel with KCSAN, see $out/kcsan.log"
			return 1
		}
		module=$(tree_naawg "$tree" "$out/kcsan" 2>>"$out/kcsan.log")
		# Reports are many and long, and the console is slow. The clock goes on while
		# an emulated processor crawls: it gets longer to catch another one.
		guest=(vm/boot.sh -T "$tree" -a log_buf_len=32M -a loglevel=1
			-a kcsan.udelay_task=300 -a kcsan.udelay_interrupt=100
			-a kcsan.skip_watch=2000)
		;;
	*)
		not_started "NAAWG_GUEST is qemu, uml[:CONFIG] or kcsan, not $NAAWG_GUEST"
		return 1
		;;
	esac
	guest+=(-m "${NAAWG_MEMORY:-3G}" -c "${NAAWG_CPUS:-1}"
		-t "${NAAWG_VM_LIMIT:-3000}" -M "$module")
	[ -r "$module" ] && return
	not_started "no ${module:-module} to test"
	return 1
}

not_started()
{
	failed=$((failed + 1))
	verdict "not ok" vm "$1"
}

# The tests run in the guest one after the other. Should it die under one, that
# one failed, and a new guest takes the rest. Its files are left in $vm_out.
tier_vm()
{
	local guest=() tests=() left test rc p f s running vm_out=${vm_out:-$out/vm}

	choose_guest || return
	if [ $# -gt 0 ]; then
		tests=("$@")
	else
		mapfile -t tests < <(listed vm)
	fi
	while [ ${#tests[@]} -gt 0 ]; do
		rm -rf "$vm_out"
		mkdir -p "$vm_out"
		"${guest[@]}" -o "$vm_out" -- \
			"$selftests/run.sh" guest "$suites" "${tests[@]}"
		rc=$?
		if read -r p f s suites 2>/dev/null <"$vm_out/tally"; then
			passed=$((passed + p))
			failed=$((failed + f))
			skipped=$((skipped + s))
		fi
		[ $rc -gt 1 ] || [ ! -e "$vm_out/tally" ] || break

		running=$(cat "$vm_out/running" 2>/dev/null)
		failed=$((failed + 1))
		verdict "not ok" "${running:-vm}" "the guest ended with status $rc"
		cp -r "$vm_out" "$out/vm-died-in-${running//\//-}"
		# Without a test to blame the next guest would fare no better.
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

tier_long()
{
	local test limit

	deps build uml fuzz kernels cross analysis docker
	fuzz 60
	for test in $(listed long); do
		limit=$(limit_of "$test")
		run_test "$test" $((limit > 3600 ? limit : 3600))
	done
}

# Runs what nobody runs yet of the vm tier, in a guest for every few tests. Those that
# say so in their head have one with two processors.
vm_share()
{
	local tests=() pairs=() few=5 n vm_out

	mapfile -t tests < <(listed vm | xargs grep -Lx "# cpus: 2")
	mapfile -t pairs < <(listed vm | xargs grep -lx "# cpus: 2")
	mkdir -p "$out/claims"
	if mkdir "$out/claims/pairs" 2>/dev/null; then
		vm_out=$out/vm-pairs
		NAAWG_CPUS=2 tier_vm "${pairs[@]}"
	fi
	for ((n = 0; n < ${#tests[@]}; n += few)); do
		mkdir "$out/claims/$n" 2>/dev/null || continue
		vm_out=$out/vm-$((n / few))
		tier_vm "${tests[@]:n:few}"
	done
}

# An emulated guest keeps one processor busy; what needs no guest runs beside it
# if there is another one, and then helps out. Its report comes after the guest's.
tier_check()
{
	local lane=$out/lane other p f s n

	deps static unit fuzz tools net build vm dkms uml kernels packages lxc
	local -x NAAWG_NO_DEPS=1
	products
	[ "$failed" -eq 0 ] || return
	rm -rf "$lane".* "$out/claims"
	(
		passed=0 failed=0 skipped=0 suites=0
		tier_static
		tier_unit
		more_builds
		quick_sanitize
		vm_share
		printf '%d %d %d %d\n' "$passed" "$failed" "$skipped" "$suites" >"$lane.tally"
	) >"$lane.log" 2>&1 &
	# what vm_share substitutes sets $! as well
	other=$!
	[ "$(nproc)" -gt 1 ] || wait "$other"
	vm_share
	wait "$other"
	"${awk[@]}" -v n="$suites" '
	/^(not )?ok [0-9]+ / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }' "$lane.log"
	if read -r p f s n 2>/dev/null <"$lane.tally"; then
		passed=$((passed + p))
		failed=$((failed + f))
		skipped=$((skipped + s))
		suites=$((suites + n))
	else
		failed=$((failed + 1))
		verdict "not ok" lane "broke off, see $lane.log"
	fi
}

# --- inside the guest -------------------------------------------------------

trouble='\bBUG\b|WARNING|Oops|Call Trace|refcount|leak|suspicious'
trouble+='|unregister_netdevice: waiting|still has objects|Objects remaining'
trouble+='|general protection|soft lockup|blocked for more than|naawg.*INFO:'

# What the kernel logged since mark $1. A flood of reports may have pushed it out.
log_since()
{
	dmesg | awk -v mark="$1" 'seen; index($0, mark) { seen = 1 }
		END { if (!seen) print "WARNING: the log no longer reaches back to: " mark }'
}

# What the kernel itself says when memory runs out on purpose, in faults/: watchers
# that have none left, and three whole reports, of a module's loading: no place for
# its file; fields of its events not made known; and when it goes, the directory of
# an event that could not be made whole (WARN_ON_ONCE() both, of tracing).
known_faults()
{
	awk '
	/ref_tracker: memory allocation failure/ { next }
	/kmemleak: Cannot allocate a scan area, scanning the full object/ { next }
	/Huh VM_FAULT_OOM leaked out to the #PF handler/ { next }
	/ vmalloc error: size [0-9]+, / { end = "pages reserved"; n = 0 }
	/WARNING: .* at event_(define_fields|file_put)[.+]/ { end = "end trace"; n = 0 }
	end != "" && n < 80 && (!n++ || !/BUG: |KASAN|WARNING: |refcount_t:|suspicious RCU/) {
		if ($0 ~ end) end = ""
		next
	}
	{ end = ""; print }'
}

# Races of which neither side has our code on its stack are the kernel's own.
our_races()
{
	awk -f kcsan/races.awk
}

clean_log()
{
	local found filter=cat

	[[ $1 != *" faults/"* ]] || filter=known_faults
	[ "${NAAWG_GUEST:-}" != kcsan ] || filter=our_races
	found=$(log_since "$1" | $filter | grep -E -A 25 "$trouble")
	[ -n "$found" ] || return 0
	printf '%s\n' "$found" | head -n 60
	return 1
}

# Namespaces die in the background, so a reference may live a little longer.
unload()
{
	local end=$((SECONDS + 60))

	[ -d /sys/module/naawg ] || return 0
	until rmmod naawg; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.5
	done
}

# --- what a kernel that watches itself found ---------------------------------

leaks=/sys/kernel/debug/kmemleak

# What had no pointer to it before the tests is none of ours.
sanitizers_begin()
{
	# it can be switched off on the kernel command line
	[ -w $leaks ] && { echo scan && echo clear; } >$leaks 2>/dev/null && watched=1
	lockdep=$(awk '/debug_locks:/ { print $2 }' /proc/lockdep_stats 2>/dev/null)
}

# Objects younger than five seconds are spared, and one may hide while it moves.
no_leaks()
{
	local found

	sleep 6
	echo scan >$leaks && sleep 6 && echo scan >$leaks
	found=$(head -n 60 $leaks)
	printf '%s\n' "$found"
	[ -z "$found" ]
}

# Lockdep gives up for good at its first report, whosever that is.
still_watching()
{
	[ "$(awk '/debug_locks:/ { print $2 }' /proc/lockdep_stats)" = 1 ]
}

sanitizers_end()
{
	[ -z "${watched:-}" ] || single "no memory has leaked" no_leaks
	[ -z "${lockdep:-}" ] || single "locks were watched to the end" still_watching
}

save_tally()
{
	printf '%d %d %d %d\n' "$passed" "$failed" "$skipped" "$suites" >"$out/tally"
}

tier_guest()
{
	local test mark n=0

	suites=$1
	shift
	mark="naawg selftests begin"
	echo "$mark" >/dev/kmsg
	single "the module loads by name" modprobe naawg
	sanitizers_begin
	save_tally
	for test; do
		echo "$test" >"$out/running"
		n=$((n + 1))
		echo "$mark: $n $test" >/dev/kmsg
		run_test "$test" "$(limit_of "$test")"
		single "$test: the kernel log stays clean" clean_log "$mark: $n $test"
		echo "$test" >>"$out/done"
		rm -f "$out/running"
		save_tally
	done
	echo "$mark: end" >/dev/kmsg
	single "the module unloads, no reference left" unload
	sanitizers_end
	single "the kernel log stays clean to the end" clean_log "$mark: end"
	# how often it looked
	[ ! -r /sys/kernel/debug/kcsan ] || cat /sys/kernel/debug/kcsan >"$out/kcsan.txt"
	save_tally
	[ "$failed" -eq 0 ]
}

# ----------------------------------------------------------------------------

case ${1:-} in
guest)
	shift
	tier_guest "$@"
	exit
	;;
-l)
	listed vm
	exit
	;;
'' | -*)
	usage >&2
	exit 2
	;;
esac

mkdir -p "$out" || exit 1
: >"$out/deps.log"
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
	static | unit | build | check | sanitize | long)
		"tier_$tier"
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
done
echo "1..$suites"
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
