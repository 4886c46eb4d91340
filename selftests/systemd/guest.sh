#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of units.sh that runs inside the guest, under systemd. $1 is the name of the
# boot. /out is shared with the machine outside.
#
#	+- the guest -------------------+          +- namespace far ---------------+
#	|  wg0 (naawg) 10.9.0.1/24 <====|==========|====> wg0 (naawg) 10.9.0.2/24  |
#	|  naawg-quick@wg0.service      |          |                   port 51820  |
#	|  near 192.0.2.1/24 <----------|----------|----------> far 192.0.2.2/24   |
#	+-------------------------------+          +-------------------------------+

set -u
exec 2>&1
# shellcheck source=selftests/lib.sh
. "$PWD/selftests/lib.sh"
tool=$PWD/tools
state=/out/state
me=$(tr -d '\n' </proc/1/comm)

shaken()
{
	naawg show wg0 latest-handshakes | cut -f2
}

# The other end, in a namespace of its own; it is not what is tested.
other_end()
{
	ip netns add far
	ip link add near type veth peer name far netns far
	ip addr add 192.0.2.1/24 dev near
	ip link set near up
	ip -n far addr add 192.0.2.2/24 dev far
	ip -n far link set far up
	ip -n far link set lo up
	ip -n far link add wg0 type naawg
	ip netns exec far naawg set wg0 private-key "$state/far.key" listen-port 51820 \
		peer "$(naawg pubkey <"$state/near.key")" allowed-ips 10.9.0.1/32
	ip -n far addr add 10.9.0.2/24 dev wg0
	ip -n far link set wg0 up
}

first()
{
	install -d -m 700 "$state"
	naawg genkey >"$state/near.key"
	naawg genkey >"$state/far.key"
	install -d -m 700 /etc/naawg
	cat >/etc/naawg/wg0.conf <<-CONF
		[Interface]
		PrivateKey = $(cat "$state/near.key")
		Address = 10.9.0.1/24
		[Peer]
		PublicKey = $(naawg pubkey <"$state/far.key")
		Name = far-end
		AllowedIPs = 10.9.0.2/32
		Endpoint = far.example:51820
		PersistentKeepalive = 5
	CONF
	chmod 600 /etc/naawg/wg0.conf
	check "systemd is the first process" test "$me" = systemd
	check "the units are well-formed" systemd-analyze verify --man=no \
		/usr/local/lib/systemd/system/naawg-quick@.service \
		/usr/local/lib/systemd/system/naawg-{endpoints.timer,metrics.socket,metrics-textfile.timer} \
		/usr/local/lib/systemd/system/naawg-{monitor.service,check@.timer,down@.service,up@.service}
	check "systemctl enable works" systemctl enable naawg-quick@wg0
	check "the unit fails on a file that others can read" refused_by_mode
	cp -a /etc/naawg /etc/systemd/system "$state/"
}

refused_by_mode()
{
	local ok=1

	chmod 644 /etc/naawg/wg0.conf
	! systemctl start naawg-quick@wg0 || ok=0
	chmod 600 /etc/naawg/wg0.conf
	systemctl stop naawg-quick@wg0
	systemctl reset-failed naawg-quick@wg0
	[ $ok = 1 ] && ! ip link show wg0
}

keeps()
{
	local before

	before=$(shaken)
	sed -i 's,^Address.*,Address = 10.9.0.1/24\, 10.8.0.1/24,' /etc/naawg/wg0.conf
	systemctl reload naawg-quick@wg0 || return 1
	ip addr show wg0 | grep -q 10.8.0.1/24 || return 1
	[ "$(shaken)" = "$before" ] && ping -c 1 -W 5 10.9.0.2 >/dev/null
}

