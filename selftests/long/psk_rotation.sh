#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 7200
#
# A rotator sets a new preshared key on both ends of a busy tunnel, within a second of each
# other and every two minutes, for an hour. No packet is lost: the old session carries them
# until a handshake has used the new key. Each third rotation asks for a handshake while only
# one end has the new key.
#
#	NAAWG_ROTATIONS		number of rotations (30)
#	NAAWG_ROTATION_SCALE	with another number than 1, a debug build whose protocol clocks
#				run so many times as fast; all times here are divided by it (1)
#	NAAWG_ROTATION_GUEST	configuration of User-Mode Linux (test)

ROTATIONS=${NAAWG_ROTATIONS:-30}
SCALE=${NAAWG_ROTATION_SCALE:-1}
PERIOD=120000	# ms between two rotations
WINDOW=1000	# ms between the two ends, at most

if [ -z "${NAAWG_VM:-}" ]; then
	. "$(dirname "$0")/../lib.sh"

	need_root
	config=${NAAWG_ROTATION_GUEST:-test}
	log=${NAAWG_OUT:-$selftests/out}/psk_rotation.log
	debug=()
	[ "$SCALE" = 1 ] || debug=(NAAWG_DEBUG=1)
	tree=$("$selftests/uml/build.sh" "$config" 2>"$log") ||
		skip_all "no User-Mode Linux, see $log"
	module=$("$selftests/uml/module.sh" "$config" "${debug[@]}" 2>>"$log") ||
		bail "the build failed, see $log"
	tap_finished=1
	cd "$repo" || exit 1
	exec env NAAWG_ROTATIONS="$ROTATIONS" NAAWG_ROTATION_SCALE="$SCALE" \
		"$selftests/uml/boot.sh" -T "$tree" \
		-t $((ROTATIONS * PERIOD / SCALE / 1000 * 2 + 300)) -M "$module" -- \
		env -C selftests/long ./psk_rotation.sh
fi

if [ "$SCALE" = 1 ]; then
	modprobe naawg || exit 1
else
	modprobe naawg "time_scale=$SCALE" || exit 1
fi
# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
need_tool tcpdump

two_hosts
# shellcheck disable=SC2119 # both ends are of the usual kind
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001
check "the ends have a session" ping_ok a 10.9.0.2

# pause MS: for that long in the time of the protocol
pause()
{
	sleep "$(awk -v ms="$1" -v scale="$SCALE" 'BEGIN { printf "%.4f", ms / scale / 1000 }')"
}

change()
{
	w "$1" set t0 peer "${PUB[$2]}" preshared-key "$TMP/new.psk"
}

# rotate NUMBER: the ends take turns as the first
rotate()
{
	local first=a second=b

	psk new
	[ $(($1 % 2)) = 0 ] || { first=b; second=a; }
	change $first $second
	if [ $(($1 % 3)) = 0 ]; then
		# the status depends on whether the request finds both ends changed
		background $first "$WG" rekey t0 --timeout 1 >"$TMP/rekey" 2>&1
	fi
	pause $((RANDOM % WINDOW))
	change $second $first
	pause $((PERIOD - WINDOW / 2))
}

# 100 packets a second each way, each of them missed if it is lost.
declare -A PINGS=()
background a ping -q -i 0.01 -W 20 10.9.0.2 >"$TMP/ping.a" 2>&1
PINGS[a]=$STARTED
background b ping -q -i 0.01 -W 20 10.9.0.1 >"$TMP/ping.b" 2>&1
PINGS[b]=$STARTED
# Initiations, one a line.
background a tcpdump -i va -n -l 'udp[8:4] = 0x01000000' >"$TMP/calls" 2>"$TMP/tcpdump"
wait_for 20 grep -q listening "$TMP/tcpdump"

for ((n = 1; n <= ROTATIONS; n++)); do
	rotate "$n" || fail "rotation $n"
done
calls=$(grep -c UDP "$TMP/calls")

# lossless HOST PROCESS: the packet that is under way in the end does not count
lossless()
{
	local sent got

	kill -INT "$2"
	wait "$2" || :
	read -r sent got < <(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' "$TMP/ping.$1")
	diag "$1: $sent packets sent, $got answered"
	[ "${sent:-0}" -ge $((ROTATIONS * PERIOD / SCALE / 1000 * 20)) ] &&
		[ "$got" -ge $((sent - 1)) ]
}
# check would run it in a subshell, which cannot wait for the process
for host in a b; do
	if lossless $host "${PINGS[$host]}"; then
		pass "$host lost no packet in $ROTATIONS rotations"
	else
		fail "$host lost no packet in $ROTATIONS rotations" "$(cat "$TMP/ping.$host")"
	fi
done
diag "$calls initiations; bad-response: a $(reason_of a t0 bad-response), b $(reason_of b t0 bad-response)"
check "sessions were replaced all the time" [ "$calls" -ge $((ROTATIONS - 1)) ]
check "a handshake met different keys" [ $(($(reason_of a t0 bad-response) + $(reason_of b t0 bad-response))) -ge $((ROTATIONS > 2)) ]
check "both ends have the newest key" w a rekey t0 --timeout 20
finish
