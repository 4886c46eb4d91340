#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 7200
#
# Half an hour of traffic both ways in which sessions are replaced all the time:
# a debug build whose protocol clocks run 120 times as fast, so that keys last a
# second. Every stream arrives byte for byte, every datagram arrives, and in the
# end there is as much memory as at the beginning.
#
#	NAAWG_SOAK		seconds (1800)
#	NAAWG_SOAK_GUEST	User-Mode Linux of that configuration (test)

TIME_SCALE=120
SECONDS_LONG=${NAAWG_SOAK:-1800}

if [ -z "${NAAWG_VM:-}" ]; then
	. "$(dirname "$0")/../lib.sh"

	need_root
	config=${NAAWG_SOAK_GUEST:-test}
	log=${NAAWG_OUT:-$selftests/out}/soak.log
	tree=$("$selftests/uml/build.sh" "$config" 2>"$log") ||
		skip_all "no User-Mode Linux, see $log"
	module=$("$selftests/uml/module.sh" "$config" NAAWG_DEBUG=1 2>>"$log") ||
		bail "the debug build failed, see $log"
	tap_finished=1
	cd "$repo" || exit 1
	exec env NAAWG_SOAK="$SECONDS_LONG" "$selftests/uml/boot.sh" -T "$tree" \
		-m 1G -c 2 -t $((SECONDS_LONG + 600)) -M "$module" -- \
		env -C selftests/long ./soak.sh
fi

modprobe naawg time_scale=$TIME_SCALE || exit 1
# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/../batch/batch_lib.sh"
need_tool tcpdump

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
check "the protocol's timers run fast" same "$(cat /sys/module/naawg/parameters/time_scale)" $TIME_SCALE

# Initiations, one a line.
background a tcpdump -i va -n -l 'udp[8:4] = 0x01000000' >"$TMP/calls" 2>"$TMP/tcpdump"
wait_for 20 grep -q listening "$TMP/tcpdump"

# The kernel's own memory in kB: the minimum of a few samples, as packets under way are
# no leak.
kept()
{
	local least=999999999 now i

	for i in 1 2 3 4 5 6 7 8; do
		sleep 0.5
		now=$(awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo)
		[ "$now" -ge "$least" ] || least=$now
	done
	echo "$least"
}

round()
{
	at_once between a b tcp:a:10.9.0.2=300000 tcp:b:10.9.0.1=300000 \
		tcp:a:fd09::2=100000 tcp:b:fd09::1=100000 \
		udp:a:10.9.0.2=1200,200,10 udp:b:fd09::1=300,200,1
}

# soak SECONDS: rounds of traffic for that long, ended by the first that fails
soak()
{
	local end=$((SECONDS + $1))

	while [ "$SECONDS" -lt "$end" ]; do
		round >"$TMP/round" 2>&1 || { cat "$TMP/round"; return 1; }
		echo >>"$TMP/rounds"
		sleep 1
	done
}

# The first part settles what is allocated once.
check "streams and datagrams arrive in the first part" soak $((SECONDS_LONG / 6))
before=$(kept)
lost=$(losses)
check "all streams and datagrams arrived as they were sent" soak $((SECONDS_LONG * 5 / 6))
check "the tunnel dropped nothing" same "$(losses)" "$lost"
after=$(kept)
calls=$(grep -c 'UDP' "$TMP/calls")
diag "$(wc -l <"$TMP/rounds") rounds, $calls initiations, kernel memory $before kB, then $after kB"
# Some gaps between rounds let a session lapse, none of them all of its time.
check "sessions were replaced all the time" [ "$calls" -ge $((SECONDS_LONG / 2)) ]
# A session lost each time would come to 2 kB a time, at either end.
check "kernel memory is flat" [ $((after - before)) -le $((calls > 512 ? calls : 512)) ]
for host in a b; do
	# No loss but worth a look: a keepalive whose session was replaced twice while
	# it waited, as when the machine gives the guest no time for some protocol
	# seconds. Datagrams that were lost would have been missed above.
	diag "$host: $(counter $host unknown-index) unknown-index"
	for reason in bad-tag malformed bad-response old-timestamp; do
		check "$host dropped no packet as $reason" same "$(counter $host $reason)" 0
	done
done
finish
