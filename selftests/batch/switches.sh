#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sending and receiving in batches can be switched off and on while packets flow. Counters
# and trace points show the batches and their sizes.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
large_segments a b
defer switch batch_tx Y
defer switch batch_rx Y

stream()
{
	between a b "tcp:a:10.9.0.2=$STREAM" udp:a:fd09::2=1200,200,40
}
with()
{
	switch batch_tx "$1"
	switch batch_rx "$2"
	lossless "${@:3}" stream
}

test_case "batches in both directions" with Y Y moved a supers-sealed 5 moved b supers-received 5 \
	moved b supers-delivered 5
test_case "no batches sent with batch_tx off" with N Y stays a supers-sealed moved a singles-sealed 100 \
	stays b supers-received
test_case "no batches received with batch_rx off" with Y N moved a supers-sealed 5 stays b supers-received \
	stays b supers-delivered
test_case "no batches with both parameters off" with N N stays a supers-sealed stays b supers-received \
	stays b supers-delivered
test_case "batches in both directions again" with Y Y moved a supers-sealed 5 \
	moved b supers-received 5 moved b supers-delivered 5

flipped()
{
	flipping 'Y N' 'N N' 'N Y' 'Y Y'
	lossless at_once between a b tcp:a:10.9.0.2=1000000 tcp:b:fd09::1=1000000 \
		udp:a:fd09::2=1200,800,20 udp:b:10.9.0.1=1200,800,20
	flipping_end
}
test_case "both parameters can be switched under load" moved a supers-sealed 1 moved a singles-sealed 1 \
	moved b supers-received 1 flipped

declare -A NOW
all_counters()
{
	local host

	NOW=()
	for host in a b; do
		while read -r name count; do
			NOW[$host-$name]=$count
		done < <(at $host "$BATCH_OUT/counters" t0)
		NOW[$host-sent]=$(stat_of $host t0 tx_packets)
		NOW[$host-got]=$(stat_of $host t0 rx_packets)
	done
}
# sealed HOST: messages
sealed()
{
	echo $((NOW[$1-super-messages-sealed] + NOW[$1-singles-sealed]))
}
# One end opens all messages that the other end seals, and both count the packets of the
# link. Only handshake messages are missing, as they are not sealed.
add_up()
{
	local -; set +x
	all_counters
	[ "$(sealed a)" -eq "${NOW[b-messages-opened]}" ] &&
		[ "$(sealed b)" -eq "${NOW[a-messages-opened]}" ] &&
		[ $((NOW[a-sent] - $(sealed a))) -le 4 ] &&
		[ "${NOW[b-got]}" -ge "${NOW[b-messages-opened]}" ] &&
		[ $((NOW[b-got] - NOW[b-messages-opened])) -le 4 ] &&
		[ "${NOW[a-super-messages-sealed]}" -ge $((2 * NOW[a-supers-sealed])) ] &&
		[ "${NOW[b-packets-joined]}" -ge $((2 * NOW[b-supers-delivered])) ] &&
		[ "${NOW[b-batches-opened]}" -le "${NOW[b-messages-opened]}" ]
}
test_case "counters add up" wait_for 20 add_up

TRACING=$TMP/tracing
mkdir "$TRACING"
# sum_of EVENT FIELD: over all events with more than one message
sum_of()
{
	awk -v event="$1:" -v field="$2=" '
	index($0, event) && !/messages=1 / {
		for (i = 1; i <= NF; i++)
			if (index($i, field) == 1)
				sum += substr($i, length(field) + 1)
	}
	END { print sum + 0 }' "$TMP/events"
}
# An emulated guest loses some events, so not every one is needed.
traced()
{
	local sealed

	echo 1 >"$TRACING/events/naawg/enable"
	echo >"$TRACING/trace"
	moved a super-messages-sealed 100 stream
	sealed=$COUNTED
	echo 0 >"$TRACING/events/naawg/enable"
	cp "$TRACING/trace" "$TMP/events"
	grep -m 3 naawg_sealed "$TMP/events"
	grep -m 3 naawg_opened "$TMP/events"
	[ "$(sum_of naawg_sealed messages)" -ge $((sealed / 5)) ]
	[ "$(sum_of naawg_sealed size)" -ge $((sealed / 5 * 1200)) ]
	[ "$(sum_of naawg_opened messages)" -ge $((sealed / 5)) ]
	# only the stream was joined
	[ "$(sum_of naawg_opened size)" -gt 50 ]
}
if mount -t tracefs tracefs "$TRACING" 2>/dev/null; then
	defer umount "$TRACING"
	test_case "trace points show batches" traced
else
	skip "trace points show batches" "this kernel has no tracefs"
fi

finish
