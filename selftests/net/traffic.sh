# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153
#
# Traffic between the hosts of net_lib.sh, which sources this file: counters of links and
# peers, pings, streams, captures.

# peer_field HOST DEV FIELD [KEY]: the value of `show DEV FIELD` for one peer
peer_field()
{
	w "$1" show "$2" "$3" | awk -F '\t' -v key="${4:-}" \
		'key == "" || $1 == key { sub(/^[^\t]*\t/, ""); print; exit }'
}

rx_of() { peer_field "$1" "$2" transfer "${3:-}" | cut -f1; }
tx_of() { peer_field "$1" "$2" transfer "${3:-}" | cut -f2; }
endpoint_of() { peer_field "$1" "$2" endpoints "${3:-}"; }
handshake_of() { peer_field "$1" "$2" latest-handshakes "${3:-}"; }

# stat_of HOST DEV NAME: a counter of the link itself
stat_of()
{
	at "$1" cat "/sys/class/net/$2/statistics/$3"
}

# reason_of HOST DEV NAME: the counter of a reason; 0 on a driver without any
reason_of()
{
	[ "$KIND" = naawg ] || { echo 0; return; }
	at "$1" /usr/bin/python3 "$NET_DIR/reasons.py" "$2" "$3"
}

# expect_reason HOST DEV NAME BEFORE [AT_LEAST]: the counter moved. The stock driver has
# no such counters, so it always succeeds there.
expect_reason()
{
	local now

	[ "$KIND" = naawg ] || return 0
	now=$(reason_of "$1" "$2" "$3")
	[ "$now" -ge $(($4 + ${5:-1})) ] && return 0
	echo "reason $3 went from $4 to $now, should have gone up by ${5:-1}"
	return 1
}

# ping_ok HOST ADDRESS [ARGS]: an answer to one of two pings, as one may get lost
ping_ok()
{
	local host=$1 to=$2

	shift 2
	at "$host" ping -q -c 1 -W 5 "$@" "$to" ||
		at "$host" ping -q -c 1 -W 5 "$@" "$to"
}

ping_fails()
{
	refuses at "$1" ping -q -c 1 -W "${3:-1}" "$2"
}

# --- traffic and captures --------------------------------------------------

# background HOST COMMAND...: STARTED is the program itself, no shell around it
background()
{
	ip netns exec "${NS[$1]}" "${@:2}" &
	STARTED=$!
	BACKGROUND+=("$STARTED")
}

# until_ready HOST FILE COMMAND...: a program in the background that prints "ready" once
# it listens. Its output goes to FILE, its process is $STARTED.
until_ready()
{
	: >"$2"
	background "$1" "${@:3}" >"$2" 2>&1
	wait_for 30 grep -q '^ready' "$2"
}

# end_background PROCESS: end a program of the background
end_background()
{
	kill "$1"
	wait "$1" || true
}

# sink HOST PROTO ADDRESS PORT FILE [COUNT]: receive; FILE has the sum in the end
sink()
{
	until_ready "$1" "$5" timeout "${SINK_SECONDS:-120}" $PY "$NET_DIR/flow.py" sink \
		"$2" "$3" "$4" "${6:-0}"
	SINK=$STARTED
}

# source_of HOST PROTO ADDRESS PORT BYTES [SIZE]
source_of()
{
	at "$1" timeout 120 $PY "$NET_DIR/flow.py" source "$2" "$3" "$4" "$5" "${6:-0}"
}

# carries FROM TO PROTO ADDRESS PORT BYTES [SIZE]: sums of both ends agree
carries()
{
	local out=$TMP/sink.$1.$2.$5 sent got count=0

	[ "$3" = tcp ] || count=$(($6 / $7))
	sink "$2" "$3" "$4" "$5" "$out" "$count"
	sent=$(source_of "$1" "$3" "$4" "$5" "$6" "${7:-0}")
	wait "$SINK"
	got=$(tail -n 1 "$out")
	[ -n "$sent" ]
	same "$got" "$sent"
}

# sniff HOST DEV FILE: one line per outer UDP packet until sniff_end
sniff()
{
	until_ready "$1" "$3" $PY "$NET_DIR/sniff.py" "$2"
	SNIFFER=$STARTED
}

sniff_end()
{
	end_background "$SNIFFER"
}