# A refused file removes no tunnel, and the next restart with a right one
# takes it over.
restarts()
{
	local before

	before=$(shaken)
	cp -p /etc/naawg/wg0.conf "$state/right.conf"
	echo Nonsense >>/etc/naawg/wg0.conf
	! systemctl restart naawg-quick@wg0 || return 1
	ping -c 1 -W 5 10.9.0.2 >/dev/null && [ "$(shaken)" = "$before" ] || return 1
	# systemd does not try again, so the limit of starts is not used up.
	[ "$(systemctl is-failed naawg-quick@wg0)" = failed ] || return 1
	[ "$(systemctl show -P ExecMainStatus naawg-quick@wg0)" = 78 ] || return 1
	cp -p "$state/right.conf" /etc/naawg/wg0.conf
	systemctl restart naawg-quick@wg0 || return 1
	systemctl is-active naawg-quick@wg0 && [ "$(shaken)" = "$before" ] || return 1
	# a restart with a right file works
	systemctl restart naawg-quick@wg0 || return 1
	wait_for 60 ping -c 1 -W 2 10.9.0.2
}

# systemd stops no unit that has failed, so down removes the tunnel, also without a file
# that is right.
downs()
{
	cp -p /etc/naawg/wg0.conf "$state/right.conf"
	echo Nonsense >>/etc/naawg/wg0.conf
	! systemctl restart naawg-quick@wg0 || return 1
	naawg-quick down wg0 || return 1
	! ip link show wg0 || return 1
	cp -p "$state/right.conf" /etc/naawg/wg0.conf
	systemctl reset-failed naawg-quick@wg0
	systemctl start naawg-quick@wg0 && wait_for 60 ping -c 1 -W 2 10.9.0.2
}

# journaled FIELD=VALUE...: the journal has an event with all of these
journaled()
{
	[ -n "$(journalctl -b -q -o cat "$@")" ]
}

# The service has no other capability, and is not root.
confined()
{
	local pid

	pid=$(systemctl show -P MainPID naawg-monitor)
	grep -qx "CapEff:.0000000000001000" "/proc/$pid/status" &&
		grep -qx "CapBnd:.0000000000001000" "/proc/$pid/status" &&
		! grep -qP "Uid:\t0" "/proc/$pid/status"
}

# Changes and sessions in the journal, with those who made them.
audited()
{
	local key=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA=

	check "naawg-monitor starts, and listens then" systemctl start naawg-monitor
	check "naawg-monitor has one capability only" confined
	naawg set wg0 peer $key allowed-ips 10.7.0.0/24
	naawg set wg0 peer $key remove
	check "the journal has the added peer, the user and the program" wait_for 60 journaled \
		NAAWG_EVENT=peer-added NAAWG_INTERFACE=wg0 NAAWG_PEER=$key NAAWG_UID=0 \
		NAAWG_PROGRAM=naawg NAAWG_ALLOWED_IPS=10.7.0.0/24 SYSLOG_IDENTIFIER=naawg PRIORITY=6
	check "the journal has the removed peer" wait_for 60 journaled NAAWG_EVENT=peer-removed \
		NAAWG_PEER=$key
	naawg rekey wg0
	check "the journal has the new session, and the name of the peer" wait_for 60 journaled \
		NAAWG_EVENT=peer-session NAAWG_PEER_NAME=far-end NAAWG_ENDPOINT=192.0.2.2:51820
}

# outages: lines about outages in the journal
outages()
{
	journalctl -b -q -o cat -p err -t naawg -u naawg-down@wg0 | grep -c "do not answer"
}

# An outage is told once, however often the check fails.
watched()
{
	check "the check of a tunnel that works starts naawg-up" systemctl start naawg-check@wg0
	check "naawg-up is active" wait_for 60 systemctl is-active naawg-up@wg0
	ip link set wg0 down
	check "the check of a link that is down fails" sh -c '! systemctl start naawg-check@wg0'
	check "naawg-down is active then" wait_for 60 systemctl is-active naawg-down@wg0
	check "naawg-up is not" sh -c '! systemctl is-active naawg-up@wg0'
	check "the check fails again" sh -c '! systemctl start naawg-check@wg0'
	check "the outage is told once" same "$(outages)" 1
	ip link set wg0 up
	check "the check works again" wait_for 60 systemctl start naawg-check@wg0
	check "naawg-up is active again" wait_for 60 systemctl is-active naawg-up@wg0
	check "naawg-down is not" sh -c '! systemctl is-active naawg-down@wg0'
	check "the timer of the check starts" systemctl start naawg-check@wg0.timer
	systemctl stop naawg-quick@wg0
	check "it stops with the tunnel" wait_for 60 sh -c '! systemctl is-active naawg-check@wg0.timer'
	systemctl start naawg-quick@wg0
	check "the journal has the link that went down, and by whom" journaled \
		NAAWG_EVENT=link-down NAAWG_PROGRAM=ip PRIORITY=4
}

