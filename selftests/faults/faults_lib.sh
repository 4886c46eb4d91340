# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Makes allocations of the kernel fail on purpose.

debug=/sys/kernel/debug

need_faults()
{
	[ -w /proc/self/fail-nth ] && [ -d $debug/failslab ] &&
		[ -d $debug/fail_page_alloc ] ||
		skip_all "this kernel fails nothing on purpose"
}

# faults NAME=VALUE...: how both kinds of allocation fail
faults()
{
	local setting kind

	for setting; do
		for kind in failslab fail_page_alloc; do
			echo "${setting#*=}" >"$debug/$kind/${setting%%=*}" || return 1
		done
	done
}

# Also where the caller may sleep, and silently: a report must be of
# a fault of ours.
faults_at_will()
{
	faults probability=0 times=-1 interval=1 ignore-gfp-wait=N verbose=0
	echo 0 >$debug/fail_page_alloc/min-order
	# copies to and from user space fail as well
	[ ! -d $debug/fail_usercopy ] || echo 0 >$debug/fail_usercopy/verbose
	[ ! -e $debug/fail_page_alloc/ignore-gfp-highmem ] ||
		echo N >$debug/fail_page_alloc/ignore-gfp-highmem
}

# faults_in MODULE PERCENT: allocations fail while the module's code runs, for any task
faults_in()
{
	local start size

	read -r size start < <(awk -v name="$1" '$1 == name { print $2, $6 }' /proc/modules)
	faults task-filter=N stacktrace-depth=32 require-start="$start" \
		require-end="$(printf '%#x' $((start + size)))" probability="$2"
}

no_faults()
{
	faults probability=0 require-start=0 require-end=0xffffffffffffffff
}
