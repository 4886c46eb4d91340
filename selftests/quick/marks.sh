#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Several tunnels of one host: the mark, table and rules of each default route stay its
# own.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

# link NAME NUMBER ALLOWED [LINE...]: the file of a tunnel of a
link()
{
	install -d -m 700 "$TMP/a"
	(
		umask 077
		printf '%s\n' "[Interface]" "PrivateKey = $(cat "$TMP/a.key")" \
			"Address = 10.$2.0.1/24" "${@:4}" >"$TMP/a/$1.conf"
		peer b "AllowedIPs = $3" >>"$TMP/a/$1.conf"
	)
}

# The state that belongs to a default route, without the route.
policy()
(
	set +x
	ipat a rule
	ipat a -6 rule
	at a nft list ruleset
)

up() { q a up "$TMP/a/$1.conf"; }
down() { q a down "$TMP/a/$1.conf"; }
reload() { q a reload "$TMP/a/$1.conf" | tail -n 1; }

guards()
{
	at a nft list tables | tr '\n' ' '
}

# still POLICY: the state is the same, and t0 is still the default route
still()
{
	diff "$1" <(policy)
	ipat a route get 198.51.100.1 | grep -q "dev t0"
	ipat a -6 route get 2001:db8:99::1 | grep -q "dev t0"
}

# t1 has the mark of t0, so its outer packets do not go through t0
one_mark()
{
	policy >"$TMP/none"
	link t1 7 10.7.0.2/32 "FwMark = 51820"
	link t0 9 "0.0.0.0/0, ::/0"
	up t0
	same "$(w a show t0 fwmark)" 0xca6c
	policy >"$TMP/before"
	up t1
	still "$TMP/before"
	same "$(reload t1)" unchanged
	echo "PersistentKeepalive = 25" >>"$TMP/a/t1.conf"
	same "$(reload t1)" changed
	still "$TMP/before"
	same "$(reload t0)" unchanged
	still "$TMP/before"
	down t1
	still "$TMP/before"
	# without routes the owner of the rules is still known
	ipat a link set t0 down
	up t1
	down t1
	diff "$TMP/before" <(policy)
	same "$(reload t0)" changed
	still "$TMP/before"
	# the owner of the rules goes first
	up t1
	down t0
	diff "$TMP/none" <(policy)
	down t1
	diff "$TMP/none" <(policy)
}
test_case "taking one of two tunnels with the same mark down keeps the rules of the other" one_mark

# A tunnel that loses its default route removes its own rules only.
no_more_default()
{
	up t0
	policy >"$TMP/before"
	link t1 7 0.0.0.0/0
	up t1
	same "$(w a show t1 fwmark)" 0xca6d
	link t1 7 10.7.0.2/32 "FwMark = 51820"
	same "$(reload t1)" changed
	still "$TMP/before"
	down t1
	still "$TMP/before"
	down t0
	diff "$TMP/none" <(policy)
}
test_case "a removed default route leaves another tunnel's alone" no_more_default

marked_first()
{
	up t1
	up t0
	same "$(w a show t0 fwmark)" 0xca6d
	policy >"$TMP/before"
	same "$(reload t1)" unchanged
	still "$TMP/before"
	down t1
	still "$TMP/before"
	down t0
	diff "$TMP/none" <(policy)
}
test_case "a mark that another tunnel had before is used" marked_first

# Two default routes cannot use the same table.
same_table()
{
	up t0
	all_of a >"$TMP/before"
	link t1 7 0.0.0.0/0 "FwMark = 51820"
	refuses up t1 2>"$TMP/said"
	cat "$TMP/said"
	grep -q "over t0.*FwMark" "$TMP/said"
	unchanged_since
	down t0
}
test_case "two default routes never share a table" same_table

