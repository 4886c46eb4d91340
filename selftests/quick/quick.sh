#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# naawg-quick: up, down, the undoing of a half-made tunnel, save, strip.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

up_and_down()
{
	both "PreUp = echo preup %i >>$TMP/hooks # with a comment" \
		"PostUp = ip addr show %i | grep -c inet.10.9.0.1/24 >>$TMP/hooks" \
		"PreDown = echo predown %i >>$TMP/hooks" \
		"PostDown = ip link show %i 2>/dev/null || echo gone >>$TMP/hooks"
	: >"$TMP/hooks"
	q a up "$TMP/a/t0.conf"
	q b up "$TMP/b/t0.conf"
	same "$(tr '\n' ' ' <"$TMP/hooks")" "preup t0 1 "
	ping_ok a 10.9.0.2
	ping_ok b fd09::1
	ipat a link show t0 | grep -q "mtu 1420"
	refuses q a up "$TMP/a/t0.conf"
	ping_ok a 10.9.0.2
	q a down "$TMP/a/t0.conf"
	refuses has_link a
	same "$(tr '\n' ' ' <"$TMP/hooks")" "preup t0 1 predown t0 gone "
	refuses q a down "$TMP/a/t0.conf"
}
test_case "up sets addresses, hooks and MTU, traffic passes, and down leaves nothing" up_and_down

hooks_are_private()
{
	both "PostUp = : hunter2; tr '\\0' ' ' </proc/\$\$/cmdline >$TMP/args; env >$TMP/env"
	q a up "$TMP/a/t0.conf"
	q a down "$TMP/a/t0.conf"
	grep -q NAAWG_HOOK "$TMP/args"
	refuses grep hunter2 "$TMP/args" "$TMP/env"
}
test_case "the text of a hook is in no argument list and not in its environment" hooks_are_private

routes()
{
	conf a "Address = 10.9.0.1/24" \
		< <(peer b "AllowedIPs = 10.9.0.2/32, 10.77.0.0/16, fd77::/64")
	q a up "$TMP/a/t0.conf"
	ipat a route get 10.77.1.1 | grep -q "dev t0"
	ipat a route get fd77::1 | grep -q "dev t0"
	same "$(ipat a route show dev t0 | wc -l)" 2
	q a down "$TMP/a/t0.conf"
	sed -i 's/^Address/Table = off\nAddress/' "$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	refuses ipat a route get 10.77.1.1
	q a down "$TMP/a/t0.conf"
	sed -i 's/^Table.*/Table = 1234/' "$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	refuses ipat a route get 10.77.1.1
	same "$(ipat a route show table 1234 | wc -l)" 2
	q a down "$TMP/a/t0.conf"
	# the smallest MTU on a route to an endpoint counts, else that of the default route
	ipat a link set va mtu 1400
	q a up "$TMP/a/t0.conf"
	ipat a link show t0 | grep -q "mtu 1420"
	q a down "$TMP/a/t0.conf"
	ipat a route add default via 192.0.2.2
	q a up "$TMP/a/t0.conf"
	ipat a link show t0 | grep -q "mtu 1320"
	q a down "$TMP/a/t0.conf"
	ipat a route add 192.0.2.77 dev va mtu 1380
	echo "Endpoint = 192.0.2.77:1" >>"$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	ipat a link show t0 | grep -q "mtu 1300"
	q a down "$TMP/a/t0.conf"
	sed -i 's/^Address/MTU = 1333\nAddress/' "$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	ipat a link show t0 | grep -q "mtu 1333"
	q a down "$TMP/a/t0.conf"
	ipat a link set va mtu 1500
	ipat a route del 192.0.2.77
	ipat a route del default
}
test_case "up sets routes, honours Table and derives the MTU from the route to the endpoint" routes

