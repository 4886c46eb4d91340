#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1500
#
# naawg-upgrade --adopt and --release with 20 links in 5 namespaces, of which one belongs to
# a user namespace. They are killed at each step, and fail at each step.
#
#	namespace n1 .. n4 and u                        namespace b
#	w1 .. w4 (kind wireguard) 10.10N.M.2  <======>  t0 (kind naawg) 10.10N.M.1
#	v 192.0.N.2 <-------------------------------->  vN 192.0.N.1
#
# w1 of n2 was made in n1, w3 of n3 is down, and w4 of n4 has a master. A step fails, or is
# killed, by a program in /usr/local/sbin, which naawg-upgrade finds first.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/../wireguard/wireguard_lib.sh"
need_ours
need_stock
need_tool nft shred
STEPS=/usr/local/sbin
STATE=/run/naawg-upgrade
UP=$repo/tools/packaging/naawg-upgrade
NAAWG=$repo/tools/naawg
clean()
{
	rm -rf $STATE $STEPS/{naawg,rmmod,modprobe}
}
defer clean
clean
ln -sf "$NAAWG" /usr/local/bin/naawg

up()
{
	local rc=0

	timeout 300 "$UP" "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said" >&2
	return $rc
}

served()
{
	"$NAAWG" version | grep -x "wireguard links: served by $1"
}

# --- 20 links --------------------------------------------------------------------

PLACES=(n1 n2 n3 n4 u)
hosts b n1 n2 n3 n4
unshare -Urn sleep 2000 &
BACKGROUND+=($!)
wait_for 10 eval '[ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
NS[u]=$PREFIX-u
ip netns attach "${NS[u]}" $!
ipat u link set lo up
TOOL[b]=$NAAWG
for place in "${PLACES[@]}"; do
	TOOL[$place]=/usr/bin/wg
done

keys b
nobody_serves
link_new b t0 naawg
w b set t0 private-key "$TMP/b.key" listen-port 5002
ipat b link set t0 up
serve wireguard

# one_link N M BORN: wM of the place N, which is made in the place BORN
one_link()
{
	local place=${PLACES[$1]} key=k$1.$2

	keys "$key"
	ipat "${PLACES[$3]}" link add new type wireguard
	[ "$1" = "$3" ] || ipat "${PLACES[$3]}" link set new netns "${NS[$place]}"
	ipat "$place" link set new name "w$2"
	w "$place" set "w$2" private-key "$TMP/$key.key" listen-port $((6000 + 10 * $1 + $2)) \
		peer "${PUB[b]}" endpoint "192.0.$3.1:5002" allowed-ips "10.10$1.$2.0/24"
	w b set t0 peer "${PUB[$key]}" allowed-ips "10.10$1.$2.2/32"
	address b t0 "10.10$1.$2.1/24"
	address "$place" "w$2" "10.10$1.$2.2/24"
	[ "$1$2" = 23 ] || ipat "$place" link set "w$2" up
}

for n in 0 1 2 3 4; do
	place=${PLACES[n]}
	wire "$place" v b "v$n"
	address "$place" v "192.0.$n.2/24"
	address b "v$n" "192.0.$n.1/24"
	ipat "$place" route add default via "192.0.$n.1"
done
for n in 0 1 2 3 4; do
	for m in 1 2 3 4; do
		if [ $n$m = 11 ]; then
			one_link $n $m 0
		else
			one_link $n $m $n
		fi
	done
done
# A process has the same port elsewhere.
background n3 $PY -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 6011))
time.sleep(2000)'
if ipat n4 link add red type vrf table 77; then
	ipat n4 link set red up
	ipat n4 link set w4 master red
fi
ipat n1 link property add dev w2 altname far-away
ipat n1 link set w2 alias 'a \ b' group 9 mtu 1300
ipat n1 route add 10.200.0.0/16 via 10.100.1.1 metric 7
ipat n1 rule add fwmark 0x77 table 99 pref 900
ipat n1 -6 route add fd77::/64 dev w1
w n1 set w3 fwmark 0x55
psk shared
w n1 set w3 peer "${PUB[b]}" preshared-key "$TMP/shared.psk"
w b set t0 peer "${PUB[k0.3]}" preshared-key "$TMP/shared.psk"

