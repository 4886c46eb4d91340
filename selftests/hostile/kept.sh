#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
#
# The relay m keeps the memory of the messages it sends on, and changes it while b parses,
# authenticates and decrypts them: no changed packet comes out of the tunnel.
#
#	+- namespace a ----+     +- namespace m ----------+     +- namespace b ------+
#	|  t0 10.9.0.1 <===|=====|=== relay (kept.c) =====|=====|==>  10.9.0.2 t0    |
#	|  va 192.0.2.1 <--|-----|--> q0 192.0.2.9:7000   |     |                    |
#	+------------------+     |    q1 198.51.100.9 <---|-----|-> 198.51.100.2 vb  |
#	                         +------------------------+     +--------------------+

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/../batch/batch_lib.sh"

need_tool tc ethtool
kept=$selftests/out/hostile/kept
[ -x "$kept" ] || bail "no $kept, make -C selftests all builds it"
[ "$(nproc)" -gt 1 ] || skip_all "there is one CPU, and nothing changes meanwhile"

hosts a m b
wire a va m q0
wire m q1 b vb
address a va 192.0.2.1/24
address m q0 192.0.2.9/24
address m q1 198.51.100.9/24
address b vb 198.51.100.2/24
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.9:7000

# The other packets of the batch come out, so the receiver did handle them.
unforged()
{
	local said

	said=$("$kept" "$1" "${NS[a]}" "${NS[m]}" "${NS[b]}" "$2" "$3")
	echo "$said"
	[[ ${said##*$'\n'} =~ ^'genuine '[1-9][0-9]*', forged 0, twice 0'$ ]]
}

for field in type index counter first text tag; do
	test_case "pages of a pipe: $field of a message changes, and nothing forged passes" unforged splice $field 3000
done

# Receive offload chains the messages that arrive together.
at m ethtool -K q1 tso off gso off tx-udp-segmentation off >/dev/null 2>&1
at b ethtool -K vb gro on >/dev/null 2>&1
if at m tc qdisc add dev q1 root netem slot 5ms packets 64 limit 20000; then
	for field in type index first text; do
		test_case "a ring of a packet socket: $field of a message changes, and nothing forged passes" \
			moved b chains-received 1 unforged ring $field 300
	done
else
	skip "a ring of a packet socket" "no netem here"
fi
finish