second()
{
	# At boot the name had no address, and the link came up all the same.
	check "the unit is active again after a boot" wait_for 60 systemctl is-active naawg-quick@wg0
	check "the link has its address" sh -c 'ip addr show wg0 | grep -q 10.9.0.1/24'
	check "no peer has an endpoint yet" sh -c 'naawg show wg0 endpoints | grep -q none'
	other_end
	check "naawg check is red before the first handshake" sh -c '! naawg check wg0'
	echo "192.0.2.2 far.example" >>/etc/hosts
	check "the timer resolves the name" wait_for 120 naawg check wg0
	check "traffic passes" ping -c 1 -W 5 10.9.0.2
	metrics
	check "reload changes addresses and keeps the session" keeps
	check "a restart with a file that is refused keeps the tunnel" restarts
	check "the link goes down after a refused restart" downs
	check "systemctl stop works" systemctl stop naawg-quick@wg0
	check "nothing is left" sh -c '! ip link show wg0'
	check "systemctl start works" systemctl start naawg-quick@wg0
	check "traffic passes again" wait_for 60 ping -c 1 -W 2 10.9.0.2
	audited
	watched
	journalctl -b --no-pager -u 'naawg*' >/out/journal.txt
	names
	check "the journal contains no key" sh -c "! grep -qFf $state/near.key /out/journal.txt"
}

# fetch PATH: a page of the socket
fetch()
{
	python3 -c 'import sys, urllib.request
sys.stdout.write(urllib.request.urlopen("http://127.0.0.1:9586" + sys.argv[1]).read().decode())' \
		"$1"
}

# serves: metrics and page of the running tunnel, and a history that stays
serves()
{
	local page

	page=$(fetch /metrics) || return 1
	matches "$page" 'naawg_peers_connected\{interface="wg0"\} 1' || return 1
	matches "$page" 'name="far-end"' || return 1
	omits "$page" "$(cat "$state/near.key")" || return 1
	wait_for 60 page_has '<svg' && page_has 'connected</span>'
}

page_has()
{
	matches "$(fetch /)" "$1"
}

# confined: the process of a connection has neither root nor capabilities
confined()
{
	local pid

	exec 9<>/dev/tcp/127.0.0.1/9586
	wait_for 20 pgrep -f 'metrics --http' || return 1
	pid=$(pgrep -f 'metrics --http' | head -n 1)
	grep -E '^(Uid|Cap|NoNewPrivs|Seccomp)' "/proc/$pid/status"
	! grep -qE '^Uid:.[[:space:]]*0[[:space:]]' "/proc/$pid/status" || return 1
	[ "$(grep -cE '^Cap(Prm|Eff|Bnd|Amb):[[:space:]]*0+$' "/proc/$pid/status")" = 4 ] || return 1
	exec 9>&-
}

# exports: the textfile of the node exporter
exports()
{
	local file=/var/lib/prometheus/node-exporter/naawg.prom

	install -d "${file%/*}"
	systemctl start naawg-metrics-textfile.timer || return 1
	wait_for 60 grep -q 'naawg_peers_connected{interface="wg0"} 1' "$file" || return 1
	same "$(stat -c %a "$file")" 644
}

# metrics: both ways, and how much of the system systemd leaves to them
metrics()
{
	local unit units=/usr/local/lib/systemd/system

	check "the socket of metrics starts" systemctl start naawg-metrics.socket
	check "the socket serves metrics, page and chart" serves
	check "a process of the socket has no privilege" confined
	check "no request of the socket failed" \
		sh -c '! systemctl --failed --plain | grep naawg-metrics'
	check "the timer writes the textfile" exports
	systemctl stop naawg-metrics.socket
	sysctl -qw net.ipv6.conf.lo.disable_ipv6=1
	check "the socket starts on a host without IPv6" systemctl start naawg-metrics.socket
	check "it serves 127.0.0.1 there" serves
	sysctl -qw net.ipv6.conf.lo.disable_ipv6=0
	for unit in naawg-metrics@.service naawg-metrics-textfile.service; do
		cp "$units/$unit" "/run/${unit/@/@x}"
		diag "$(systemd-analyze security --offline=true --no-pager "/run/${unit/@/@x}" |
			tail -n 1)"
	done
}

