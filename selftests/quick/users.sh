#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Files written for wg-quick are read as wg-quick reads them. wg-quick itself is run
# beside if it and its driver are there.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

# conf_lines LINE...: $TMP/a/t0.conf and w0.conf; lines behind "--" are the peer's
conf_lines()
{
	local interface=()

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		interface+=("$1")
		shift
	done
	shift || set -- "AllowedIPs = 10.9.0.2/32"
	conf a "${interface[@]}" < <(peer b "$@")
	cp -p "$TMP/a/t0.conf" "$TMP/a/w0.conf"
}

# seen LINK: the state that a file has made
seen()
(
	set +x
	ipat a -o addr show dev "$1" | awk '{ print $4 }'
	ipat a link show "$1" | grep -o "mtu [0-9]*"
	ipat a route show table all dev "$1" | awk '$1 !~ /^(local|broadcast)$/ { print $1 }' | sort
)

# taken LINE...: the file comes up, as with wg-quick
taken()
{
	conf_lines "$@"
	q a up "$TMP/a/t0.conf"
	seen t0 >"$TMP/ours"
	q a down "$TMP/a/t0.conf"
	[ -n "$STOCK" ] || return 0
	at a wg-quick up "$TMP/a/w0.conf"
	seen w0 >"$TMP/theirs"
	ipat a link del w0
	diff "$TMP/theirs" "$TMP/ours"
}

# failed LINE...: the file does not come up, as with wg-quick, and nothing is left
failed()
{
	conf_lines "$@"
	all_of a >"$TMP/before"
	refuses q a up "$TMP/a/t0.conf"
	unchanged_since
	# wg-quick exits with the status of the command, which is 127 if there is none.
	if [ -n "$STOCK" ] && at a wg-quick up "$TMP/a/w0.conf"; then
		return 1
	fi
}

STOCK=
! command -v wg-quick >/dev/null || ! modprobe -q wireguard || STOCK=1
[ -n "$STOCK" ] || diag "wg-quick or its driver is not there, and is not asked"

grammar()
{
	taken "Address = 10.9.0.1/24,"
	taken "Address = , 10.9.0.1/24,, fd09::1/64  10.10.0.1 ,# and, no more"
	taken "address=10.9.0.1/255.255.255.0"
	taken "Address =" "DNS =" "MTU =" "Table =" "PreUp =" "PostUp = " "PreDown =" "PostDown = # none"
	taken "Address = 10.9.0.1/24"$'\r' "MTU = 1380"$'\r' "SaveConfig = FALSE"
	taken "Address = 10.9.0.1/24" "Table = 300" -- "AllowedIPs = 0.0.0.0/0, 10.9.0.2/32"
	taken "Address = 10.9.0.1/24" "PostUp = true" "PostUp = test %i = %i" \
		"PostUp = [[ %i == @(t|w)0 && \$INTERFACE == %i && \$LC_ALL == C ]]"
	failed "Address = 10.9.0.1/24, 10.9.0.300"
	failed "Address = [fd09::1]/64"
	failed "Address = 10.9.0.1/24" -- "AllowedIPs = 10.9.0.2/32,"
	failed "SaveConfig ="
}
test_case "lists, blanks and empty keys are read as by wg-quick" grammar

has_local()
{
	ipat a addr show dev va | grep -q "inet6 fe80::.*scope link"
}

link_local()
{
	wait_for 60 has_local
	taken "Address = fe80::1/64" "Table = off" -- "AllowedIPs = fe80::/64"
	conf_lines "Address = fe80::1/64, 10.9.0.1/24"
	q a up "$TMP/a/t0.conf"
	same "$(q a reload "$TMP/a/t0.conf" | tail -n 1)" unchanged
	q a down "$TMP/a/t0.conf"
	# the same address on another link is not guarded as one of the tunnel
	address a va fe80::1/64
	conf_lines "Address = fe80::1/64" -- "AllowedIPs = ::/0"
	q a up "$TMP/a/t0.conf"
	at b ping -q -c 1 -W 5 fe80::1%vb
	q a down "$TMP/a/t0.conf"
	ipat a addr del fe80::1/64 dev va
}
test_case "several links can have the same link-local network" link_local

hooks_end()
{
	local hook phase

	for hook in "false; true" "false | cat" "cd /none/such; true" "no-such-program; true" \
		"x=\$(false); true"; do
		failed "PostUp = $hook"
	done
	failed "PreUp = false; true"
	taken "PreUp = ip link del %i 2>/dev/null || true" "Address = 10.9.0.1/24"
	for hook in "false || true" "if false; then :; fi" "false && :; true" "! true | cat; :"; do
		taken "PostUp = $hook"
	done
	# a command that fails in down is reported, and the tunnel is removed
	conf_lines "PreDown = false; touch $TMP/not" "PreDown = touch $TMP/next" "PostDown = true"
	q a up "$TMP/a/t0.conf"
	refuses q a down "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "PreDown number 1 .* status 1" "$TMP/said"
	refuses has_link a
	[ ! -e "$TMP/not" ]
	[ -e "$TMP/next" ]
	# a command may read from the terminal
	conf_lines "PostUp = read -r word; test \$word = please"
	echo please | q a up "$TMP/a/t0.conf"
	q a down "$TMP/a/t0.conf"
}
test_case "a failed command ends the hook" hooks_end

