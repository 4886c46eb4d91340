#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# The links of the stock driver move to naawg and back under load, by naawg-upgrade --adopt
# and --release. One link was made in its namespace, and one was moved there: its socket is
# where it was made.
#
#	+- namespace a (kind wireguard) ------+      +- namespace b (kind naawg) ------+
#	|  t0 10.9.0.1 fd09::1, port 5001   <=|======|=> t0 10.9.0.2 fd09::2 10.12.0.2 |
#	|  the socket of m0, port 5003      <=|======|=>    port 5002                  |
#	|  va 192.0.2.1, default route <------|------|-> vb 192.0.2.2                  |
#	+-------------------------------------+      +---------------------------------+
#	+- namespace c -----------------------+
#	|  m0 10.12.0.1, made in a            |
#	+-------------------------------------+

. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock
need_tool nft shred
ln -sf "$repo/tools/naawg" /usr/local/bin/naawg
UP=$repo/tools/packaging/naawg-upgrade
STATE=/run/naawg-upgrade
WRAPPER=/usr/local/sbin/naawg
CONF=/etc/modprobe.d/naawg-as-wireguard.conf
remove_state()
{
	rm -rf $STATE $WRAPPER $CONF
}
defer remove_state

two_hosts
hosts c
keys a b m
psk shared
far_end
TOOL[a]=/usr/bin/wg
TOOL[c]=/usr/bin/wg

up()
{
	local rc=0

	timeout 300 "$UP" "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said" >&2
	return $rc
}

# The state that has to be the same on both drivers.
picture()
{
	local host link

	for host in a c; do
		ipat $host -o link show type wireguard | sed -E 's/ (state [A-Z]*|link-netns(id)? [^ ]*)//g; s/@[^:]*//'
		ipat $host -o address show
		for family in -4 -6; do
			ipat $host -N $family route show table all | sort
			ipat $host $family rule
		done
		for link in $(w $host show interfaces); do
			w $host showconf "$link"
			at $host sysctl -a -r "net.ipv[46].conf.$link" 2>/dev/null
		done
	done
}

unchanged()
{
	diff <(echo "$1") <(picture)
}

# meanwhile WORDS HOST COMMAND...: it runs there as soon as naawg-upgrade has run `naawg WORDS`
meanwhile()
{
	cat >$WRAPPER <<-STEP
		#!/bin/bash
		rc=0
		"$repo/tools/naawg" "\$@" || rc=\$?
		[[ " \$* " != *" $1 "* ]] || ip netns exec ${NS[$2]} ${*:3} >&2
		exit \$rc
	STEP
	chmod +x $WRAPPER
}

# served NAME: that driver has the names
served()
{
	"$repo/tools/naawg" version | grep -x "wireguard links: served by $1"
}

# other_file MODULE: until the file is unmounted, another build of the module is installed
other_file()
{
	file=$(modinfo -n "$1")
	LC_ALL=C sed 's/srcversion=./srcversion=Z/' "$file" >"$TMP/$1.ko"
	mount --bind "$TMP/$1.ko" "$file"
}

nothing()
{
	nobody_serves
	up --adopt
	grep -q 'the stock driver is not loaded' "$TMP/said"
	up --release
	grep -q 'nothing to release' "$TMP/said"
	refuses up --steal
	other_file naawg
	up --adopt
	umount "$file"
	grep -q 'run naawg-upgrade, or the next link .* loads the stock driver' "$TMP/said"
	cp "$repo/tools/packaging/naawg-as-wireguard.conf" $CONF
	up --adopt
	rm $CONF
	refuses grep -E 'install naawg-as-wireguard|run naawg-upgrade' "$TMP/said"
}
test_case "without the stock driver there is nothing to do" nothing

