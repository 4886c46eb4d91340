#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Lines in the kernel's log: off unless dynamic debug is on, and without keys.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "the lines are naawg's own"
control=/sys/kernel/debug/dynamic_debug/control
[ -w $control ] || skip_all "this kernel has no dynamic debug"

lines()
{
	dmesg | grep "naawg: t0: "
}

logging()
{
	echo "module naawg $1" >$control
}

two_hosts
tunnel
# all lines, however many
burst=$(sysctl -n net.core.message_burst)
defer sysctl -qw "net.core.message_burst=$burst"
defer logging -p
sysctl -qw net.core.message_burst=1000

off()
{
	w b set t0 peer "${PUB[a]}" endpoint 192.0.2.1:5001
	ping_ok b 10.9.0.1
	same "$(lines)" ""
}
test_case "nothing is logged unless it is asked for" off

on()
{
	local key=${PUB[b]:0:8}

	logging +p
	forget a b
	ping_ok b 10.9.0.1
	keys c
	w a set t0 peer "${PUB[c]}"
	w a set t0 peer "${PUB[c]}" remove
	refuses at a ping -c 1 -W 1 10.9.0.77
	logging -p
	contains "$(lines)" "t0: peer ${PUB[a]:0:8}: initiation sent"
	contains "$(lines)" "t0: peer $key: initiation accepted"
	contains "$(lines)" "t0: peer $key: new session"
	contains "$(lines)" "t0: peer ${PUB[c]:0:8}: added"
	contains "$(lines)" "t0: peer ${PUB[c]:0:8}: removed"
	matches "$(lines)" "t0: no-peer \(1\)"
	same "$(lines | grep -Ec '[A-Za-z0-9+/]{42}')" 0
}
test_case "handshakes, peers and dropped packets are logged on request" on

off_again()
{
	local before

	before=$(lines | wc -l)
	forget a b
	ping_ok b 10.9.0.1
	same "$(lines | wc -l)" "$before"
}
test_case "the log can be switched off again" off_again
finish
