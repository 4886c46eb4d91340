#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# naawg_wireguard is unloaded while its links carry traffic: they go, links of kind naawg stay,
# and it can be loaded again.
#
#	+- namespace a -----------------+      +- namespace b -----------------+
#	|  t0 10.9.0.1, kind wireguard  |======|  t0 10.9.0.2, kind naawg      |
#	|  n0 10.8.0.1, kind naawg      |======|  n0 10.8.0.2, kind naawg      |
#	+-------------------------------+      +-------------------------------+

WG=/usr/bin/wg
# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
NAAWG=$repo/tools/naawg

two_hosts
hosts c
far_end
keys c d

loaded()
{
	grep -q "^$1 " /proc/modules
}

# A second tunnel, of naawg's own kind on both ends.
other_tunnel()
{
	link_new a n0 naawg
	link_new b n0 naawg
	at a "$NAAWG" set n0 private-key "$TMP/c.key" listen-port 5003 \
		peer "${PUB[d]}" endpoint 192.0.2.2:5004 allowed-ips 10.8.0.2/32
	at b "$NAAWG" set n0 private-key "$TMP/d.key" listen-port 5004 \
		peer "${PUB[c]}" allowed-ips 10.8.0.1/32
	address a n0 10.8.0.1/24
	address b n0 10.8.0.2/24
	ipat a link set n0 up
	ipat b link set n0 up
	ping_ok a 10.8.0.2
}

# Traffic that goes on when its link is gone.
flood()
{
	background "$1" bash -c 'while :; do ping -q -f -c 200 -W 1 "$1"; sleep 0.1; done' - "$2" \
		>/dev/null 2>&1
}

begins()
{
	nobody_serves
	modprobe naawg_wireguard
	near_end 10.9.0.1/24
	ping_ok a 10.9.0.2
	ipat c link add t1 type wireguard
	ipat c link set t1 up
}
check "there are two tunnels of different kinds" other_tunnel
test_case "a link of kind wireguard carries traffic" begins
flood a 10.9.0.2
flood b 10.9.0.1
flood a 10.8.0.2

naawg_is_in_use()
{
	refuses rmmod naawg
	loaded naawg
	ping_ok a 10.9.0.2
}
test_case "naawg cannot be unloaded meanwhile" naawg_is_in_use

goes()
{
	rmmod naawg_wireguard
	refuses loaded naawg_wireguard
	refuses ipat a link show t0
	refuses ipat c link show t1
	lacks "$(at a ss -uln)" ":5001 "
	ping_ok a 10.8.0.2
	ipat a link show n0
}
test_case "its links go with it, under traffic, and the others stay" goes

again()
{
	local i

	for i in 1 2 3 4 5; do
		begins
		rmmod naawg_wireguard
	done
	begins
	ping_ok a 10.8.0.2
}
test_case "it is loaded and unloaded again and again under traffic" again

# A dump that its reader has not finished keeps the module.
open_dump()
{
	at a /usr/bin/python3 - "$(dirname "$0")" <<-'PYTHON'
	import subprocess, sys
	sys.path.insert(0, sys.argv[1])
	import wgnl
	client = wgnl.Client()
	for start in range(0, 1000, 200):
	    client.request(wgnl.SET, wgnl.NLM_F_ACK, [wgnl.name("t0"), wgnl.attr(wgnl.PEERS, [
	        wgnl.peer(bytes([start // 200 + 1, i]) * 16) for i in range(200)])])
	client.send(wgnl.GET, wgnl.NLM_F_DUMP, [wgnl.name("t0")])
	client.sock.recv(4096)
	done = subprocess.run(("rmmod", "naawg_wireguard"), stderr=subprocess.PIPE, text=True)
	assert done.returncode and "in use" in done.stderr, done
	client.receive()
	PYTHON
	rmmod naawg_wireguard
}
test_case "an unfinished dump keeps it loaded" open_dump

links_leave_nothing()
{
	begins
	ipat a link set t0 netns "${NS[c]}"
	ipat c link set t0 up
	rmmod naawg_wireguard
	refuses ipat c link show t0
	begins
	host_del c
	wait_for 30 eval '! ip netns list | grep -q "${NS[c]:-none}"'
	rmmod naawg_wireguard
}
test_case "links in other namespaces than their first one go too" links_leave_nothing
finish