makes()
{
	serve wireguard
	near_end 10.9.0.1/24 10.9.0.8/24 fd09::1/64
	w a set t0 fwmark 0x55 peer "${PUB[b]}" preshared-key "$TMP/shared.psk" \
		allowed-ips 10.9.0.0/24,fd09::/64,10.30.0.0/16 persistent-keepalive 21
	ipat a link set t0 mtu 1380 group 7 alias 'far \ away'
	sysctl_at a net.ipv4.conf.t0.rp_filter=2
	ipat a link add m0 type wireguard
	ipat a link set m0 netns "${NS[c]}"
	w c set m0 private-key "$TMP/m.key" listen-port 5003 \
		peer "${PUB[b]}" endpoint 192.0.2.2:5002 allowed-ips 10.12.0.0/24
	address c m0 10.12.0.1/24
	ipat c link set m0 up
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/shared.psk" \
		allowed-ips 10.9.0.1/32,fd09::1/128 peer "${PUB[m]}" allowed-ips 10.12.0.1/32
	address b t0 10.12.0.2/24
	# Another way out, which no packet for a tunnel may take.
	ipat a route add default via 192.0.2.2 dev va
	ipat a route add 10.30.0.0/16 via 10.9.0.2 metric 5
	ipat a rule add fwmark 0x55 table 77 pref 900
	ping_ok a 10.9.0.2
	ping_ok c 10.12.0.2
	served 'the stock driver'
	wait_for 20 eval '! ipat a -6 address show tentative | grep -q .'
}
test_case "two links of the stock driver have sessions" makes

at b nft -f - <<-NFT
	table inet leak {
		chain in {
			type filter hook prerouting priority -300
			iifname "vb" ip daddr { 10.9.0.0/16, 10.12.0.0/16, 10.30.0.0/16 } counter
			iifname "vb" ip6 daddr fd09::/48 counter
		}
	}
NFT
leaked()
{
	at b nft list table inet leak | awk '/counter packets/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print n + 0 }'
}

progress()
{
	local count

	count=$(cat "$TMP/progress") && [ "${count:-0}" -gt "$1" ]
}

# moved OPTION DRIVER: the stream goes on over the other driver
moved()
{
	local before count

	SINK_SECONDS=300 sink b tcp 10.9.0.2 6000 "$TMP/got"
	background a $PY "$selftests/upgrade/stream.py" 10.9.0.2 6000 "$TMP/progress" >"$TMP/sent"
	stream=$STARTED
	background a ping -q -i 0.02 10.30.0.1
	background c ping -q -i 0.02 10.12.0.2
	wait_for 30 progress 300000
	before=$(picture)
	up "$1"
	served "$2"
	count=$(cat "$TMP/progress")
	unchanged "$before"
	wait_for 60 progress $((count + 300000))
	kill "$stream"
	wait "$stream" || true
	wait "$SINK"
	same "$(tail -n 1 "$TMP/got")" "$(tail -n 1 "$TMP/sent")"
	ping_ok c 10.12.0.2
	ping_ok b 10.12.0.1
	ping_ok b fd09::1
	same "$(at a ss -Hlun sport = 5003 | wc -l)" 2
	same "$(at c ss -Hlun sport = 5003 | wc -l)" 0
	[ ! -e $STATE ]
	[ ! -e /run/modprobe.d/00-naawg-upgrade.conf ]
	[ ! -e /run/modprobe.d ] || same "$(stat -c %a /run/modprobe.d)" 755
}

gaps()
{
	sed -n 's/.* \([a-z0-9]* in .* was away for .*\)/# \1/p' "$TMP/said"
}

unsuitable()
{
	refuses up --adopt --old "$(modinfo -n wireguard)"
	grep -q 'are for an upgrade' "$TMP/said"
	refuses up --adopt --no-rollback
	grep -q 'nothing was changed' "$TMP/said"
	served 'the stock driver'
}
test_case "options of an upgrade are refused" unsuitable

# A further link has the port of m0 in the namespace where m0 is.
same_port()
{
	local before

	ipat c link add x0 type wireguard
	w c set x0 listen-port 5003
	ipat c link set x0 up
	before=$(picture)
	refuses up --adopt
	grep -qE "[mx]0 was made in this namespace or in namespace ${NS[a]}, as port 5003 is open in both" \
		"$TMP/said"
	grep -q 'nothing was changed' "$TMP/said"
	served 'the stock driver'
	unchanged "$before"
	ipat c link delete x0
}
test_case "two links with one port, of which one was moved, are refused" same_port

