#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1500
#
# The module is replaced under load: naawg-upgrade saves the links of a host and of its
# namespaces, and makes them again on the new module, while a TCP stream flows. There are
# two builds of the module. Further cases are a new module that does not load, links that
# cannot be restored, and a program that is killed half-way.
#
#	+- namespace a (naawg, replaced) -------+      +- namespace b (stock driver) -+
#	|  t0 10.9.0.1 fd09::1, default route <=|======|=> t0 10.9.0.2 fd09::2        |
#	|     forwards, MTU, rules, alias ...   |      |   port 5002                  |
#	|  va 192.0.2.1 <-----------------------|------|-> vb 192.0.2.2               |
#	|  m0 10.12.0.1, made in this machine's |      +------------------------------+
#	|     own namespace and moved here      |
#	+---------------------------------------+      +- namespace of a process ------+
#	                                               |  k0 10.13.0.1, down           |
#	                                               +-------------------------------+

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
need_module wireguard
need_tool wg nft shred modinfo
# It unloads the module of the whole machine.
[ -n "${NAAWG_VM:-}" ] || skip_all "only in a guest"
[ "$KIND" = naawg ] || skip_all "the stock driver is not upgraded"

release=$(uname -r)
new_version=$(modinfo -F version naawg)
for OLD in "$selftests"/out/debug/module/naawg.ko "$selftests"/out/uml-*-NAAWG_DEBUG/module/naawg.ko ''; do
	[ "$(modinfo -F vermagic "$OLD" 2>/dev/null | cut -d' ' -f1)" != "$release" ] || break
done
[ -n "$OLD" ] || skip_all "there is no other module for this kernel"
old_version=$(modinfo -F version "$OLD")
STATE=/run/naawg-upgrade
ln -sf "$repo/tools/naawg" /usr/local/bin/naawg
UP=$repo/tools/packaging/naawg-upgrade

AS_WIREGUARD=/etc/modprobe.d/naawg-as-wireguard.conf
to_new()
{
	for module in naawg_wireguard naawg; do
		[ ! -d /sys/module/$module ] || rmmod $module
	done
	rm -rf $STATE $AS_WIREGUARD
	modprobe naawg
}
defer to_new

version()
{
	cat /sys/module/naawg/version
}

# Host a is upgraded. It has a link to b with all settings; one that was created in the
# first namespace and moved to a; and one in a namespace that only a process keeps, as a
# container's.
two_hosts
[ ! -d /sys/module/naawg_wireguard ] || rmmod naawg_wireguard
wait_for 60 eval '[ ! -d /sys/module/naawg ] || rmmod naawg'
insmod "$OLD" || bail "the old module loads"
check "the old module runs" same "$(version)" "$old_version"
check "the old module differs from the new one" differs "$old_version" "$new_version"
keys a b m k
psk shared

TOOL[b]=/usr/bin/wg
link_new a t0
link_new b t0 wireguard
w b set t0 private-key "$TMP/b.key" listen-port 5002 peer "${PUB[a]}" \
	preshared-key "$TMP/shared.psk" allowed-ips 10.9.0.1/32,fd09::1/128,10.77.0.0/16
w a set t0 private-key "$TMP/a.key" fwmark 0x55 forbid 198.51.100.0/24,2001:db8:ff::/48 peer "${PUB[b]}" \
	preshared-key "$TMP/shared.psk" endpoint 192.0.2.2:5002 \
	allowed-ips 0.0.0.0/0,::/0
sysctl_at a net.ipv4.ip_forward=1 net.ipv4.conf.t0.rp_filter=2 net.ipv4.conf.t0.log_martians=1
ipat a link set t0 mtu 1380 group 7 txqueuelen 333 multicast on
ipat a link set t0 alias 'to the \ master of group 9'
address a t0 10.9.0.1/24 10.9.0.8/24 fd09::1/64 fe80::99/64
ipat a address add 10.77.0.1 peer 10.77.0.2/32 dev t0 metric 44 label t0:far
ipat a address add fd09:5::1/64 dev t0 noprefixroute nodad
ipat a link set t0 up
address b t0 10.9.0.2/24 fd09::2/64
ipat b link set t0 up
# Another way out, which no packet may take meanwhile.
ipat a route add default via 192.0.2.2 dev va
ipat a -6 route add default via 2001:db8::2 dev va
ipat a route add default dev t0 table 51820
ipat a rule add not fwmark 0x55 table 51820 pref 900
ipat a rule add table main suppress_prefixlength 0 pref 800
ipat a route add 10.30.0.0/16 via 10.9.0.2 metric 5 mtu lock 1300
ipat a route add 10.31.0.0/16 via 10.9.0.2 dev t0 table 100 proto 99
# not every kernel has these
ipat a route add 10.32.0.0/16 nexthop dev t0 weight 1 nexthop via 192.0.2.2 weight 3
ipat a route add 10.33.0.0/16 via 192.0.2.2 dev va src 10.9.0.8
ipat a route add blackhole 10.34.0.0/16
ipat a -6 route add fd30::/48 dev t0 metric 9
ipat a -6 route add fd31::/48 via fd09::2
ipat a -6 route add fd32::/48 nexthop via fd09::2 dev t0 nexthop via 2001:db8::2 dev va
ipat a -6 route add default dev t0 table 51820
# Rules of another program, like those that hold packets back.
ipat a route add blackhole default table 51820 metric 4294967295
ipat a link property add dev t0 altname far-away
w a forward t0 add 8080:tcp:192.0.2.2:80 "2000-2005:udp:192.0.2.2 from 10.9.0.2/32 no-masquerade"

