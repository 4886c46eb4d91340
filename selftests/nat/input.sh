#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Bad input for every field, by the tool and by netlink, and the kernel's messages about
# forwards that cannot work.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"

gateway

# wrong WORDS FORWARD...: refused, with these words, and nothing is changed
wrong()
{
	local said words=$1

	shift
	refuses fw add "$@" 2>"$TMP/said"
	said=$(cat "$TMP/said")
	[[ $said == *"$words"* ]] || { echo "said: $said"; return 1; }
	same "$(fw list)" ""
}

# warned WORDS FORWARD...: taken, with these words
warned()
{
	local said words=$1

	shift
	fw add "$@" 2>"$TMP/said"
	said=$(cat "$TMP/said")
	[[ $said == *warning*"$words"* ]] || { echo "said: $said"; return 1; }
	fw flush
}

ports()
{
	wrong "from 1 to 65535" 0:tcp:10.101.0.2
	wrong "from 1 to 65535" 65536:tcp:10.101.0.2
	wrong "from 1 to 65535" 99999999999999999999:tcp:10.101.0.2
	wrong "from 1 to 65535" -1:tcp:10.101.0.2
	wrong "from 1 to 65535" 80x:tcp:10.101.0.2
	wrong "from 1 to 65535" :tcp:10.101.0.2
	wrong "from 1 to 65535" 80:tcp:10.101.0.2:0
	wrong "from 1 to 65535" 80:tcp:10.101.0.2:65536
	wrong "from 1 to 65535" 80:tcp:10.101.0.2:
	wrong "from 1 to 65535" 80:tcp:10.101.0.2:http
	wrong "from 1 to 65535" 80-:tcp:10.101.0.2
	wrong "from 1 to 65535" 80-90-100:tcp:10.101.0.2
	wrong "ends before it begins" 90-80:tcp:10.101.0.2
	wrong "exceeds port 65535" 80-90:tcp:10.101.0.2:65530
}
test_case "ports out of range are refused" ports

words()
{
	wrong "tcp or udp" 80:sctp:10.101.0.2
	wrong "tcp or udp" 80:6:10.101.0.2
	wrong "tcp or udp" 80::10.101.0.2
	wrong "IP address" 80:tcp:10.101.0.256
	wrong "IP address" 80:tcp:server.example
	wrong "end of the address" '80:tcp:[10.101.0.2]x'
	wrong "end of the address" '80:tcp:[fd00:101::2'
	wrong "PORT:PROTO:ADDRESS" garbage
	wrong "PORT:PROTO:ADDRESS" 80
	wrong "not \`garbage'" '80:tcp:10.101.0.2 # web' garbage
	wrong "no forward" ''
	wrong "must follow" from 10.0.0.0/8
	wrong "from' needs a value" 80:tcp:10.101.0.2 from
	wrong "dev' needs a value" 80:tcp:10.101.0.2 dev
	wrong "prefix or the public key" 80:tcp:10.101.0.2 from somebody
	wrong "prefix length" 80:tcp:10.101.0.2 from 10.0.0.0/33
	wrong "prefix length" 80:tcp:10.101.0.2 from 10.0.0.0/
	wrong "different address families" 80:tcp:10.101.0.2 from fd00::/8
	wrong "different address families" '80:tcp:[fd00:101::2]' from 10.0.0.0/8
	wrong "one source" 80:tcp:10.101.0.2 from 10.0.0.1 from 10.0.0.2
	wrong "one interface" 80:tcp:10.101.0.2 dev lo dev lo
	wrong "too long" 80:tcp:10.101.0.2 dev averyveryverylongname
	wrong "cannot be the name" 80:tcp:10.101.0.2 dev a/b
	wrong "needs a destination" 80:tcp dev br0
}
test_case "unknown words are refused" words

hosts_that_are_none()
{
	wrong "loopback" 80:tcp:127.0.0.1
	wrong "loopback" '80:tcp:[::1]'
	wrong "not the address of a host" 80:tcp:0.0.0.0
	wrong "not the address of a host" 80:tcp:224.0.0.1
	wrong "not the address of a host" 80:tcp:255.255.255.255
	wrong "not the address of a host" '80:tcp:[::]'
	wrong "not the address of a host" '80:tcp:[ff02::1]'
	wrong "link-local" '80:tcp:[fe80::1]'
}
test_case "destinations that are no hosts are refused" hosts_that_are_none