# b has no link of this kind before, so no file either.
newcomer()
{
	local before

	before=$(picture)
	meanwhile 'link remove' b ip link add late type wireguard
	refuses up --adopt
	rm $WRAPPER
	grep -q 'late in namespace net:.* has come meanwhile' "$TMP/said"
	grep -q 'the stock driver runs again, and the links are what they were$' "$TMP/said"
	served 'the stock driver'
	ipat b link show late
	ipat b link delete late
	unchanged "$before"
	ping_ok a 10.9.0.2
	[ ! -e $STATE ]
}
test_case "a link that comes at the last moment is named, and is not lost" newcomer

test_case "naawg adopts the links, a stream survives, and all is as before" moved --adopt naawg
gaps

adopted()
{
	grep -q 'the stock driver has them again after a reboot' "$TMP/said"
	up --adopt
	grep -q 'naawg already serves' "$TMP/said"
	ipat c -d link show m0 | grep -q 'link-netns'
	at a "$repo/tools/naawg" stats t0 >/dev/null
	# The stock driver has no forwards.
	at a "$repo/tools/naawg" forward t0 add 8080:tcp:192.0.2.2:80
	at a "$repo/tools/naawg" set t0 forbid 198.51.100.0/24
	refuses up --release
	grep -q 't0 in namespace .* has 1 port forward$' "$TMP/said"
	grep -q 't0 in namespace .* has 1 forbidden network$' "$TMP/said"
	grep -q 'nothing was changed' "$TMP/said"
	served naawg
	same "$(at a "$repo/tools/naawg" forward t0 list | grep -c 8080)" 1
	at a "$repo/tools/naawg" forward t0 del 8080:tcp
	at a "$repo/tools/naawg" set t0 forbid ''
}
test_case "settings of naawg alone are not lost without a word" adopted

late_setting()
{
	meanwhile 'link hold' a "$repo/tools/naawg" set t0 forbid 198.51.100.0/24
	refuses up --release
	rm $WRAPPER
	grep -q 't0 in namespace .* has 1 forbidden network$' "$TMP/said"
	grep -q 'naawg runs again, and the links are what they were$' "$TMP/said"
	served naawg
	at a "$repo/tools/naawg" set t0 forbid ''
	meanwhile 'link list' a sed -i 's/naawg/xxxxx/' "$STATE/*.links"
	refuses up --release
	rm $WRAPPER
	grep -q 'cannot be used' "$TMP/said"
	grep -q 'nothing was changed' "$TMP/said"
	served naawg
}
test_case "a setting that comes meanwhile is not lost, nor one that cannot be read" late_setting

other_build()
{
	other_file naawg_wireguard
	refuses up --release
	umount "$file"
	grep -q 'run naawg-upgrade first' "$TMP/said"
	grep -q 'nothing was changed' "$TMP/said"
	served naawg
}
test_case "naawg releases no links if it could not be loaded again" other_build

test_case "the stock driver takes the links back, and all is as before" \
	moved --release 'the stock driver'
gaps
check "no packet left in clear meanwhile" same "$(leaked)" 0

# A process has the port of m0 in the namespace where m0 is.
tenant()
{
	background c $PY -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5003))
time.sleep(300)'
	wait_for 20 eval '[ "$(at c ss -Hlun sport = 5003 | wc -l)" = 1 ]'
	up --adopt
	same "$(at a ss -Hlun sport = 5003 | wc -l)" 2
	ping_ok c 10.12.0.2
}
test_case "a process with the port of a moved link is not taken for the link" tenant

dropped()
{
	at a "$repo/tools/naawg" forward t0 add 8080:tcp:192.0.2.2:80
	up --release --drop
	grep -q 'these settings will be lost' "$TMP/said"
	served 'the stock driver'
	ping_ok a 10.9.0.2
}
test_case "--drop releases the links without such settings" dropped
finish
