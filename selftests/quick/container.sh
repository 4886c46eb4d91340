#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# The container's entrypoint and health check, run in a namespace: variables and secrets,
# right and wrong, audit lines, taking over a link, SIGTERM.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

mkdir "$TMP/bin" "$TMP/secrets"
ln -s "$WG" "$TMP/bin/naawg"
ln -s "$WG" "$TMP/bin/naawg-quick"
cp "$TMP/a.key" "$TMP/secrets/private"
echo "${PUB[b]}" >"$TMP/secrets/public"
psk one
PATH=$TMP/bin:$PATH

# with NAME=VALUE...: the entrypoint, with all it needs and these besides
NOTE=()

with()
{
	at a "${NOTE[@]}" env WG_INTERFACE=t0 WG_PRIVATE_KEY_FILE="$TMP/secrets/private" \
		WG_PEER_PUBLIC_KEY_FILE="$TMP/secrets/public" WG_TUNNEL_ADDRESS=10.9.0.1/24 \
		WG_PEER_ADDRESS=10.9.0.2/32 WG_PEER_ENDPOINT=192.0.2.2:5002 \
		WG_PRESHARED_KEY_FILE="$TMP/one.psk" "$@" "$repo/tools/container/entrypoint"
}

# wrong VARIABLE VALUE [NAME=VALUE]...: named, and nothing is left
wrong()
{
	local rc=0

	with "$1=$2" "${@:3}" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said"
	same "$rc" 1
	grep -q "$1" "$TMP/said"
	refuses grep -qF "$(cat "$TMP/a.key")" "$TMP/said"
	refuses grep -rqF "$(cat "$TMP/a.key")" /run/naawg-container
	refuses has_link a
}

bad_variables()
{
	: >"$TMP/empty"
	echo "${PUB[b]}x" >"$TMP/long"
	for name in WG_PRIVATE_KEY_FILE WG_PEER_PUBLIC_KEY_FILE WG_PRESHARED_KEY_FILE; do
		wrong "$name" "$TMP/none"
		wrong "$name" "$TMP/empty"
		wrong "$name" "$TMP/long"
	done
	for name in WG_PRIVATE_KEY_FILE WG_PEER_PUBLIC_KEY_FILE WG_TUNNEL_ADDRESS WG_PEER_ADDRESS; do
		wrong "$name" ""
	done
	wrong WG_TUNNEL_ADDRESS 10.9.0.256
	wrong WG_PEER_ADDRESS nonsense
	wrong WG_PEER_ENDPOINT 192.0.2.2
	wrong WG_PEER_ENDPOINT 192.0.2.2:0
	# A warning of another one, which comes first, is not the reason.
	wrong WG_PEER_ENDPOINT 192.0.2.2 WG_PEER_ADDRESS=10.9.0.2/24
	wrong WG_LISTEN_PORT 65536
	wrong WG_LISTEN_PORT x
	wrong WG_MTU x
	wrong WG_FORWARD_PORTS 80:sctp:10.101.0.2
	wrong WG_FORWARD_PORTS 80:tcp:10.101.0.256
	wrong WG_FORWARD_PORTS "0:tcp:10.101.0.2 6379:tcp:10.101.0.4"
	wrong WG_FORWARD_PORTS 80:tcp:10.9.0.7
	wrong WG_FORWARD_INTERFACE a/b
	wrong WG_LOG_LEVEL loud
	wrong WG_INTERFACE a/b
	"$WG" pubkey <"$TMP/a.key" >"$TMP/own"
	wrong WG_PEER_PUBLIC_KEY_FILE "$TMP/own"
	wrong WG_PEER_PUBLIC_KEY_FILE "$TMP/secrets/private"
	# All these findings have the line of the section.
	wrong WG_PRESHARED_KEY_FILE "$TMP/secrets/private"
	wrong WG_PRESHARED_KEY_FILE "$TMP/secrets/public"
	wrong WG_PEER_ADDRESS 10.9.0.1
	wrong WG_PEER_ADDRESS 127.0.0.1
	wrong WG_PEER_ADDRESS +10.9.0.2
	# The value looks like the name of another setting.
	wrong WG_PEER_ADDRESS ListenPort
	wrong WG_MTU 1000 WG_TUNNEL_ADDRESS=fd09::1/64 WG_PEER_ADDRESS=fd09::2
	# Networks are compared, however their length is written.
	wrong WG_PEER_ENDPOINT 10.9.0.7:5002 WG_TUNNEL_ADDRESS=10.9.0.1/255.255.255.0
	wrong WG_PEER_ENDPOINT 10.3.3.3:5002 WG_TUNNEL_ADDRESS=10.9.0.1/08
	wrong WG_TUNNEL_ADDRESS 10.9.0.1/255.0.255.0
}
test_case "a missing, empty or malformed variable is named" bad_variables

