#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that the outer link has not taken yet are charged to the socket that sent
# them, as GSO packets or single ones. So buffers and small queues hold senders back as
# without a tunnel. Nothing stays charged in the end, which every transfer of the tests
# in this directory checks.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

need_tool tc

two_hosts
tunnel
know
ping_ok a 10.9.0.2 >"$TMP/first" 2>&1
# Not netem, which uncharges packets from their senders. GSO packets stay whole.
SLOW='tbf rate 800kbit burst 70000 limit 10000000'
# shellcheck disable=SC2086 # words
at a tc qdisc add dev va root $SLOW 2>/dev/null ||
	skip_all "this kernel has no tbf"
sysctl_at a net.ipv4.tcp_limit_output_bytes=65536

# Two GSO packets and their overhead.
streams_wait()
{
	between a b held:a:10.9.0.2=250000,300000
	between a b held:a:fd09::2=250000,300000
}
datagrams_wait()
{
	between a b heldudp:a:10.9.0.2=1200,150,65536 \
		heldudp:a:fd09::2=1200,150,65536
}
test_case "streams wait for the outer queue" lossless streams_wait
test_case "datagrams wait for the outer queue" lossless datagrams_wait
paced()
{
	at a tc qdisc replace dev va root fq maxrate 800kbit
	streams_wait
}
if modprobe sch_fq 2>/dev/null; then
	test_case "streams wait in fq" lossless paced
	# shellcheck disable=SC2086 # words
	at a tc qdisc replace dev va root $SLOW
else
	skip "streams wait in fq" "this kernel has no fq"
fi
switch batch_tx N
defer switch batch_tx Y
test_case "streams wait for the outer queue, in single messages" lossless streams_wait
switch batch_tx Y

# The tunnel goes down while its packets are queued below.
gone()
{
	between a b tcp:a:10.9.0.2=400000 &
	wait_for 20 under_way
	ipat a link set t0 down
	ipat a link set t0 up
	wait $!
}
under_way()
{
	at a tc -s qdisc show dev va | grep -qE 'backlog [1-9][0-9]{4}|backlog [1-9][0-9]*K'
}
test_case "a link that goes down during a transfer leaves nothing charged" gone

finish