conflicts()
{
	wrong "tunnel's own subnet" 80:tcp:10.100.0.10
	wrong "tunnel's own subnet" '80:tcp:[fd00:100::10]'
	wrong "itself listens" 5001:udp:10.101.0.2
	wrong "itself listens" 5000-5010:udp:10.101.0.2
	wrong "forwarded already" 80:tcp:10.101.0.2 80:tcp:10.101.0.3
	wrong "forwarded already" 80-90:tcp:10.101.0.2 85:tcp:10.101.0.3
	wrong "forwarded already" 80:tcp:10.101.0.2 80:tcp
	wrong "forwarded already" 80:tcp:10.101.0.2 80:tcp:10.101.0.2
	# the port of the link is one of UDP
	fw add 5001:tcp:10.101.0.2
	# each family and protocol has ports of its own
	fw add 80:tcp:10.101.0.2 80:udp:10.101.0.2 '80:tcp:[fd00:101::2]'
	refuses fw add 80:tcp:10.101.0.3 2>"$TMP/said"
	grep -q "80:tcp:10.101.0.3" "$TMP/said"
	grep -q "forwarded already" "$TMP/said"
	same "$(fw list | wc -l)" 4
	fw flush
}
test_case "conflicts are refused" conflicts

# wrong_beside FORWARD: refused for the link's port, with others in force
wrong_beside()
{
	refuses fw add "$1" 2>"$TMP/said"
	grep -q "itself listens" "$TMP/said"
}

# The other way round: the link is to listen on a port that is forwarded.
port_is_taken()
{
	local port

	fw add 6000-6010:udp:10.101.0.2 '6020:udp:[fd00:101::2]' 6030:udp 6040:tcp
	for port in 6000 6005 6010 6020 6030; do
		refuses w g set t0 listen-port "$port" 2>"$TMP/said"
		grep -q "a forward of this interface takes this UDP port" "$TMP/said"
		same "$(w g show t0 listen-port)" 5001
	done
	w g set t0 listen-port 6040
	w g set t0 listen-port 5999
	wrong_beside 5999:udp:10.101.0.2
	w g set t0 listen-port 5001
	fw flush
	w g set t0 listen-port 6005
	w g set t0 listen-port 5001
}
test_case "a link cannot listen on a port that is forwarded" port_is_taken

again_is_a_warning()
{
	fw add 80:tcp:10.101.0.2
	fw add 80:tcp:10.101.0.2 2>"$TMP/said"
	grep -q "warning: this forward exists already" "$TMP/said"
	same "$(fw list | wc -l)" 1
	refuses fw del 81:tcp 2>"$TMP/said"
	grep -q "no such forward" "$TMP/said"
	refuses fw del 80:tcp:10.101.0.3
	fw del 80:tcp:10.101.0.2
	same "$(fw list)" ""
}
test_case "adding a forward twice is a warning, deleting an unknown one is refused" again_is_a_warning

warnings()
{
	warned "no route" 80:tcp:10.250.0.1
	warned "no route" '80:tcp:[fd99::1]'
	warned "no interface" 80:tcp:10.101.0.2 dev eth7
	warned "no peer" 80:tcp:10.101.0.2 from "$("$WG" genkey | "$WG" pubkey)"
	sysctl_at g net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	warned "net.ipv4.ip_forward=1" 80:tcp:10.101.0.2
	warned "net.ipv6.conf.all.forwarding=1" '80:tcp:[fd00:101::2]'
	# nothing is forwarded to this host itself
	fw add 80:tcp 81:tcp:10.101.0.1 2>"$TMP/said"
	refuses grep -q warning "$TMP/said"
	fw flush
	sysctl_at g net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	fw add 80:tcp:10.101.0.2 2>"$TMP/said"
	refuses grep -q warning "$TMP/said"
	fw flush
}
test_case "a missing setting of the host is a warning" warnings

usage()
{
	refuses w g forward t0
	refuses w g forward t0 explode
	refuses fw add
	refuses fw add --kill 80:tcp:10.101.0.2
	refuses fw list extra
	refuses fw replace
	refuses fw replace /nonexistent
	refuses w g forward nolink list
	refuses w g forward br0 list
	ln -s "$WG" "$TMP/wg"
	refuses at g "$TMP/wg" forward t0 list
	refuses at g "$TMP/wg" strip /dev/null
	w g forward --help | grep -q Usage
}
test_case "wrong arguments of the tool are refused" usage

past_the_tool()
{
	at g /usr/bin/python3 "$NAT_DIR/raw.py" t0
	same "$(fw list)" ""
}
test_case "attributes that no tool sends are refused" past_the_tool
finish