# begin NAME=VALUE...: the entrypoint in the background, with its output in $TMP/audit
# and its process in $TMP/entry
begin()
{
	# shellcheck disable=SC2016 # for the other shell
	local NOTE=(sh -c 'echo $$ >"$0"; exec "$@"' "$TMP/entry")

	: >"$TMP/audit"
	rm -f "$TMP/entry"
	with "$@" >>"$TMP/audit" 2>&1 &
	wait_for 60 [ -s "$TMP/entry" ]
}

start()
{
	begin WG_FORWARD_PORTS="3306:tcp:10.101.0.2 6379:tcp:10.101.0.4" \
		WG_FORWARD_INTERFACE=va
	wait_for 60 grep -q TUNNEL_STARTED "$TMP/audit"
}

healthy()
{
	at a env WG_INTERFACE=t0 "$repo/tools/container/healthcheck.sh"
}

works()
{
	conf b "ListenPort = 5002" "Address = 10.9.0.2/24" \
		< <(peer a "AllowedIPs = 10.9.0.1/32" "PresharedKey = $(cat "$TMP/one.psk")")
	start
	refuses healthy
	q b up "$TMP/b/t0.conf"
	wait_for 60 healthy
	ping_ok b 10.9.0.1
	wait_for 60 grep -q "PEER_HANDSHAKE | ${PUB[b]//+/.}" "$TMP/audit"
	same "$(grep -c PORT_FORWARDING_CONFIGURED "$TMP/audit")" 2
	grep -q "PORT_FORWARDING_CONFIGURED | 3306:tcp:10.101.0.2 dev va" "$TMP/audit"
	refuses grep -qF -e "$(cat "$TMP/a.key")" -e "$(cat "$TMP/one.psk")" "$TMP/audit"
	# Both destinations lack a route. Each is reported once, in spite of repeated checks.
	same "$(grep -c "FORWARD_WARNING | .*no route" "$TMP/audit")" 2
	refuses grep "^naawg: warning" "$TMP/audit"
}
test_case "health is red before the handshake and green after it, with an audit line for each event" works

ended()
{
	[ ! -e "/proc/$(cat "$TMP/entry")" ]
}

# The first process of a container takes the others along.
adopts()
{
	local shaken entry

	shaken=$(handshake_of a t0)
	entry=$(cat "$TMP/entry")
	# shellcheck disable=SC2046 # one word per process
	kill -9 "$entry" $(pgrep -P "$entry")
	wait_for 30 ended
	has_link a
	grep -qF "$(cat "$TMP/a.key")" "/run/naawg-container/$entry/t0.conf"
	start
	[ ! -e "/run/naawg-container/$entry" ]
	grep -q TUNNEL_ADOPTED "$TMP/audit"
	same "$(handshake_of a t0)" "$shaken"
	ping_ok b 10.9.0.1
}
test_case "a link left by an earlier container is taken over with its session" adopts

stops()
{
	kill -TERM "$(cat "$TMP/entry")"
	wait_for 30 ended
	grep -q TUNNEL_STOPPED "$TMP/audit"
	[ ! -e "/run/naawg-container/$(cat "$TMP/entry")" ]
	refuses has_link a
	refuses healthy
}
test_case "SIGTERM ends the container at once" stops

# A name server that does not answer: the tunnel comes up only after the query is given
# up, here after 150 s, and SIGTERM does not wait for it.
stops_waiting()
{
	echo "nameserver 192.0.2.2" >"/etc/netns/${NS[a]}/resolv.conf"
	background b $PY -c '
import socket, sys
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("192.0.2.2", 53))
while True:
    silent.recv(1000)
    open(sys.argv[1], "w").write("asked")' "$TMP/asked"
	begin WG_PEER_ENDPOINT=services.example:51820 RES_OPTIONS="timeout:30 attempts:5"
	wait_for 60 [ -s "$TMP/asked" ]
	refuses grep -q TUNNEL_STARTED "$TMP/audit"
	kill -TERM "$(cat "$TMP/entry")"
	wait_for 30 ended
	grep -q TUNNEL_STOPPED "$TMP/audit"
	refuses has_link a
	refuses pgrep -f "[n]aawg-quick up /run/naawg-container"
}
test_case "SIGTERM ends a container that waits for a name server" stops_waiting
finish