guarded()
{
	both
	chmod 640 "$TMP/a/t0.conf"
	refuses q a up "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "chmod 0600" "$TMP/said"
	chmod 600 "$TMP/a/t0.conf"
	chown 12345 "$TMP/a/t0.conf"
	refuses q a up "$TMP/a/t0.conf"
	chown 0 "$TMP/a/t0.conf"
	mkdir -p /etc/naawg
	chmod 755 /etc/naawg
	cp -p "$TMP/a/t0.conf" /etc/naawg/t0.conf
	refuses q a up t0 2>"$TMP/said"
	grep -q "chmod 0700" "$TMP/said"
	chmod 700 /etc/naawg
	q a up t0
	has_link a
	q a down t0
	rm /etc/naawg/t0.conf
	refuses q a up t0
	refuses q a up "$TMP/a"
	refuses q a up ""
	refuses q a up ../../x
	refuses q a nonsense t0
	refuses q a up
	refuses has_link a
}
test_case "files others could read or write are refused" guarded

# Each of these fails at another step, and none leaves a trace.
one_rollback()
{
	all_of a >"$TMP/before"
	refuses q a up "$TMP/a/t0.conf" 2>"$TMP/said"
	cat "$TMP/said"
	grep -q "$1" "$TMP/said"
	unchanged_since
}

rollbacks()
{
	at a "$WG" show >/dev/null	# makes /run/naawg's first entry, if any
	both; q a up "$TMP/a/t0.conf"; q a down "$TMP/a/t0.conf"
	both "PreUp = exit 7"
	one_rollback "PreUp number 1 .* status 7"
	both "PostUp = true" "PostUp = no-such-program"
	one_rollback "PostUp number 2 .* status 127"
	both "PostUp = kill -TERM \$PPID"
	one_rollback "interrupted"
	both "Forward = 5001:udp:10.101.0.2"
	one_rollback "forward"
	# this address is not in the file, so the kernel is asked
	both "PreUp = ip addr add 10.7.0.1/24 dev %i" "Forward = 80:tcp:10.7.0.9"
	one_rollback "in the tunnel's own subnet"
	both "Address = 192.0.2.9/24"
	one_rollback "overlaps"
	both "PrivateKey = ${PUB[c]}x"
	one_rollback "line is wrong"
	both "Table = 77"
	echo "AllowedIPs = 0.0.0.0/0, 127.0.0.300" >>"$TMP/a/t0.conf"
	one_rollback "line is wrong"
	# the port is in use, which is found when the link goes up
	at a ip link add t9 type naawg
	w a set t9 listen-port 5001 private-key "$TMP/c.key"
	ipat a link set t9 up
	both
	one_rollback "up"
	# everything that a default route needs, and then a hook
	conf a "Address = 10.9.0.1/24, fd09::1/64" "PostUp = false" \
		< <(peer b "AllowedIPs = 0.0.0.0/0, ::/0" "Endpoint = 192.0.2.2:5002")
	one_rollback "PostUp number 1"
	ipat a link del t9
}
test_case "a failure at any step undoes every step" rollbacks

