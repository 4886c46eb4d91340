# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Forwards of a gateway. Its servers know no way back into the tunnel:
#
#	+- namespace c -------------+  +- namespace g ---------------+  +- namespace s -----+
#	| t0 (KIND) 10.100.0.10/24  |  | t0 (KIND, port 5001)        |  |                   |
#	|        fd00:100::10/64 <==|==|=> 10.100.0.11/24            |  |                   |
#	|                           |  |   fd00:100::11/64           |  |                   |
#	|                           |  |   with the forwards         |  |                   |
#	|                           |  |       |                     |  |                   |
#	|                           |  |     br0 (bridge)            |  | eth0              |
#	|                           |  |     10.101.0.1/24 <---------|--|-> 10.101.0.2/24   |
#	| eth0                      |  |     fd00:101::1/64          |  |   fd00:101::2/64  |
#	| 192.0.2.10/24 <-----------|--|-> sw0 (bridge) 192.0.2.1/24 |  |                   |
#	+---------------------------+  +-----------------------------+  +-------------------+
#
# "gateway d e" adds clients: 192.0.2.N and 10.100.0.N with N = 12, 13. "server NAME N"
# adds a host behind br0.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"

NAT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# client HOST N: another peer of the gateway's t0, with 10.100.0.N and fd00:100::N
client()
{
	local host=$1 n=$2

	link_new "$host" t0
	keys "$host"
	w "$host" set t0 private-key "$TMP/$host.key" peer "${PUB[g]}" \
		allowed-ips 10.100.0.0/24,fd00:100::/64 endpoint 192.0.2.1:5001
	address "$host" t0 "10.100.0.$n/24" "fd00:100::$n/64"
	ipat "$host" link set t0 up
	w g set t0 peer "${PUB[$host]}" allowed-ips "10.100.0.$n/32,fd00:100::$n/128"
}

# server HOST N: a host behind br0 with 10.101.0.N and fd00:101::N
server()
{
	wire g "p-$1" "$1" eth0
	ipat g link set "p-$1" master br0
	address "$1" eth0 "10.101.0.$2/24" "fd00:101::$2/64"
}

# gateway [CLIENT...]: all of the drawing above, and more clients
gateway()
{
	local host n=10

	hosts c g s "$@"
	ipat g link add br0 type bridge stp_state 0 forward_delay 0
	ipat g link set br0 up
	address g br0 10.101.0.1/24 fd00:101::1/64
	ipat g link add sw0 type bridge stp_state 0 forward_delay 0
	ipat g link set sw0 up
	address g sw0 192.0.2.1/24
	[ -n "${NO_SERVER:-}" ] || server s 2
	sysctl_at g net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	keys g
	link_new g t0
	w g set t0 private-key "$TMP/g.key" listen-port 5001
	address g t0 10.100.0.11/24 fd00:100::11/64
	ipat g link set t0 up
	for host in c "$@"; do
		wire g "o-$host" "$host" eth0
		ipat g link set "o-$host" master sw0
		address "$host" eth0 "192.0.2.$n/24"
		client "$host" "$n"
		n=$((n + 1))
		[ "$n" != 11 ] || n=12
	done
}

# fw ARGS...: forwards of the gateway's link
fw()
{
	w g forward t0 "$@"
}

# answers HOST NAME {PROTO ADDRESS PORT}...: answer.py, until the test ends
answers()
{
	until_ready "$1" "$TMP/answer.$1.$2" $PY "$NAT_DIR/answer.py" "${@:2}"
}

# ask HOST PROTO ADDRESS PORT [BYTES]
ask()
{
	at "$1" timeout 60 $PY "$NAT_DIR/ask.py" "${@:2}"
}

# A connection that stays open: hold NAME HOST ADDRESS PORT makes it, say NAME WORD prints
# the answer. Its state is in files, because each case is a subshell.
hold()
{
	mkfifo "$TMP/hold.$1"
	: >"$TMP/held.$1"
	background "$2" $PY "$NAT_DIR/ask.py" hold "$3" "$4" "$TMP/hold.$1" \
		</dev/null >"$TMP/held.$1"
	wait_for 30 test -s "$TMP/held.$1"
	# a greeting, not the word for an error
	grep -qE '^[a-z0-9]+ [0-9a-f.:]+ [0-9]+$' "$TMP/held.$1"
}

say()
{
	local lines

	lines=$(wc -l <"$TMP/held.$1")
	timeout 10 bash -c 'echo "$2" >"$1"' - "$TMP/hold.$1" "$2" || return 1
	wait_for 30 more_than "$TMP/held.$1" "$lines" || return 1
	tail -n 1 "$TMP/held.$1"
}

more_than()
{
	[ "$(wc -l <"$1")" -gt "$2" ]
}

# counter FORWARD-PREFIX NAME: of the listed JSON, by the forward's text
counter()
{
	fw list --json | /usr/bin/python3 -c '
import json, sys
for f in json.load(sys.stdin)["forwards"]:
    if f["forward"].startswith(sys.argv[1]):
        print(f.get(sys.argv[2], 0))
' "$1" "$2"
}
