#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels end: links are deleted under traffic, namespaces are deleted before or after the
# devices and sockets that belong to them, and the module can be unloaded in the end.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

keys a b
module_users()
{
	awk -v name="$KIND" '$1 == name { print $3 }' /proc/modules
}
IDLE=$(module_users)

# quiet_again: delete the remaining hosts; then the module has no user any more
quiet_again()
{
	local host

	for host in "${!NS[@]}"; do
		host_del "$host"
	done
	# A worker takes a namespace apart after its last user is gone.
	wait_for 60 eval '[ "$(module_users)" = "$IDLE" ]'
}

# A device is in the namespace it was moved to; its sockets are in its birth namespace.
born_elsewhere()
{
	hosts birth home a
	wire birth vx a va
	address birth vx 192.0.2.2/24
	address a va 192.0.2.1/24
	link_new birth t0
	ipat birth link set t0 netns "${NS[home]}"
	w home set t0 private-key "$TMP/b.key" listen-port 5002 \
		peer "${PUB[a]}" allowed-ips 10.9.0.1/32
	address home t0 10.9.0.2/24
	ipat home link set t0 up
	link_new a t0
	w a set t0 private-key "$TMP/a.key" listen-port 5001 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5002 allowed-ips 10.9.0.2/32
	address a t0 10.9.0.1/24
	ipat a link set t0 up
	ping_ok a 10.9.0.2
	[ -n "$(ss -N "${NS[birth]}" -Hul 'sport = 5002')" ]
	[ -z "$(ss -N "${NS[home]}" -Hul 'sport = 5002')" ]
	ping_ok home 10.9.0.1
}

birthplace_dies()
{
	born_elsewhere
	host_del birth
	# The socket is gone with its namespace; the device stays and sends nothing.
	wait_for 30 eval '! ip -n "${NS[a]}" link show va'
	ping_fails home 10.9.0.1
	ping_fails a 10.9.0.2
	w home show t0
	w home set t0 listen-port 5003 || :
	ipat home link set t0 down
	ipat home link set t0 up || :
	ping_fails home 10.9.0.1
	w home show t0
	ipat home link del t0
	quiet_again
}

home_dies()
{
	born_elsewhere
	host_del home
	# The device and its socket went away with it.
	wait_for 30 eval '[ -z "$(ss -N "${NS[birth]}" -Hul "sport = 5002")" ]'
	ping_fails a 10.9.0.2
	quiet_again
}

both_die()
{
	born_elsewhere
	host_del birth
	host_del home
	quiet_again
	born_elsewhere
	host_del home
	host_del birth
	quiet_again
}

test_case "a device's namespace works on when its birth namespace dies" birthplace_dies
quiet_again
test_case "a device's birth namespace works on when its namespace dies" home_dies
quiet_again
test_case "both namespaces die, in either order" both_die
quiet_again

# Two devices, each created in the namespace of the other: neither may keep the other's
# namespace alive.
crossed()
{
	hosts x y
	link_new x t1
	link_new y t2
	ipat x link set t1 netns "${NS[y]}"
	ipat y link set t2 netns "${NS[x]}"
	ipat y link set t1 up
	ipat x link set t2 up
	host_del x
	host_del y
	quiet_again
}
test_case "devices born in each other's namespace hold no reference to it" crossed

# A cached route must not hold a namespace.
with_routes()
{
	hosts a b
	wire a va b vb
	address a va 2001:db8::1/64
	address b vb 2001:db8::2/64
	ipat a -6 route add default via 2001:db8::2 dev va
	ipat b -6 route add default via 2001:db8::1 dev vb
	tunnel
	w a set t0 peer "${PUB[b]}" endpoint '[2001:db8::2]:5002'
	w b set t0 peer "${PUB[a]}" endpoint '[2001:db8::1]:5001'
	ping_ok a fd09::2
	ping_ok b 10.9.0.1
	host_del a
	host_del b
	quiet_again
}
test_case "cached routes hold no reference to a namespace" with_routes

under_traffic()
{
	local i

	hosts a b
	wire a va b vb
	address a va 192.0.2.1/24
	address b vb 192.0.2.2/24
	link_new b t0
	w b set t0 private-key "$TMP/b.key" listen-port 5002 \
		peer "${PUB[a]}" allowed-ips 10.9.0.1/32
	address b t0 10.9.0.2/24
	ipat b link set t0 up
	for i in 1 2 3 4; do
		link_new a t0
		w a set t0 private-key "$TMP/a.key" listen-port 5001 peer "${PUB[b]}" \
			endpoint 192.0.2.2:5002 allowed-ips 10.9.0.2/32
		address a t0 10.9.0.1/24
		ipat a link set t0 up
		ping_ok a 10.9.0.2
		background a timeout 20 ping -q -f -s 1300 -c 100000 10.9.0.2
		background b timeout 20 ping -q -f -s 1300 -c 100000 10.9.0.1
		wait_for 20 eval '[ "$(rx_of b t0)" -gt 50000 ]'
		case $i in
		1) ipat a link del t0 ;;
		2) ipat b link set t0 down; ipat a link del t0; ipat b link set t0 up ;;
		3) w a set t0 peer "${PUB[b]}" remove; ipat a link del t0 ;;
		4) ipat a link del va; ipat a link del t0 ;;
		esac
		kill "${BACKGROUND[@]}" 2>/dev/null || :
		BACKGROUND=()
	done
	ipat b link del t0
	quiet_again
}
test_case "links, peers and cables vanish under traffic" under_traffic
quiet_again

namespace_under_traffic()
{
	hosts a b
	wire a va b vb
	address a va 192.0.2.1/24
	address b vb 192.0.2.2/24
	tunnel
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
	background a timeout 20 ping -q -f -s 1300 -c 100000 10.9.0.2
	wait_for 20 eval '[ "$(rx_of b t0)" -gt 50000 ]'
	host_del b
	kill "${BACKGROUND[@]}" || :
	host_del a
	quiet_again
}
test_case "a namespace dies under traffic" namespace_under_traffic
quiet_again

# Only in a guest of our own: on someone's machine the module may be in use.
unloads()
{
	modprobe -r "$KIND"
	refuses grep -q "^$KIND " /proc/modules
	hosts again
	link_new again t0
	host_del again
}
if [ -n "${NAAWG_VM:-}" ] && grep -q "^$KIND " /proc/modules; then
	test_case "the module unloads, and is loaded again on demand" unloads
else
	skip "the module unloads, and is loaded again on demand" \
		"only tried in a guest, with $KIND as a module"
fi

finish