# An existing route would take the tunnel's packets elsewhere.
taken_routes()
{
	conf a "Address = 10.9.0.1/24, fd09::1/64" \
		< <(peer b "AllowedIPs = 10.9.0.2/32, 192.168.50.0/24, fd50::/64")
	ipat a route add 192.168.50.0/24 via 192.0.2.2
	one_rollback "192.168.50.0/24 .* over va.*Table = off"
	ipat a route del 192.168.50.0/24
	ipat a route add blackhole 192.168.50.0/24
	one_rollback "already a route 192.168.50.0/24 .* to no interface"
	ipat a route del blackhole 192.168.50.0/24
	ipat a route add fd50::/64 via 2001:db8::2
	one_rollback "fd50::/64 .* over va"
	ipat a route del fd50::/64
	# a route with a higher metric is no conflict
	ipat a route add 192.168.50.0/24 via 192.0.2.2 metric 100
	ipat a route add fd50::/64 via 2001:db8::2 metric 2000
	q a up "$TMP/a/t0.conf"
	ipat a route get 192.168.50.9 | grep -q "dev t0"
	ipat a route get fd50::9 | grep -q "dev t0"
	# a route of any program to the same link is no conflict
	ipat a route del 192.168.50.0/24 dev t0
	ipat a route add 192.168.50.0/24 dev t0
	q a reload "$TMP/a/t0.conf"
	ipat a route get 192.168.50.9 | grep -q "dev t0"
	all_of a >"$TMP/before"
	ipat a route change 192.168.50.0/24 via 192.0.2.2
	refuses q a reload "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "over va" "$TMP/said"
	ipat a route change 192.168.50.0/24 dev t0
	unchanged_since
	q a down "$TMP/a/t0.conf"
	ipat a route del 192.168.50.0/24 metric 100
	ipat a route del fd50::/64 metric 2000
}
test_case "a route of another program is not taken for the tunnel's" taken_routes

# up and reload judge as check-config does, and before anything is done. Beyond the
# file there are the networks of other links.
judges()
{
	local verb

	both; q a up "$TMP/a/t0.conf"; q a down "$TMP/a/t0.conf"
	ipat a addr add fd66::1/64 dev va
	conf a "Address = 10.9.0.1/24, 2001:db8::9/64" "PreUp = touch $TMP/ran" \
		< <(peer b "AllowedIPs = 0.0.0.0/1, 128.0.0.0/1, fd66::/64")
	for verb in up reload; do
		q a $verb "$TMP/a/t0.conf" 2>"$TMP/said"
		cat "$TMP/said"
		same "$(grep -c "t0.conf:[0-9]*: warning: " "$TMP/said")" 3
		grep -q "may use every address, .* together are 0.0.0.0/0" "$TMP/said"
		grep -q "network 2001:db8::/64 of the tunnel overlaps 2001:db8::1/64 of va" "$TMP/said"
		grep -q "fd66::/64 is also the network of va" "$TMP/said"
	done
	refuses q a reload --strict "$TMP/a/t0.conf"
	has_link a
	q a down "$TMP/a/t0.conf"
	rm "$TMP/ran"
	ipat a addr del fd66::1/64 dev va
	all_of a >"$TMP/before"
	refuses q a up --strict "$TMP/a/t0.conf"
	install -d -m 700 /etc/naawg
	echo "Strict = yes" >/etc/naawg/policy.conf
	refuses q a up "$TMP/a/t0.conf"
	echo "AllowWildcard = no" >/etc/naawg/policy.conf
	refuses q a up "$TMP/a/t0.conf"
	rm /etc/naawg/policy.conf
	for line in 10.9.0.0/24 10.9.0.255/24; do
		sed -i "s,^Address = .*,Address = $line," "$TMP/a/t0.conf"
		refuses q a up "$TMP/a/t0.conf"
	done
	refuses test -e "$TMP/ran"
	unchanged_since
}
test_case "all errors and warnings are reported before anything is done" judges

# The message names the cause and the remedy.
says_what_helps()
{
	both
	refuses q a reload "$TMP/a/t0.conf" 2>"$TMP/said"
	grep -q "no interface .t0.*naawg-quick up t0" "$TMP/said"
	at a sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	one_rollback "net.ipv6.conf.t0.disable_ipv6 is 1.*sysctl .*remove fd09::1/64"
	refuses grep -q "security module" "$TMP/said"
	conf a "Address = 10.9.0.1/24" < <(peer b "AllowedIPs = 0.0.0.0/0, ::/0")
	one_rollback "net.ipv6.conf.t0.disable_ipv6 is 1.*remove ::/0"
	at a sysctl -qw net.ipv6.conf.default.disable_ipv6=0
}
test_case "a missing link and disabled IPv6 are reported with a remedy" says_what_helps

