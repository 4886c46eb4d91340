# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Batches on the tunnel of net_lib.sh: helpers make transfers that have to arrive as they
# were sent, counters tell how packets were grouped, and captures at the outer links tell
# how large they are:
#
#	+- a ------------------------+                    +- b ------------------------+
#	|  transfer, counters        |                    |        transfer, counters  |
#	|      |                     |                    |                     |      |
#	|  t0 (KIND) 10.9.0.1 <======|====================|======> 10.9.0.2 t0 (KIND)  |
#	|      | encrypts batches    |                    |    decrypts batches |      |
#	|  va 192.0.2.1 <------------|--------------------|-----------> 192.0.2.2 vb   |
#	|      ^                     |                    |                      ^     |
#	|      watch: packet sizes   |                    |  watch: packet sizes       |
#	+----------------------------+                    +----------------------------+

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"

BATCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

BATCH_OUT=$selftests/out/batch
[ -x "$BATCH_OUT/counters" ] ||
	bail "no helpers in $BATCH_OUT, make -C selftests all builds them"

# Enough for a dozen GSO packets, little enough for an emulated guest.
STREAM=400000

# between A B TRANSFER...: transfers between two hosts, as transfer.c has them;
# at_once: all of them at the same time
between()
{
	local a=$1 b=$2

	shift 2
	timeout 200 "$BATCH_OUT/transfer" $AT_ONCE "${NS[$a]}" "${NS[$b]}" "$@"
}
AT_ONCE=
at_once()
{
	local AT_ONCE=-p

	"$@"
}

# counter HOST NAME [DEV]: a reason's or a batch's counter of t0
counter()
{
	at "$1" "$BATCH_OUT/counters" "${3:-t0}" "$2"
}

# moved HOST NAME AT_LEAST COMMAND...: COMMAND succeeds, and the counter goes up
# stays HOST NAME COMMAND...: COMMAND succeeds, and the counter does not change
moved()
{
	local host=$1 name=$2 least=$3 before

	shift 3
	before=$(counter "$host" "$name")
	"$@"
	counted "$host" "$name" "$before"
	[ "$COUNTED" -ge "$least" ]
}
stays()
{
	local host=$1 name=$2 before

	shift 2
	before=$(counter "$host" "$name")
	"$@"
	counted "$host" "$name" "$before"
	[ "$COUNTED" -eq 0 ]
}
counted()
{
	COUNTED=$(($(counter "$1" "$2") - $3))
	echo "$1: $2 went up by $COUNTED"
}

# switch NAME Y|N: batch_tx or batch_rx
switch()
{
	echo "$2" >"/sys/module/naawg/parameters/$1"
}

# flipping 'TX RX'...: both parameters cycle through these settings until flipping_end or
# the end of the test
flipping()
{
	: >"$TMP/flipping"
	(
		set +ex
		while :; do
			for way in "$@"; do
				[ -e "$TMP/flipping" ] || exit 0
				switch batch_tx "${way% *}"
				switch batch_rx "${way#* }"
				read -rt 0.02 -u "$NEVER"
			done
		done
	) 2>/dev/null &
	FLIPPER=$!
}
flipping_end()
{
	rm "$TMP/flipping"
	wait "$FLIPPER"
	switch batch_tx Y
	switch batch_rx Y
}

# large_segments HOST...: TCP makes large GSO packets on any path. By itself it goes by
# round trips, which are long in an emulated guest.
large_segments()
{
	local host

	for host in "$@"; do
		sysctl_at "$host" net.ipv4.tcp_min_tso_segs=40
	done
}

# streams [BYTES]: through the tunnel, both ways, both families
streams()
{
	local bytes=${1:-$STREAM}

	between a b "tcp:a:10.9.0.2=$bytes" "tcp:b:10.9.0.1=$bytes" \
		"tcp:a:fd09::2=$bytes" "tcp:b:fd09::1=$bytes"
}

# know [B [A]]: the tunnel's ends learn each other's outer address
know()
{
	w a set t0 peer "${PUB[b]}" endpoint "${1:-192.0.2.2}:5002"
	w b set t0 peer "${PUB[a]}" endpoint "${2:-192.0.2.1}:5001"
}

# over_ipv6 COMMAND...: with IPv6 outside
over_ipv6()
{
	know '[2001:db8::2]' '[2001:db8::1]'
	"$@"
	know
}

# both_families COMMAND...: with either family outside
both_families()
{
	"$@"
	over_ipv6 "$@"
}

# on_both LINK_A LINK_B ip-link-set-args...
on_both()
{
	ipat a link set "$1" "${@:3}"
	ipat b link set "$2" "${@:3}"
}

# one_by_one: only single packets leave a, in bursts on a machine of any speed, and b's
# receive offload sees them
one_by_one()
{
	at a ethtool -K va tso off gso off tx-udp-segmentation off >/dev/null
	at b ethtool -K vb gro on >/dev/null
	at a tc qdisc replace dev va root netem slot 5ms packets 64 limit 20000
}

# losses: the packets that the tunnel's ends dropped or found wrong so far
losses()
{
	local host what sum=0

	for host in a b; do
		for what in rx_errors rx_dropped tx_errors tx_dropped; do
			sum=$((sum + $(stat_of $host t0 $what)))
		done
	done
	echo $sum
}

# lossless COMMAND...: the tunnel itself loses no packet meanwhile. Streams retransmit, so
# without this a dropped batch would only make them slow.
lossless()
{
	local before

	before=$(losses)
	"$@"
	same "$(losses) lost" "$before lost"
}

# watch HOST DEV FILE: way, length and protocol of each packet until watch_end
watch()
{
	until_ready "$1" "$3" $PY "$BATCH_DIR/lengths.py" "$2"
	WATCHER=$STARTED
}

watch_end()
{
	end_background "$WATCHER"
}

# sizes FILE WAY PROTOCOL: "COUNT BYTES LARGEST" of those packets
sizes()
{
	awk -v way="$2" -v proto="$3" '
	$1 == way && $3 == proto {
		count++
		bytes += $2
		if ($2 > largest)
			largest = $2
	}
	END { print count + 0, bytes + 0, largest + 0 }' "$1"
}