picture()
{
	local place link

	for place in "${PLACES[@]}"; do
		ipat "$place" -o link show type wireguard |
			sed -E 's/ (state [A-Z]*|link-netns(id)? [^ ]*)//g; s/@[^:]*//'
		ipat "$place" -o address show
		for family in -4 -6; do
			ipat "$place" -N $family route show table all | sort
			ipat "$place" $family rule
		done
		for link in $(w "$place" show interfaces); do
			w "$place" showconf "$link"
		done
	done
}

all_answer()
{
	local n m

	for n in 0 1 2 3 4; do
		for m in 1 2 3 4; do
			[ $n$m != 23 ] || continue
			if [ $n$m = 34 ]; then
				ping_ok "${PLACES[n]}" "10.10$n.$m.1" -I w4
			else
				ping_ok "${PLACES[n]}" "10.10$n.$m.1"
			fi
		done
	done
}

# is_as_before: nothing is different, and all links work
is_as_before()
{
	diff <(echo "$before") <(picture)
	all_answer
	[ ! -e $STATE ]
	[ ! -e /run/modprobe.d/00-naawg-upgrade.conf ]
}

wait_for 20 eval 'for p in "${PLACES[@]}"; do ! ipat $p -6 address show tentative | grep -q . || exit 1; done'
test_case "20 links of the stock driver have sessions" all_answer
before=$(picture)

at b nft -f - <<-NFT
	table inet leak {
		chain in {
			type filter hook prerouting priority -300
			iifname "v*" ip daddr { 10.100.0.0/14, 10.104.0.0/16, 10.200.0.0/16 } counter
		}
	}
NFT
leaked()
{
	at b nft list table inet leak | awk '/counter packets/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print n + 0 }'
}
for n in 0 1 2 3 4; do
	for m in 1 2 3; do
		[ $n$m != 23 ] || continue
		background "${PLACES[n]}" ping -q -i 0.05 "10.10$n.$m.1" >/dev/null
	done
done
background n1 ping -q -i 0.05 10.200.0.1 >/dev/null

to_stock()
{
	served 'the stock driver' || up --release
}

there_and_back()
{
	local i

	for i in 1 2 3; do
		up --adopt
		served naawg
		is_as_before
		ipat n2 -d link show w1 | grep link-netns
		up --release
		served 'the stock driver'
		is_as_before
	done
}
test_case "they move to naawg and back three times, and all is as before" there_and_back
diag "the longest gap: $(grep -oE '[0-9.]+ s$' "$TMP/said" | sort -n | tail -n 1)"

dry()
{
	up --adopt --dry-run
	served 'the stock driver'
	same "$(grep -c ' in namespace ' "$TMP/said")" 20
	is_as_before
}
test_case "a dry run names all links and changes nothing" dry

# --- killed ------------------------------------------------------------------------

# kill_at WHEN PROGRAM WORDS OPTION: naawg-upgrade is killed before, after or in the middle
# of that command.
kill_at()
{
	local when=$1 program=$2 words=$3 real

	real=$(PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v "$program")
	cat >$STEPS/"$program" <<-STEP
		#!/bin/bash
		[[ " \$* " = *" $words "* ]] || exec "$real" "\$@"
		case $when in
		within) timeout -s KILL 0.15 "$real" "\$@" ;;
		after) "$real" "\$@" ;;
		esac
		kill -9 0
	STEP
	chmod +x $STEPS/"$program"
	setsid -w "$UP" "${@:4}" >"$TMP/said" 2>&1 || true
	rm $STEPS/"$program"
	[ -d $STATE ]
	[ -z "$(find $STATE -perm /077)" ]
	refuses up --adopt
	grep -q interrupted "$TMP/said"
	up --restore
	is_as_before
}