# warned_of N: warnings name this many forwards
warned_of()
{
	cat "$TMP/said"
	same "$(grep -c "warning: .*(forward [0-9]*:tcp:.*)" "$TMP/said")" "$1"
}

# Each forward that cannot work is named as long as it cannot work.
futile_forwards()
{
	local verb

	conf a "Address = 10.9.0.1/24" "Forward = 3306:tcp:192.0.2.2" \
		"Forward = 6379:tcp:172.31.9.9" "Forward = 8002:tcp:192.0.2.2 dev eth77" \
		< <(peer b "AllowedIPs = 10.9.0.2/32")
	at a sysctl -qw net.ipv4.ip_forward=0
	for verb in up reload; do
		q a $verb "$TMP/a/t0.conf" 2>"$TMP/said"
		warned_of 3
		grep -q "net.ipv4.ip_forward=1 (forward 3306:tcp:192.0.2.2)" "$TMP/said"
		grep -q "no route .*(forward 6379:tcp:172.31.9.9)" "$TMP/said"
		grep -q "no interface .*(forward 8002:tcp:192.0.2.2 dev eth77)" "$TMP/said"
	done
	refuses w a check t0 2>"$TMP/said"
	warned_of 3
	at a sysctl -qw net.ipv4.ip_forward=1
	q a reload "$TMP/a/t0.conf" 2>"$TMP/said"
	warned_of 2
	ipat a link add eth77 type veth peer name eth78
	refuses w a check t0 2>"$TMP/said"
	warned_of 1
	ipat a route add 172.31.9.0/24 via 192.0.2.2
	q a reload "$TMP/a/t0.conf" 2>"$TMP/said"
	warned_of 0
	q a down "$TMP/a/t0.conf"
	ipat a link del eth77
	ipat a route del 172.31.9.0/24
}
test_case "all forwards that cannot work are named, each time" futile_forwards

saves()
{
	both "SaveConfig = true" "PostUp = true # kept" "MTU = 1400" "DNS = 10.9.0.53, tunnel.example"
	{
		echo "Name = Bert's"
		printf '[Peer]\nPublicKey = %s\n' "$("$WG" genkey | "$WG" pubkey)"
		echo "Endpoint = 7th.example:5007"
	} >>"$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf" 2>"$TMP/said"
	w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32 persistent-keepalive 25
	w a forward t0 add 8080:tcp::80
	ipat a addr add 10.9.1.1/24 dev t0
	q a save "$TMP/a/t0.conf"
	same "$(stat -c %a "$TMP/a/t0.conf")" 600
	for line in "Name = Bert's" "PostUp = true # kept" "MTU = 1400" "DNS = tunnel.example" \
		"Address = 10.9.1.1/24" "Address = fd09::1/64" "Forward = 8080:tcp::80" \
		"PersistentKeepalive = 25" "Endpoint = 192.0.2.2:5002" \
		"Endpoint = 7th.example:5007" "SaveConfig = true"; do
		grep -qxF "$line" "$TMP/a/t0.conf"
	done
	same "$(at a "$WG" apply "$TMP/a/t0.conf" | tail -n 1)" unchanged
	w a set t0 peer "${PUB[c]}" remove
	q a down "$TMP/a/t0.conf"
	refuses grep -q "${PUB[c]//+/\\+}" "$TMP/a/t0.conf"
	# no room: the file stays, and so does the link
	mkdir "$TMP/small"
	mount -t tmpfs -o size=8k,mode=700 tmpfs "$TMP/small"
	cp -p "$TMP/a/t0.conf" "$TMP/small/t0.conf"
	q a up "$TMP/small/t0.conf" 2>/dev/null
	head -c 8k /dev/zero >"$TMP/small/fill" || :
	refuses q a save "$TMP/small/t0.conf"
	cmp "$TMP/a/t0.conf" "$TMP/small/t0.conf"
	refuses q a down "$TMP/small/t0.conf"
	has_link a
	same "$(find "$TMP/small" -name 't0.conf*' | wc -l)" 1
	rm "$TMP/small/fill"
	q a down "$TMP/small/t0.conf"
	umount "$TMP/small"
}
test_case "save writes the configuration in force and survives a crash" saves