# full NAME NUMBER: a tunnel with a default route of both families
full()
{
	conf_lines "Address = 10.$2.0.1/24" "PreDown = echo predown >>$TMP/hooks" \
		"PostDown = echo postdown >>$TMP/hooks" -- "AllowedIPs = 0.0.0.0/0, ::/0"
	[ "$1" = t0 ] || mv "$TMP/a/t0.conf" "$TMP/a/$1.conf"
}

policy()
(
	set +x
	ipat a rule
	ipat a -6 rule
	at a nft list ruleset
	find /run/naawg -maxdepth 1 ! -name "*.lock" -newer "$TMP/begin" ! -path /run/naawg
)

deleted()
{
	local i

	policy >"$TMP/none"
	full t0 9
	: >"$TMP/hooks"
	for i in 1 2 3; do
		q a up "$TMP/a/t0.conf"
		same "$(w a show t0 fwmark)" 0xca6c
		ipat a link del t0
	done
	# another link with the address can be reached before the cleanup
	address a va 10.9.0.1/24
	address b vb 10.9.0.2/24
	ping_ok b 10.9.0.1
	ipat a addr del 10.9.0.1/24 dev va
	ipat b addr del 10.9.0.2/24 dev vb
	q a down "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "deleted or moved" "$TMP/said"
	same "$(tr '\n' ' ' <"$TMP/hooks")" "predown postdown "
	diff "$TMP/none" <(policy)
	refuses q a down "$TMP/a/t0.conf"
	# a link made again by hand, which is no tunnel of a file
	q a up "$TMP/a/t0.conf"
	ipat a link del t0
	link_new a t0
	q a down "$TMP/a/t0.conf"
	diff "$TMP/none" <(policy)
	# without a default route, and without a file
	q a up "$TMP/a/t0.conf"
	ipat a link del t0
	conf_lines "Address = 10.9.0.1/24"
	q a up "$TMP/a/t0.conf"
	diff <(ipat a rule; ipat a -6 rule; at a nft list ruleset) <(head -n -0 "$TMP/none")
	ipat a link del t0
	mv "$TMP/a/t0.conf" "$TMP/a/away"
	q a down "$TMP/a/t0.conf"
	mv "$TMP/a/away" "$TMP/a/t0.conf"
	diff "$TMP/none" <(policy)
}
test_case "down or up clean up after a link that was deleted" deleted

# Another tunnel keeps its rules, and the table that drops its packets is removed.
deleted_beside()
{
	full t1 7
	full t0 9
	q a up "$TMP/a/t1.conf"
	policy >"$TMP/one"
	q a up "$TMP/a/t0.conf"
	ipat a link del t0
	q a down "$TMP/a/t0.conf"
	diff "$TMP/one" <(policy)
	q a up "$TMP/a/t0.conf"
	# a link that is down has no routes, and is not gone
	ipat a link set t1 down
	ipat a link del t0
	q a down "$TMP/a/t0.conf"
	diff "$TMP/one" <(policy)
	ipat a link set t1 up
	# the next up removes the rest of a link that had no down
	q a up "$TMP/a/t0.conf"
	ipat a link del t0
	q a down "$TMP/a/t1.conf"
	q a up "$TMP/a/t1.conf"
	same "$(w a show t1 fwmark)" 0xca6c
	refuses grep -q naawg_t0 < <(at a nft list tables)
	q a down "$TMP/a/t1.conf"
	q a down "$TMP/a/t0.conf"
	diff "$TMP/none" <(policy)
}
test_case "cleaning up after a deleted link leaves another tunnel alone" deleted_beside

# A hook moves the link, and a later hook fails.
moved()
{
	local how

	hosts c
	for how in "ip link set %i netns ${NS[c]}" "ip link set %i netns ${NS[c]} name other" \
		"ip link set %i down name other" "ip link del %i" \
		"ip link set %i netns ${NS[c]}; ip -n ${NS[c]} link set %i netns ${NS[a]}"; do
		conf_lines "Address = 10.9.0.1/24" "PostUp = $how" "PostUp = false" \
			-- "AllowedIPs = 0.0.0.0/0"
		all_of a >"$TMP/before"
		refuses q a up "$TMP/a/t0.conf" 2>"$TMP/said"
		grep -q "all that was done has been undone" "$TMP/said"
		unchanged_since
		same "$(ipat c -o link | wc -l)" 1
		refuses ipat a link show other
	done
	# it was moved again, which the kernel does not report here
	conf_lines "PostUp = ip link set %i netns ${NS[c]}; ip -n ${NS[c]} link set %i netns ${NS[b]}" \
		"PostUp = false"
	refuses q a up "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "t0 is not in this network namespace any more" "$TMP/said"
	refuses grep -q "all that was done has been undone" "$TMP/said"
	ipat b link del t0
	# if no command fails, it stays where it was moved
	conf_lines "PostUp = ip link set %i netns ${NS[c]}"
	q a up "$TMP/a/t0.conf"
	ipat c link del t0
	q a down "$TMP/a/t0.conf"
}
test_case "down removes a link that a command moved or renamed" moved

