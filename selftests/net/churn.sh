#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Links, peers, addresses and forwards are added and removed again and again under
# traffic, and the state in the end is that of the beginning. The tool does it first, then
# netlink, which needs no processes, as many times as NAAWG_CHURN says.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

BY_TOOL=40
ROUNDS=${NAAWG_CHURN:-200}

# Both directions, both families, as fast as answers come. Packets get lost while there
# is no receiver.
traffic()
{
	background a bash -c 'while :; do ping -q -f -c 2000 -W 1 10.9.0.2; sleep 0.1; done' >/dev/null 2>&1
	background b bash -c 'while :; do ping -q -f -s 3000 -c 500 -W 1 fd09::1; sleep 0.1; done' >/dev/null 2>&1
}

peer_of_a()
{
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002 \
		allowed-ips 10.9.0.2/32,fd09::2/128
}

turn_peer()
{
	w a set t0 peer "${PUB[b]}" remove
	peer_of_a
}

turn_others()
{
	w b set t0 peer "${PUB[c]}" allowed-ips "10.1.$(($1 % 200)).0/24,fd01::/64"
	w b set t0 peer "${PUB[c]}" allowed-ips 10.2.0.0/16
	w b set t0 peer "${PUB[c]}" remove
}

turn_forward()
{
	[ "$KIND" = naawg ] || return 0
	w a forward t0 add 8080-8090:tcp:192.0.2.2:80 53:udp:192.0.2.2
	w a forward t0 del --kill 8080-8090:tcp 53:udp
}

turn_down()
{
	ipat b link set t0 down
	ipat b link set t0 up
}

turn_device()
{
	link_new a t1
	w a set t1 private-key "$TMP/c.key" peer "${PUB[a]}" \
		allowed-ips 10.3.0.0/16 endpoint 192.0.2.2:5002 persistent-keepalive 1
	ipat a link set t1 up
	ipat a link del t1
}

# The device goes away with its namespace, or with the one of its sockets.
turn_namespace()
{
	hosts c
	link_new a t2
	ipat a link set t2 netns "${NS[c]}"
	link_new c t3
	ipat c link set t3 netns "${NS[a]}"
	w c set t2 private-key "$TMP/c.key" peer "${PUB[b]}" \
		endpoint 192.0.2.2:5002 allowed-ips 10.9.0.2/32
	ipat c link set t2 up
	ipat a link set t3 up
	host_del c
	ipat a link del t3
}

turn_identity()
{
	w a set t0 private-key "$TMP/c.key" listen-port $((5003 + $1 % 2))
	w a set t0 private-key "$TMP/a.key" listen-port 5001
}

TURNS=(turn_peer turn_others turn_forward turn_down turn_device turn_namespace turn_identity)

kernel_memory()
{
	awk '/^SUnreclaim:|^Percpu:/ { sum += $2 } END { print sum }' /proc/meminfo
}

churn()
{
	local i

	{ set +x; } 2>/dev/null
	for ((i = 0; i < BY_TOOL; i++)); do
		"${TURNS[i % ${#TURNS[@]}]}" "$i" || {
			echo "round $i: ${TURNS[i % ${#TURNS[@]}]} failed"
			return 1
		}
	done
}

churn_by_netlink()
{
	local name

	for name in a b c; do
		echo "${PUB[$name]}" >"$TMP/$name.pub"
	done
	/usr/bin/python3 "$NET_DIR/churn.py" "$ROUNDS" "${NS[a]}" "${NS[b]}" "$TMP"
}

after()
{
	local pid

	for pid in "${BACKGROUND[@]}"; do
		pkill -P "$pid" ping || :
		kill "$pid"
	done
	wait_for 60 at a ping -q -c 1 -W 5 10.9.0.2
	wait_for 60 at b ping -q -c 1 -W 5 fd09::1
	same "$(w b show t0 peers)" "${PUB[a]}"
	same "$(w a show t0 listen-port)" 5001
}

# No round may keep something: what a few have in use at a time is less than
# 200 bytes for each.
flat()
{
	local end=$((SECONDS + 30))

	{ set +x; } 2>/dev/null
	until [ $(($(kernel_memory) - BEFORE)) -lt $((2000 + ROUNDS / 5)) ]; do
		[ $SECONDS -lt $end ] || {
			echo "from $BEFORE KiB to $(kernel_memory) KiB in $ROUNDS rounds"
			return 1
		}
		sleep 1
	done
}

module_turns()
{
	local i

	for ((i = 0; i < ROUNDS / 100 + 1; i++)); do
		wait_for 60 rmmod "$KIND"
		modprobe "$KIND"
		ip link add churn0 type "$KIND"
		ip link set churn0 up
		# its links go with it
		rmmod "$KIND"
		refuses ip link show churn0
		modprobe "$KIND"
	done
}

two_hosts
keys a b c
tunnel
peer_of_a
ping_ok a 10.9.0.2 >/dev/null
BEFORE=$(kernel_memory)
traffic
test_case "$BY_TOOL rounds under traffic" churn
if [ "$KIND" != naawg ]; then
	skip "$ROUNDS more by netlink" "$KIND links speak another family"
elif ! /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	skip "$ROUNDS more by netlink" "no python3-yaml"
else
	test_case "$ROUNDS more by netlink" churn_by_netlink
fi
test_case "the tunnel works as before" after
if [ -e /sys/kernel/debug/kmemleak ]; then
	skip "memory use is as before" "what is freed is kept back here, and what leaks is found"
else
	test_case "memory use is as before" flat
fi
host_del a
host_del b
test_case "the module is unloaded and loaded again" module_turns
finish