killed()
{
	local when

	for when in before within after; do
		kill_at $when naawg "link remove" --adopt
		kill_at $when naawg "link restore" --adopt
		to_stock
	done
	for when in before after; do
		kill_at $when naawg "link hold" --adopt
		kill_at $when rmmod wireguard --adopt
		to_stock
		kill_at $when modprobe "-i naawg_wireguard" --adopt
		to_stock
		kill_at $when naawg "link finish" --adopt
		to_stock
	done
}
test_case "an adoption that is killed at any step is completed by --restore" killed

killed_back()
{
	local when

	for when in before after; do
		for step in "rmmod naawg_wireguard" "modprobe -i wireguard" "naawg link restore"; do
			served naawg || up --adopt
			# shellcheck disable=SC2086 # a program and its words
			kill_at $when ${step%% *} "${step#* }" --release
		done
	done
	to_stock
	is_as_before
}
test_case "a release that is killed at any step is completed by --restore" killed_back

# --- fails --------------------------------------------------------------------------

# fails_at PROGRAM WORDS: that command fails
fails_at()
{
	local real

	real=$(PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v "$1")
	cat >$STEPS/"$1" <<-STEP
		#!/bin/bash
		[[ " \$* " = *" $2 "* ]] || exec "$real" "\$@"
		echo "$1: it does not want to" >&2
		exit 1
	STEP
	chmod +x $STEPS/"$1"
	refuses up --adopt
	rm $STEPS/"$1"
	grep -q 'it does not want to' "$TMP/said"
	grep -q 'the stock driver runs again, and the links are what they were$' "$TMP/said"
	served 'the stock driver'
	is_as_before
}

fails()
{
	fails_at naawg "link hold"
	fails_at rmmod wireguard
	fails_at modprobe "-i naawg_wireguard"
}
test_case "if a step fails, the stock driver has the links as before" fails

broken()
{
	mkdir "$TMP/broken"
	cp "$(modinfo -n naawg)" "$TMP/broken/naawg.ko"
	LC_ALL=C sed 's/genl_register_family/genl_register_familX/g' \
		"$(modinfo -n naawg_wireguard)" >"$TMP/broken/naawg_wireguard.ko"
	refuses up --adopt --new "$TMP/broken/naawg.ko"
	grep -q 'the stock driver runs again, and the links are what they were$' "$TMP/said"
	served 'the stock driver'
	is_as_before
}
test_case "a naawg_wireguard that does not load leaves the stock driver" broken

missing()
{
	local file

	file=$(modinfo -n naawg_wireguard)
	mount --bind /dev/null "$file"
	refuses up --adopt
	umount "$file"
	grep -q 'no naawg_wireguard module is installed' "$TMP/said"
	grep -q 'nothing was changed' "$TMP/said"
	is_as_before
}
test_case "without naawg_wireguard nothing changes" missing

# An agent makes its link whenever it is away.
agent()
{
	while :; do
		ip -n "${NS[n1]}" link add w1 type wireguard || :
	done >/dev/null 2>&1
}

with_agent()
{
	agent &
	agent=$!
	up --adopt || { kill $agent; return 1; }
	served naawg
	up --release || { kill $agent; return 1; }
	kill $agent
	served 'the stock driver'
	is_as_before
}
test_case "an agent that makes its link again does not disturb" with_agent

# Two links with one port in n2, of which one was made in n3 and one in n4.
ambiguous()
{
	local place

	for place in n3 n4; do
		ipat $place link add x$place type wireguard
		ipat $place link set x$place netns "${NS[n2]}"
		w n2 set x$place listen-port 6500
		ipat n2 link set x$place up
	done
	refuses up --adopt
	grep -qE "was made in namespace .*n[34] or in namespace .*n[34], as port 6500 is open in both" "$TMP/said"
	ipat n2 link delete xn3
	ipat n2 link delete xn4
	served 'the stock driver'
	is_as_before
}
test_case "a link that may have been made in two namespaces is refused" ambiguous
check "no packet left in clear in all this time" same "$(leaked)" 0
finish