# asked SERVER NAME: that name server was asked for NAME
asked()
{
	grep -qx "$2" "/run/asked-$1"
}

# forgotten: systemd-resolved has no setting of the tunnel
forgotten()
{
	! resolvectl dns | grep -q 10.9.0.2
}

# exclusive NAME: queries go into the tunnel and nowhere else
exclusive()
{
	resolvectl query -4 --cache=no "$1.example.net" && asked tunnel "$1.example.net" &&
		! asked near "$1.example.net"
}

# by PROGRAM: the tunnel has the name server of its file, as long as it is up, set by
# this program
by()
{
	check "$1: the unit starts with DNS" systemctl start naawg-quick@wg0
	check "$1: the link has the name server" sh -c 'resolvectl dns wg0 | grep -w 10.9.0.2'
	check "$1: the link has the domain" sh -c 'resolvectl domain wg0 | grep -w tunnel.example'
	check "$1: a name of the domain is resolved through the tunnel" \
		wait_for 60 resolvectl query -4 "$1.tunnel.example"
	check "$1: other programs resolve it through the tunnel too" \
		sh -c "getent ahostsv4 $1-2.tunnel.example | grep -w 10.9.0.77"
	check "$1: its short name is resolved too" sh -c "getent ahostsv4 $1-3 | grep -w 10.9.0.77"
	check "$1: no other name is resolved outside" exclusive "$1"
	sed -i 's,^DNS,#&,' /etc/naawg/wg0.conf
	check "$1: reload without DNS works" systemctl reload naawg-quick@wg0
	check "$1: the name server is forgotten" forgotten
	sed -i 's,^#DNS,DNS,' /etc/naawg/wg0.conf
	check "$1: reload with DNS works" systemctl reload naawg-quick@wg0
	check "$1: the name server is asked again" exclusive "$1-again"
	[ "$1" != resolvectl ] || replaced
	check "$1: the unit stops" systemctl stop naawg-quick@wg0
	check "$1: nothing of the name server is left" forgotten
}

# replaced: an upgrade of the module restores the link's name server, which
# systemd-resolved forgets when a link is deleted
replaced()
{
	local new=selftests/out/debug/module/naawg.ko

	if [ "$(modinfo -F vermagic $new 2>/dev/null | cut -d' ' -f1)" != "$(uname -r)" ]; then
		skip "another module takes over" "there is no other one for this kernel"
		return
	fi
	check "another module takes over" tools/packaging/naawg-upgrade \
		--old "$(modinfo -n naawg)" --new $new
	check "the module that runs is the other one" test "$(modinfo -F version $new)" = "$(cat /sys/module/naawg/version)"
	check "the link has its name server again" sh -c 'resolvectl dns wg0 | grep -w 10.9.0.2'
	check "the link has its domains again" sh -c 'resolvectl domain wg0 | grep -w "tunnel.example.*~\."'
	check "the tunnel's name server is asked, and no other" exclusive replaced
}

names()
{
	if ! command -v resolvectl >/dev/null; then
		skip "names through systemd-resolved" "no package of it: selftests/deps.sh vm"
		return
	fi
	systemctl stop naawg-quick@wg0
	ip netns exec far python3 selftests/systemd/names.py 10.9.0.2 /run/asked-tunnel &
	ip netns exec far python3 selftests/systemd/names.py 192.0.2.2 /run/asked-near &
	check "systemd-resolved runs" systemctl start dbus.service systemd-resolved.service
	check "systemd-resolved has a name server outside" resolvectl dns near 192.0.2.2
	check "the name server outside answers" wait_for 60 resolvectl query -4 outside.example.net
	sed -i 's,^Address.*,&\nDNS = 10.9.0.2\, tunnel.example,' /etc/naawg/wg0.conf
	by resolvconf
	rm /sbin/resolvconf
	by resolvectl
	journalctl -b --no-pager -u 'naawg*' -u systemd-resolved >/out/names.txt
}

"$1"
finish