# Created here and moved to a.
ip link add m0 type naawg
ip link set m0 netns "${NS[a]}"
w a set m0 private-key "$TMP/m.key" peer "${PUB[b]}" allowed-ips 10.12.0.0/24 \
	endpoint 192.0.2.9:9 persistent-keepalive 21
address a m0 10.12.0.1/24
ipat a link set m0 up

# As in a container: user and network namespace of a process. It stays down.
unshare -Urn sleep 1000 &
KEPT=$!
BACKGROUND+=("$KEPT")
in_kept()
{
	nsenter -t $KEPT -n "$@"
}
wait_for 10 eval '[ "$(readlink /proc/$KEPT/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
in_kept ip link add k0 type naawg
in_kept "$WG" set k0 private-key "$TMP/k.key" listen-port 7000
in_kept ip address add 10.13.0.1/24 dev k0

# The state that has to be the same afterwards.
picture()
{
	local where

	for where in "ip netns exec ${NS[a]}" in_kept; do
		$where ip -d -o link show type naawg | sed 's/ state [A-Z]*//'
		$where ip -o address show
		for family in -4 -6; do
			$where ip -N $family route show table all | sort
			$where ip $family rule
		done
		for link in $($where "$WG" show interfaces); do
			$where "$WG" showconf "$link"
			$where "$WG" show "$link" forbidden
			$where sysctl -a -r "net.ipv[46].conf.$link" 2>/dev/null
		done
	done
}

# unchanged PICTURE: it is the same now
unchanged()
{
	diff <(echo "$1") <(picture)
}

up()
{
	local rc=0

	# An emulated machine takes minutes.
	timeout 500 "$UP" "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said" >&2
	return $rc
}

# A new address is tentative for a moment, which the picture would show.
wait_for 20 eval '! ipat a -6 address show tentative | grep -q .'

# --- refusals ------------------------------------------------------------------

refusals()
{
	local before

	before=$(picture)
	refuses up
	grep -q 'no copy of the module that runs' "$TMP/said"
	refuses up --old "$TMP/none"
	refuses up --old "$(modinfo -n naawg)"
	grep -q 'is not the module that runs' "$TMP/said"
	refuses up --old "$OLD" --new /dev/null
	grep -q '/dev/null is no naawg module for the running kernel' "$TMP/said"
	refuses unshare -Ur "$UP" --old "$OLD"
	ipat a link add x0 type vxlan id 3 remote 10.9.0.2 dstport 4789 dev t0
	refuses up --old "$OLD"
	grep -q 'x0 .*stands on t0' "$TMP/said"
	ipat a link delete x0
	# A routing daemon makes its routes again.
	if ipat a nexthop add id 5 dev t0 proto zebra; then
		up --dry-run --old "$OLD"
		ipat a nexthop replace id 5 dev t0
		refuses up --old "$OLD"
		grep -q 'namespace .*: nexthop objects stand on t0' "$TMP/said"
		ipat a nexthop delete id 5
	fi
	up --dry-run --old "$OLD"
	grep -q 'm0 in namespace' "$TMP/said"
	[ ! -e $STATE ]
	# It was killed while it saved: no link was removed, but it left keys.
	mkdir -p $STATE
	touch $STATE/1.links.new
	refuses up --old "$OLD"
	up --restore
	[ ! -e $STATE ]
	same "$(version)" "$old_version"
	unchanged "$before"
}
test_case "an upgrade that cannot work is refused and changes nothing" refusals

# --- under load --------------------------------------------------------------

progress()
{
	local count

	count=$(cat "$TMP/progress") && [ "${count:-0}" -gt "$1" ]
}

# b counts packets that leave in clear while the link is away.
at b nft -f - <<-NFT
	table inet leak {
		chain in {
			type filter hook prerouting priority -300
			iifname "vb" ip daddr { 10.9.0.0/16, 10.30.0.0/15 } counter
			iifname "vb" ip6 daddr { fd09::/48, fd30::/47 } counter
		}
	}
