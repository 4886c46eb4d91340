#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The clocks that take minutes: sessions replaced after 120 s without a lost
# packet, in either role against the stock driver, and 90 s of calling in vain,
# after which the packets that waited are gone. It boots a guest for that, which
# is where the rest runs.

if [ -z "${NAAWG_VM:-}" ]; then
	cd "$(dirname "$0")/../.." || exit 1
	exec selftests/vm/boot.sh -t 800 -M module/naawg.ko -- \
		env -C selftests/long ./rekey.sh
fi

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
need_module wireguard
need_tool wg

two_hosts
keys a b

# pair NUMBER KIND KIND: a tunnel of a and b, where only a knows the other
pair()
{
	local n=$1 of_a=$2 of_b=$3

	link_new a "t$n" "$of_a"
	link_new b "t$n" "$of_b"
	tool_of a "$of_a"
	w a set "t$n" private-key "$TMP/a.key" listen-port "50${n}1" \
		peer "${PUB[b]}" endpoint "192.0.2.2:50${n}2" \
		allowed-ips "10.9.$n.2/32"
	tool_of b "$of_b"
	w b set "t$n" private-key "$TMP/b.key" listen-port "50${n}2" \
		peer "${PUB[a]}" allowed-ips "10.9.$n.1/32"
	address a "t$n" "10.9.$n.1/24"
	address b "t$n" "10.9.$n.2/24"
	ipat a link set "t$n" up
	ipat b link set "t$n" up
	ping_ok a "10.9.$n.2"
}

# shellcheck disable=SC2034 # of net_lib.sh
tool_of()
{
	case $2 in
	wireguard) TOOL[$1]=/usr/bin/wg ;;
	*) TOOL[$1]=$WG ;;
	esac
}

sniff a va "$TMP/lines"
check "the link under test calls the stock driver" pair 1 "$KIND" wireguard
check "the stock driver calls the link under test" pair 2 wireguard "$KIND"

# The third peer does not answer, and a packet is staged for it.
link_new a t3
tool_of a "$KIND"
w a set t3 private-key "$TMP/a.key" listen-port 5031 peer "${PUB[b]}" \
	endpoint 192.0.2.2:5032 allowed-ips 10.9.3.2/32
address a t3 10.9.3.1/24
ipat a link set t3 up
dropped=$(stat_of a t3 tx_dropped)
GIVEN_UP=$(reason_of a t3 given-up)
UNREACHABLE=$(reason_of a t3 peer-unreachable)
if [ "$KIND" = naawg ]; then
	background a "$WG" monitor >"$TMP/told"
	check "monitor listens" wait_for 20 grep -q listening "$TMP/told"
fi
for _ in 1 2 3; do
	at a ping -q -c 1 -W 1 10.9.3.2 >/dev/null
done

# The fourth link cannot initiate, as it has no private key.
if [ "$KIND" = naawg ]; then
	link_new a t6
	w a set t6 listen-port 5061 peer "${PUB[b]}" endpoint 192.0.2.2:5062 \
		allowed-ips 10.9.6.2/32
	address a t6 10.9.6.1/24
	ipat a link set t6 up
	at a ping -q -c 1 -W 1 10.9.6.2 >/dev/null
fi

# Nobody is at these endpoints either. One peer is sent to all the time, the other one
# is only kept alive.
for n in 4 5; do
	link_new a "t$n"
	w a set "t$n" private-key "$TMP/a.key" listen-port "50${n}1" peer "${PUB[b]}" \
		endpoint "192.0.2.2:50${n}2" allowed-ips "10.9.$n.2/32" \
		persistent-keepalive 25
	address a "t$n" "10.9.$n.1/24"
	ipat a link set "t$n" up
done
background a ping -q -i 1 -w 200 10.9.4.2 >/dev/null

# 150 s of five packets a second, each numbered and missed if lost.
pingers=()
for n in 1 2; do
	background a ping -q -i 0.2 -c 750 -W 20 "10.9.$n.2" >"$TMP/ping.$n"
	pingers+=("$STARTED")
done
wait "${pingers[@]}"
sniff_end

lossless()
{
	grep -q ' 750 received, 0% packet loss' "$TMP/ping.$1" && return 0
	cat "$TMP/ping.$1"
	return 1
}

# calls PORT: initiations from a port of a's
calls()
{
	awk -v port="$1" '$1 == "out" && $3 == port && $7 == 1' "$TMP/lines" | wc -l
}

for n in 1 2; do
	check "tunnel $n: no packet was lost" lossless $n
	check "tunnel $n: there was one session and its successor" same "$(calls "50${n}1")" 2
	check "tunnel $n: only the first initiator rekeys" same \
		"$(awk -v port="50${n}2" '$3 == port && $7 == 1' "$TMP/lines" | wc -l)" 0
done

given_up()
{
	wait_for 120 expect_reason a t3 given-up "$GIVEN_UP" &&
		[ "$(stat_of a t3 tx_dropped)" -ge $((dropped + 3)) ] &&
		expect_reason a t3 peer-unreachable "$UNREACHABLE" 3
}
check "after unanswered calls staged packets are dropped and counted" given_up
[ "$KIND" != naawg ] || check "and what waited for a private key" \
	wait_for 60 expect_reason a t6 stage-expired 0 1
[ "$KIND" != naawg ] || check "and who listens is told" wait_for 20 \
	grep -q "t3: peer does not answer: ${PUB[b]} at 192.0.2.2:5032" "$TMP/told"
if [ "$KIND" = naawg ]; then
	check "monitor reports an unanswered peer under traffic" wait_for 20 grep -q "t4: peer does not answer" "$TMP/told"
	check "monitor reports an unanswered peer with persistent keepalive" wait_for 20 \
		grep -q "t5: peer does not answer" "$TMP/told"
fi
check "initiations are repeated about every five seconds for 90 seconds" matches "$(calls 5031)" '^1[5-9]$|^2[0-1]$'

# No end initiates any more until there is a packet.
now=$(tx_of a t3)
sleep 12
check "no initiation follows after 90 seconds" same "$(tx_of a t3)" "$now"
at a ping -q -c 1 -W 1 10.9.3.2 >/dev/null
check "the next packet starts a handshake" \
	wait_for 20 eval '[ "$(tx_of a t3)" -gt '"$now"' ]'

finish