# Files of providers call wg.
calls_wg()
{
	local dir

	conf_lines "Address = 10.9.0.1/24" "PreUp = wg show %i >/dev/null" \
		"PostUp = test \$(wg show %i fwmark) = 0xca6c && type -p wg >$TMP/dir" \
		"PostUp = iptables -I OUTPUT ! -o %i -m mark ! --mark \$(wg show %i fwmark) -j ACCEPT" \
		"PreDown = iptables -D OUTPUT ! -o %i -m mark ! --mark \$(wg show %i fwmark) -j ACCEPT" \
		"PostDown = wg genkey >/dev/null" -- "AllowedIPs = 0.0.0.0/0"
	q a up "$TMP/a/t0.conf"
	at a iptables -S OUTPUT | grep -q "0xca6c"
	dir=$(dirname "$(cat "$TMP/dir")")
	# a process that a hook left behind finds wg as long as the tunnel exists
	same "$(stat -c "%a %u" "$dir")" "700 0"
	same "$(readlink -f "$dir/wg")" "$(readlink -f "$WG")"
	q a down "$TMP/a/t0.conf"
	refuses grep -q 0xca6c < <(at a iptables -S OUTPUT)
	[ ! -e "$dir" ]
	failed "PreUp = wg show %i >/dev/null; false"
	# a directory that others can write to is not used
	install -d -m 777 "$dir"
	ln -s /bin/false "$dir/wg"
	conf_lines "PostUp = type -p wg >$TMP/dir || :"
	q a up "$TMP/a/t0.conf"
	refuses grep -q "$dir" "$TMP/dir"
	rm -r "$dir"
	q a down "$TMP/a/t0.conf"
	at a nft delete table ip filter
	[ -n "$STOCK" ] || return 0
	# the installed wg runs for a link of the stock driver
	ipat a link add w1 type wireguard
	conf_lines "PostUp = wg set w1 listen-port 7777" "PostDown = wg show w1 listen-port >$TMP/port"
	q a up "$TMP/a/t0.conf"
	q a down "$TMP/a/t0.conf"
	same "$(cat "$TMP/port")" 7777
	ipat a link del w1
}
test_case "commands call wg, and reach this link" calls_wg

# A proxy on this host sends the packets on by another route than lo.
proxied()
{
	local to

	for to in 127.0.0.1:4000 192.0.2.1:4000 '[::1]:4000' '[2001:db8::1]:4000'; do
		conf_lines -- "Endpoint = $to"
		q a up "$TMP/a/t0.conf"
		ipat a link show t0 | grep -q "mtu 1420 "
		q a down "$TMP/a/t0.conf"
	done
	ipat a link set va mtu 1400
	conf_lines -- "Endpoint = 127.0.0.1:4000"
	peer c "Endpoint = 192.0.2.2:4000" >>"$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	ipat a link show t0 | grep -q "mtu 1320 "
	q a down "$TMP/a/t0.conf"
	ipat a link set va mtu 1500
}
test_case "an endpoint on this host does not set the MTU" proxied

# A link-local endpoint whose interface comes later.
in_a_zone()
{
	conf_lines -- "Endpoint = [fe80::1%va]:4000"
	q a up "$TMP/a/t0.conf"
	w a show t0 endpoints | grep -qF "[fe80::1%va]:4000"
	q a down "$TMP/a/t0.conf"
	conf_lines -- "Endpoint = [fe80::1%late]:4000"
	q a up "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -qF "[fe80::1%late]:4000" "$TMP/said"
	ipat a link add late type dummy
	w a endpoints refresh t0
	w a show t0 endpoints | grep -qF "[fe80::1%late]:4000"
	q a down "$TMP/a/t0.conf"
	ipat a link del late
}
test_case "a link-local endpoint works, now and later" in_a_zone

# A file that stands where wg-quick looks for it.
misplaced()
{
	conf_lines
	install -d -m 700 /etc/naawg
	refuses q a up t9 2>"$TMP/said"
	refuses grep -q /etc/wireguard "$TMP/said"
	install -D -m 600 "$TMP/a/t0.conf" /etc/wireguard/t9.conf
	refuses q a up t9 2>"$TMP/said"
	rm /etc/wireguard/t9.conf
	grep -q "there is /etc/wireguard/t9.conf: move it" "$TMP/said"
}
test_case "a file in the directory of wg-quick is reported" misplaced
finish
