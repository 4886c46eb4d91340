# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The part of run.sh that runs inside a guest. It loads the module, runs tests one after the
# other, searches the kernel log after each, and unloads the module.

trouble='\bBUG\b|WARNING|Oops|Call Trace|refcount|leak|suspicious'
trouble+='|unregister_netdevice: waiting|still has objects|Objects remaining'
trouble+='|general protection|soft lockup|blocked for more than|naawg.*INFO:'

# log_since MARK - what the kernel logged since MARK. Many reports may have pushed the
# mark out of the log, and that counts as trouble.
log_since()
{
	dmesg | awk -v mark="$1" 'seen; index($0, mark) { seen = 1 }
		END { if (!seen) print "WARNING: the log no longer reaches back to: " mark }'
}

# Drops what the kernel itself reports when the tests in faults/ let memory run out:
# watchers without memory, and three reports about loading a module. The module has no
# place for its file; fields of its trace events are not made known; and when it is
# removed, the directory of an incomplete event is missing. The last two are
# WARN_ON_ONCE() of tracing.
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

# A data race with none of our code on either stack is the kernel's own.
our_races()
{
	awk -f kcsan/races.awk
}

# clean_log MARK - nothing bad was logged since MARK, which names the test
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

# Namespaces are removed in the background, so a reference may live a little longer. A test
# may have loaded the module with the stock driver's names, which holds the other one.
unload()
{
	local end=$((SECONDS + 60)) module

	for module in naawg_wireguard naawg; do
		until [ ! -d "/sys/module/$module" ] || rmmod "$module"; do
			[ "$SECONDS" -lt "$end" ] || return 1
			sleep 0.5
		done
	done
}

leaks=/sys/kernel/debug/kmemleak

# Objects without a pointer to them before the tests are not our leaks.
sanitizers_begin()
{
	# kmemleak can be switched off on the kernel command line
	[ -w $leaks ] && { echo scan && echo clear; } >$leaks 2>/dev/null && watched=1
	lockdep=$(awk '/debug_locks:/ { print $2 }' /proc/lockdep_stats 2>/dev/null)
}

# Kmemleak spares objects younger than five seconds, and misses one that moves.
no_leaks()
{
	local found

	sleep 6
	echo scan >$leaks && sleep 6 && echo scan >$leaks
	found=$(head -n 60 $leaks)
	printf '%s\n' "$found"
	[ -z "$found" ]
}

# Lockdep switches itself off at its first report, also at one about other code.
still_watching()
{
	[ "$(awk '/debug_locks:/ { print $2 }' /proc/lockdep_stats)" = 1 ]
}

sanitizers_end()
{
	[ -z "${watched:-}" ] || single "no memory has leaked" no_leaks
	[ -z "${lockdep:-}" ] || single "locks were watched to the end" still_watching
}

# tier_guest BEFORE TEST... - the tests, their suites numbered from BEFORE on
tier_guest()
{
	local test mark n=0 before=$1

	suites=$before
	shift
	mark="naawg selftests begin"
	echo "$mark" >/dev/kmsg
	single "the module loads by name" modprobe naawg
	sanitizers_begin
	save_tally "$out/tally" "$before"
	for test; do
		echo "$test" >"$out/running"
		n=$((n + 1))
		echo "$mark: $n $test" >/dev/kmsg
		run_test "$test" "$(limit_of "$test")"
		single "$test: the kernel log stays clean" clean_log "$mark: $n $test"
		echo "$test" >>"$out/done"
		rm -f "$out/running"
		save_tally "$out/tally" "$before"
	done
	echo "$mark: end" >/dev/kmsg
	single "the module unloads, no reference left" unload
	sanitizers_end
	single "the kernel log stays clean to the end" clean_log "$mark: end"
	# how often KCSAN looked
	[ ! -r /sys/kernel/debug/kcsan ] || cat /sys/kernel/debug/kcsan >"$out/kcsan.txt"
	save_tally "$out/tally" "$before"
	[ "$failed" -eq 0 ]
}
