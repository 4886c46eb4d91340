#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forwards live and move with their device and are separate from those of other
# namespaces. Links, namespaces and the module are removed while connections are open.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"

gateway
answers s s tcp 0.0.0.0 80

works()
{
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.1"
}

# A link that was down has forgotten its sessions; the client has not.
meets_again()
{
	forget c
	ping_ok c 10.100.0.11
}

# A second gateway that shares only the server with the first.
second()
{
	hosts g2
	wire g p-g2 g2 br0
	ipat g link set p-g2 master br0
	address g2 br0 10.101.0.9/24
	sysctl_at g2 net.ipv4.ip_forward=1
}

second

apart()
{
	fw add 1080:tcp:10.101.0.2:80
	works
	link_new g2 t0
	same "$(w g2 forward t0 list)" ""
	w g2 forward t0 add 1080:tcp:10.101.0.2:81 2080:tcp:10.101.0.2
	same "$(fw list | wc -l)" 1
	w g2 forward t0 flush
	works
	ipat g2 link del t0
	works
	host_del g2
	works
}
test_case "each namespace has its own forwards" apart

# Two links of one namespace have separate forwards.
two_links()
{
	link_new g t1
	w g forward t1 add 1080:tcp:10.101.0.2:99
	works
	ipat g link del t1
	works
}
test_case "each link of a namespace has its own forwards" two_links

moves()
{
	second
	ipat g link set t0 netns "${NS[g2]}"
	address g2 t0 10.100.0.11/24
	ipat g2 link set t0 up
	meets_again
	same "$(w g2 forward t0 list | cut -f1)" 1080:tcp:10.101.0.2:80
	same "$(ask c tcp 10.100.0.11 1080 | cut -d' ' -f1,2)" "s 10.101.0.9"
	hold moving c 10.100.0.11 1080
	say moving on
	ipat g2 link set t0 netns "${NS[g]}"
	address g t0 10.100.0.11/24
	ipat g link set t0 up
	meets_again
	works
}
test_case "forwards move with their link" moves

no_link()
{
	! ss -uln | grep -q :5001 && ! ipat g link show t0
}

# Its namespace is deleted, and with it the link and its forwards.
namespace_dies()
{
	ipat g link set t0 netns "${NS[g2]}"
	address g2 t0 10.100.0.11/24
	ipat g2 link set t0 up
	meets_again
	hold dying c 10.100.0.11 1080
	say dying on
	host_del g2
	wait_for 60 no_link
	# the sockets' namespace can have a new one
	link_new g t0
	w g set t0 private-key "$TMP/g.key" listen-port 5001 \
		peer "${PUB[c]}" allowed-ips 10.100.0.10/32
	address g t0 10.100.0.11/24
	ipat g link set t0 up
	meets_again
	same "$(fw list)" ""
	same "$(ask c tcp 10.100.0.11 1080)" refused
	fw add 1080:tcp:10.101.0.2:80
	works
}
test_case "a namespace with open connections can be deleted" namespace_dies

# Links are deleted and made in a loop, with traffic meanwhile.
again_and_again()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		link_new g "x$i"
		address g "x$i" "10.105.$i.1/24"
		ipat g link set "x$i" up
		w g forward "x$i" add "$((2000 + i)):tcp:10.101.0.2:80" "90:udp"
		ipat g link del "x$i"
	done
	works
}
test_case "links come and go" again_and_again

module_goes()
{
	hold last c 10.100.0.11 1080
	say last on
	rmmod naawg
	refuses test -d /sys/module/naawg
	# the modules it needed unload as well, as nothing of ours is left in them
	at g conntrack -L -p tcp --orig-port-dst 1080 | grep -q ESTABLISHED || true
	modprobe naawg
	lsmod | grep -q '^nf_nat .*naawg'
}
test_case "the module unloads with open connections" module_goes
finish
