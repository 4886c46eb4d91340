#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Both netlink families read and change the same links, while these are renamed, moved between
# namespaces, taken up and down and deleted, and naawg_wireguard is unloaded and loaded. No
# request may hang, and the kernel reports no bug. It matters most on kernels that watch locks
# and memory. NAAWG_RACE says how many seconds it takes.
#
#	+- namespace a --------------------------------------+   +- namespace b ---------+
#	|  race.py wireguard, race.py naawg, ip, rmmod       |   |  l1 moves to and fro  |
#	|  l0, l1 (kind wireguard)   n0 (kind naawg)         |   +-----------------------+
#	+----------------------------------------------------+

WG=/usr/bin/wg
# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
RACE=${NAAWG_RACE:-15}
here=$(dirname "$0")

hosts a b
# A request for the names, while nobody has them, loads our module and never the stock driver.
CONF=/etc/modprobe.d/naawg-race.conf
cat >$CONF <<'CONF'
alias rtnl-link-wireguard naawg_wireguard
alias net-pf-16-proto-16-family-wireguard naawg_wireguard
install wireguard /bin/false
CONF
defer rm -f $CONF

nobody_serves || bail "nobody has the names"
modprobe naawg_wireguard || bail "naawg_wireguard is loaded"
link_new a n0 naawg

# ask NAME FAMILY SEED: requests of one family to all links; their number goes to $TMP/NAME
ask()
{
	background a timeout -k 5 "$((RACE + 60))" /usr/bin/python3 "$here/race.py" "$2" "$3" "$RACE" \
		>"$TMP/$1" 2>"$TMP/$1.log"
}

# Links come, change their name and their namespace, and go.
links_change()
{
	local end=$((SECONDS + RACE)) count=0

	while [ $SECONDS -lt $end ]; do
		ipat a link add l0 type wireguard
		ipat a link add l1 type wireguard
		ipat a link set l0 up
		ipat a link set n0 up
		ipat a link set l1 netns "${NS[b]}"
		ipat a link set l0 down
		ipat a link set l0 name l2
		ipat b link set l1 netns "${NS[a]}"
		ipat a link set l2 name l0
		ipat a link del l1
		ipat a link del l0
		ipat a link set n0 down
		count=$((count + 1))
	done >/dev/null 2>&1
	echo "$count" >"$TMP/links"
}

modules_change()
{
	local end=$((SECONDS + RACE)) count=0

	while [ $SECONDS -lt $end ]; do
		rmmod naawg_wireguard && count=$((count + 1))
		modprobe naawg_wireguard
		read -rt 0.7 -u "$NEVER"
	done >/dev/null 2>&1
	echo "$count" >"$TMP/modules"
}

races()
{
	local jobs=() job

	ask wireguard-1 wireguard 1; jobs+=("$STARTED")
	ask wireguard-2 wireguard 2; jobs+=("$STARTED")
	ask naawg-1 naawg 3; jobs+=("$STARTED")
	ask naawg-2 naawg 4; jobs+=("$STARTED")
	links_change & jobs+=("$!")
	modules_change & jobs+=("$!")
	for job in "${jobs[@]}"; do
		wait "$job"
	done
}

check "every request is answered meanwhile" races
for log in "$TMP"/*.log; do
	[ ! -s "$log" ] || fail "$(basename "$log" .log) has no complaint" "$(cat "$log")"
done
diag "$(cd "$TMP" && for file in links modules wireguard-? naawg-?; do
	echo "$file: $(cat "$file")"
done)"

still_good()
{
	modprobe naawg_wireguard
	ipat a link del l0 2>/dev/null || :
	ipat a link add l0 type wireguard
	at a wg set l0 listen-port 5001
	same "$(at a "$repo/tools/naawg" show l0 listen-port)" 5001
	rmmod naawg_wireguard
	ipat a link del n0
	rmmod naawg
	modprobe naawg
}
test_case "both modules work afterwards, and can be unloaded" still_good
finish