NFT
leaked()
{
	at b nft list table inet leak | awk '/counter packets/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print n + 0 }'
}

upgraded()
{
	local before count

	# b moves: only the live state has its endpoint.
	ping_ok a 10.9.0.2
	address b vb 192.0.2.22/24
	ipat b address del 192.0.2.2/24 dev vb
	address b vb 192.0.2.2/24
	w b set t0 peer "${PUB[a]}" endpoint "192.0.2.1:$(w a show t0 listen-port)"
	at b ip route replace 192.0.2.1 dev vb src 192.0.2.22
	ping_ok b 10.9.0.1
	wait_for 20 eval '[ "$(endpoint_of a t0)" = 192.0.2.22:5002 ]'

	SINK_SECONDS=1000 sink b tcp 10.9.0.2 6000 "$TMP/got"
	background a $PY "$selftests/upgrade/stream.py" 10.9.0.2 6000 "$TMP/progress" >"$TMP/sent"
	stream=$STARTED
	# These pings leave in clear if they can.
	background a ping -q -i 0.02 10.30.0.1
	background a ping -q -i 0.02 fd30::1
	wait_for 30 progress 300000
	before=$(picture)
	up --old "$OLD"
	same "$(version)" "$new_version"
	count=$(cat "$TMP/progress")
	unchanged "$before"
	wait_for 120 progress $((count + 300000))
	kill "$stream"
	wait "$stream" || true
	wait "$SINK"
	[ -s "$TMP/sent" ]
	same "$(tail -n 1 "$TMP/got")" "$(tail -n 1 "$TMP/sent")"
}
test_case "a stream survives the upgrade, and everything is as before" upgraded
sed -n 's/.* \([a-z0-9]* in .* was away for .*\)/# \1/p' "$TMP/said"
check "no packet left in clear meanwhile" same "$(leaked)" 0

afterwards()
{
	local host

	ping_ok b 10.9.0.1
	ping_ok b fd09::1
	ping_ok a 10.9.0.2
	same "$(w a forward t0 list | grep -c '192.0.2.2')" 2
	background b ncat -4 -k -l 192.0.2.2 80 -c 'echo "$NCAT_REMOTE_ADDR asked"'
	wait_for 20 eval 'at b ss -Htln | grep -q :80'
	same "$(at b timeout 30 ncat --recv-only 10.9.0.1 8080)" "192.0.2.1 asked"
	[ ! -e $STATE ]
	up --old "$OLD"
	grep -q 'already runs' "$TMP/said"
}
test_case "pings and forwards work, no key is left on disk, and a second upgrade does nothing" afterwards

# --- failures ------------------------------------------------------------------

# The other way round, to a module that lacks a symbol, which fails as it is loaded.
LC_ALL=C sed 's/udp_tunnel_sock_release/udp_tunnel_sock_releasX/g' "$OLD" >"$TMP/broken.ko"
# Beside it lies naawg_wireguard, which some of the cases need.
mkdir "$TMP/current"
cp "$(modinfo -n naawg)" "$(modinfo -n naawg_wireguard)" "$TMP/current/"
CURRENT=$TMP/current/naawg.ko
broken()
{
	local before

	before=$(picture)
	refuses up --old "$CURRENT" --new "$TMP/broken.ko"
	grep -q 'Unknown symbol' "$TMP/said"
	grep -q 'the old module runs again' "$TMP/said"
	same "$(version)" "$new_version"
	unchanged "$before"
	ping_ok b 10.9.0.1
	[ ! -e $STATE ]
}
test_case "the old module comes back if the new one does not load" broken

# Killed by SIGKILL while links are removed.
killed()
{
	local before

	before=$(picture)
	setsid "$UP" --old "$CURRENT" --new "$OLD" &
	pid=$!
	wait_for 400 refuses ipat a link show t0
	kill -9 -- -$pid
	wait $pid || true
	# A link that is missing in one namespace proves that the upgrade was interrupted.
	[ -d $STATE ]
	same "$(stat -c %a $STATE)" 700
	[ -z "$(find $STATE -perm /077)" ]
	refuses up --old "$CURRENT"
	grep -q 'interrupted' "$TMP/said"
	up --restore
	[ ! -e $STATE ]
	unchanged "$before"
	ping_ok b 10.9.0.1
}
test_case "an upgrade killed half-way is completed later" killed

# The package saves the module that runs before DKMS removes it.
kept()
{
	local before

	[ "$(version)" = "$new_version" ] || up --old "$OLD"
	"$repo/tools/packaging/keep-running"
	before=$(picture)
	up --new "$OLD"
	rm -rf /var/lib/naawg-dkms
	same "$(version)" "$old_version"
	unchanged "$before"
	ping_ok b 10.9.0.1
}
test_case "the package keeps the module that runs, for the way back" kept