# One for IPv4 and one for IPv6 can, and each guards its addresses. Names of links
# may have letters that those of tables may not.
two_families()
{
	local name=t+1=1

	link t0 9 0.0.0.0/0 "FwMark = 51820"
	link $name 7 ::/0 "FwMark = 51820"
	up t0
	policy >"$TMP/before"
	up $name
	same "$(guards)" "table inet naawg_t0 table inet naawg_t/2b1/3d1 "
	for net in t0:9 $name:7; do
		policy | grep -qF "iifname != \"${net%:*}\" ip daddr 10.${net#*:}.0.1 "
	done
	ipat a route get 198.51.100.1 | grep -q "dev t0"
	ipat a -6 route get 2001:db8:99::1 | grep -qF "dev $name"
	same "$(reload t0)" unchanged
	same "$(reload $name)" unchanged
	down $name
	diff "$TMP/before" <(policy)
	down t0
	diff "$TMP/none" <(policy)
}
test_case "one table holds a default route for IPv4 and one for IPv6" two_families

another_mark()
{
	link t0 9 "0.0.0.0/0, ::/0"
	up t0
	same "$(guards)" "table inet naawg_t0 "
	sed -i 's/^Address/FwMark = 100\nAddress/' "$TMP/a/t0.conf"
	same "$(reload t0)" changed
	same "$(guards)" "table inet naawg_t0 "
	refuses grep -q "0x0*ca6c" < <(policy)
	policy >"$TMP/before"
	same "$(reload t0)" unchanged
	still "$TMP/before"
	down t0
	diff "$TMP/none" <(policy)
}
test_case "a new mark leaves nothing of the old one" another_mark

# A name server that answers when $TMP/go is there.
name_server()
{
	at a python3 -c '
import os, socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 53))
open(sys.argv[1] + "/ready", "w")
while True:
	query, sender = sock.recvfrom(512)
	open(sys.argv[1] + "/asked", "w")
	while not os.path.exists(sys.argv[1] + "/go"):
		time.sleep(0.1)
	sock.sendto(query[:2] + b"\x81\x83" + query[4:12] + query[12:], sender)
' "$TMP" &
	SERVER=$!
	wait_for 60 test -e "$TMP/ready"
}

# own_marks NAME...: each tunnel has a mark and rules of its own
own_marks()
{
	local name mark

	same "$(for name in "$@"; do w a show "$name" fwmark; done | sort -u | wc -l)" $#
	for name in "$@"; do
		mark=$(w a show "$name" fwmark)
		same "$(ipat a rule | grep -c "not from all fwmark $mark lookup $((mark))")" 1
		ipat a route show table $((mark)) | grep -q "dev $name"
	done
}

# A slow name server delays no other tunnel, and no number is taken before it answers.
at_boot()
{
	local first rc=0

	echo "nameserver 127.0.0.1" >"/etc/netns/${NS[a]}/resolv.conf"
	echo "127.0.0.1 localhost" >"/etc/netns/${NS[a]}/hosts"
	link t0 9 0.0.0.0/0
	echo "Endpoint = b.example:5002" >>"$TMP/a/t0.conf"
	link t1 7 0.0.0.0/0
	name_server
	RES_OPTIONS="timeout:30 attempts:5" up t0 &
	first=$!
	wait_for 60 test -e "$TMP/asked"
	up t1
	touch "$TMP/go"
	wait $first || rc=$?
	kill $SERVER
	same $rc 0
	own_marks t0 t1
	down t0
	down t1
	diff "$TMP/none" <(policy)
}
test_case "a number is not taken twice while a name is resolved" at_boot

at_once()
{
	local name pid pids=()

	for name in 1 2 3 4; do
		link "u$name" "2$name" 0.0.0.0/0
	done
	for name in 1 2 3 4; do
		up "u$name" & pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	own_marks u1 u2 u3 u4
	pids=()
	for name in 1 2 3 4; do
		down "u$name" & pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	diff "$TMP/none" <(policy)
}
test_case "four default routes can be set up at once" at_once
finish