# A mark of the user stays when a default route is added, for which one would be chosen.
# save writes the file that a symbolic link points to, and keeps the link.
saves_all()
{
	install -d -m 700 "$TMP/persist"
	conf a "Address = 10.9.0.1/24" "FwMark = 1234" "ForwardInterface = va" \
		"Forward = 8080:tcp:10.101.0.2 9090:tcp" \
		< <(peer b "AllowedIPs = 0.0.0.0/0" "Endpoint = 192.0.2.2:5002")
	mv "$TMP/a/t0.conf" "$TMP/persist/real.conf"
	ln -s ../persist/real.conf "$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	same "$(w a show t0 fwmark)" 0x4d2
	w a set t0 peer "${PUB[b]}" persistent-keepalive 25
	q a save "$TMP/a/t0.conf"
	same "$(readlink "$TMP/a/t0.conf")" ../persist/real.conf
	same "$(find "$TMP/persist" "$TMP/a" -mindepth 1 | wc -l)" 2
	for line in "PersistentKeepalive = 25" "FwMark = 0x4d2" "ForwardInterface = va" \
		"Forward = 8080:tcp:10.101.0.2 dev va" "Forward = 9090:tcp"; do
		grep -qxF "$line" "$TMP/persist/real.conf"
	done
	same "$(q a reload "$TMP/a/t0.conf" | tail -n 1)" unchanged
	# a forward for any interface must not become one for that interface
	w a forward t0 add 8081:tcp:10.101.0.2
	q a save "$TMP/a/t0.conf"
	same "$(q a reload "$TMP/a/t0.conf" | tail -n 1)" unchanged
	grep -qxF "Forward = 8081:tcp:10.101.0.2" "$TMP/a/t0.conf"
	at b "$WG" client-config "$TMP/a/t0.conf" --name phone --endpoint 192.0.2.1:5001 \
		>/dev/null
	same "$(readlink "$TMP/a/t0.conf")" ../persist/real.conf
	grep -qx "Name = phone" "$TMP/persist/real.conf"
	q a down "$TMP/a/t0.conf"
	# a chosen mark is not written to the file
	sed -i '/^FwMark/d' "$TMP/persist/real.conf"
	q a up "$TMP/a/t0.conf"
	q a save "$TMP/a/t0.conf"
	refuses grep -q FwMark "$TMP/a/t0.conf"
	q a down "$TMP/a/t0.conf"
	rm "$TMP/a/t0.conf"
}
test_case "save writes a mark and ForwardInterface, and follows a symbolic link" saves_all

strips()
{
	both "Forward = 8080:tcp:10.101.0.2 6379:tcp:10.101.0.4" "ForwardInterface = va" "PostUp = true"
	echo "Name = x" >>"$TMP/a/t0.conf"
	q a strip "$TMP/a/t0.conf" >"$TMP/stripped"
	link_new a t0
	w a setconf t0 "$TMP/stripped"
	same "$(w a forward t0 list | cut -f1 | tr '\n' ,)" \
		"8080:tcp:10.101.0.2 dev va,6379:tcp:10.101.0.4 dev va,"
	q a strip --wg "$TMP/a/t0.conf" >"$TMP/stripped"
	refuses grep -qiE 'forward|post|name' "$TMP/stripped"
	ipat a link del t0
	refuses sh -c "'$TMP/naawg-quick' strip '$TMP/a/t0.conf' >/dev/full" 2>"$TMP/said"
	grep -q "cannot print .*No space left" "$TMP/said"
}
test_case "strip makes a file for naawg and one for wg" strips
finish