# Killed half-way, and a container has ended before the next start.
went()
{
	setsid "$UP" --old "$OLD" --new "$CURRENT" &
	pid=$!
	wait_for 400 refuses in_kept ip link show k0
	kill -9 -- -$pid
	wait $pid || true
	kill "$KEPT"
	wait "$KEPT" || true
	refuses up --restore
	grep -q "the network namespace of these links is gone: k0;" "$TMP/said"
	ping_ok b 10.9.0.1
	same "$(w a forward t0 list | grep -c '192.0.2.2')" 2
	same "$(w a show m0 public-key)" "${PUB[m]}"
	refuses up --old "$OLD"
	rm -r $STATE
	up --old "$OLD" --new "$CURRENT"
	same "$(version)" "$new_version"
	ping_ok b 10.9.0.1
}
test_case "a container that ended meanwhile is named, and the rest is restored" went

# --- under the names of the stock driver ---------------------------------------

# A kind of link has one driver, so naawg serves both ends now, and both are upgraded.
TOOL[b]=$WG
both_ends()
{
	ipat b link delete t0
	wait_for 60 rmmod wireguard
	modprobe naawg_wireguard
	cat >$AS_WIREGUARD <<-CONF
		alias rtnl-link-wireguard wireguard
		alias net-pf-16-proto-16-family-wireguard wireguard
		install wireguard /sbin/modprobe -q naawg_wireguard || /sbin/modprobe -q --ignore-install wireguard
	CONF
	for host in a b; do
		link_new $host w0 wireguard
	done
	w a set w0 private-key "$TMP/a.key" listen-port 5011 peer "${PUB[b]}" \
		allowed-ips 10.14.0.2/32 endpoint 192.0.2.22:5012
	w b set w0 private-key "$TMP/b.key" listen-port 5012 peer "${PUB[a]}" \
		allowed-ips 10.14.0.1/32
	address a w0 10.14.0.1/24
	address b w0 10.14.0.2/24
	w a forward w0 add 8081:tcp:192.0.2.2:80
	ipat a link set w0 up
	ipat b link set w0 up
	ping_ok a 10.14.0.2
}

names_picture()
{
	local host

	for host in a b; do
		ipat $host -d -o link show w0 | sed 's/ state [A-Z]*//'
		ipat $host -o address show dev w0
		ipat $host route show dev w0
		w $host showconf w0
		w $host forward w0 list
	done
}

# An agent makes the link of b whenever it is away, which asks for a module, and notes
# whether the stock driver was ever there.
agent()
{
	while :; do
		ip -n "${NS[b]}" link add w0 type wireguard || :
		[ ! -d /sys/module/wireguard ] || echo stock >"$TMP/stock"
	done >/dev/null 2>&1
}

# upgraded_with_names OPTION...: the module becomes the one of $1
upgraded_with_names()
{
	local before

	before=$(names_picture)
	agent &
	agent=$!
	up "${@:2}" || { kill $agent; return 1; }
	kill $agent
	same "$(version)" "$1"
	same "$(cat /sys/module/naawg_wireguard/version)" "$1"
	[ ! -e "$TMP/stock" ]
	diff <(echo "$before") <(names_picture)
	ping_ok a 10.14.0.2
	ping_ok b 10.14.0.1
}

with_names()
{
	both_ends
	upgraded_with_names "$old_version" --old "$CURRENT" --new "$OLD"
	upgraded_with_names "$new_version" --old "$OLD"
	up --old "$OLD"
	grep -q 'already runs' "$TMP/said"
}
test_case "links under the names of the stock driver are upgraded, and that is never loaded" with_names

refused_with_names()
{
	local before

	before=$(names_picture)
	mkdir "$TMP/alone" "$TMP/broken"
	cp "$OLD" "$TMP/alone/"
	refuses up --old "$CURRENT" --new "$TMP/alone/naawg.ko"
	grep -q 'naawg_wireguard.ko is no naawg_wireguard module for the running kernel' "$TMP/said"
	refuses up --old "$TMP/alone/naawg.ko" --new "$OLD"
	diff <(echo "$before") <(names_picture)
	cp "$OLD" "$TMP/broken/"
	LC_ALL=C sed 's/genl_register_family/genl_register_familX/g' \
		"${OLD%.ko}_wireguard.ko" >"$TMP/broken/naawg_wireguard.ko"
	refuses up --old "$CURRENT" --new "$TMP/broken/naawg.ko"
	grep -q 'the old module runs again' "$TMP/said"
	same "$(version)" "$new_version"
	same "$(cat /sys/module/naawg_wireguard/version)" "$new_version"
	diff <(echo "$before") <(names_picture)
	ping_ok a 10.14.0.2
}
test_case "a new naawg without a sound naawg_wireguard is refused, or the old ones come back" \
	refused_with_names
finish
