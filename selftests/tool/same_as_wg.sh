#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same commands, by wireguard-tools' wg on a wireguard link and by naawg called as wg
# on a naawg link of the same name. Exit codes and outputs are the same to the byte. On
# standard error the tool may print more lines below.
#
#	namespace tools			namespace tooln
#	wg --> wg0 (wireguard)		naawg as wg --> wg0 (naawg)

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/tool/wg_lib.sh
. "$(dirname "$0")/wg_lib.sh"

need_tool wg ip nsenter setpriv
need_module naawg wireguard

work=$(mktemp -d)
defer rm -rf "$work"
chmod 755 "$work"
[ -x "$repo/tools/naawg" ] || skip_all "tools/naawg is not built"
mkdir "$work/s" "$work/n"
ln -s "$(command -v wg)" "$work/s/wg"
ln -s "$repo/tools/naawg" "$work/n/wg"
cd "$work" || exit 1
wg_environment

for side in s n; do
	ip netns add "tool$side" || bail "network namespaces can be made"
	defer ip netns del "tool$side"
	ip -n "tool$side" link add dum0 type dummy
done
check "a wireguard link" ip -n tools link add wg0 type wireguard || bail "a link to compare"
check "a naawg link" ip -n tooln link add wg0 type naawg || bail "a link to compare"

# side s|n ARGUMENTS... - run the wg of that side, called just "wg", in its
# namespace
side()
{
	local side=$1

	shift
	PATH=$work/$side:$PATH nsenter --net="/run/netns/tool$side" "${as[@]}" wg "$@" 2>err
}

# agree ARGUMENTS... - both wgs print the same and exit with the same status
agree()
{
	local what="wg $*" out_s out_n rc_s rc_n err_s err_n

	[ ${#as[@]} -eq 0 ] || what="as nobody: $what"
	[ ${#what} -lt 100 ] || what="${what:0:97}..."
	out_s=$(side s "$@"; echo "exit $?")
	err_s=$(<err)
	out_n=$(side n "$@"; echo "exit $?")
	err_n=$(<err)
	rc_s=${out_s##*exit }
	rc_n=${out_n##*exit }
	if [ "$out_s" = "$out_n" ] && [ "${err_n:0:${#err_s}}" = "$err_s" ]; then
		pass "$what (exit $rc_s)"
	else
		fail "$what" "stock: ${out_s:0:2000}" "${err_s:0:500}" \
			"here: ${out_n:0:2000}" "${err_n:0:500}" "exits $rc_s $rc_n"
	fi
}

wg_files
wg_commands

# Each wg reads the output of the other.
agree setconf wg0 conf
side s showconf wg0 >from_s
side n showconf wg0 >from_n
chmod 644 from_*
agree setconf wg0 from_s
agree show wg0 dump
agree setconf wg0 from_n
agree show wg0 dump

agree setconf wg0 large
check "65280 allowed IPs arrive" same \
	"$(side n show wg0 allowed-ips | cut -f 2 | tr ' ' '\n' | sort -u | wc -l)" 65280

# Newer than the wg here, so against what is wanted.
side n setconf wg0 none
side n set wg0 peer $K1 allowed-ips 10.0.0.0/8,11.0.0.0/8
side n set wg0 peer $K1 allowed-ips +12.0.0.0/8,-11.0.0.0/8
check "signs add and remove allowed IPs" same "$(side n show wg0 allowed-ips | cut -f 2)" \
	"10.0.0.0/8 12.0.0.0/8"
side n setconf wg0 conf
grep -v -e Preshared -e Keepalive conf >less
side n syncconf wg0 less
check "syncconf unsets what the file lacks" same \
	"$(side n show wg0 preshared-keys | cut -f 2 | sort -u) $(side n show wg0 persistent-keepalive | cut -f 2 | sort -u)" \
	"(none) off"

# Advice.
tool=$repo/tools/naawg
check "an unknown interface is named" matches "$(ip netns exec tooln "$tool" show nope 2>&1)" \
	'there is no interface .nope'
check "so is another kind" matches "$(ip netns exec tooln "$tool" show dum0 2>&1)" 'of kind .dummy'
check "without a capability it says which" matches \
	"$(ip netns exec tooln setpriv --reuid 65534 --clear-groups "$tool" show wg0 2>&1)" \
	CAP_NET_ADMIN

# Every user can read statistics; no user without a capability can read secrets.
side n setconf wg0 conf
stats=$(ip netns exec tooln setpriv --reuid 65534 --clear-groups "$tool" stats wg0 --json)
check "stats as nobody" same "$?" 0
check "stats name the peer" contains "$stats" "\"public_key\": \"$K1\""
check "stats tell whether the link is up" matches "$stats" '"up": (true|false),'
check "stats hold no private key" same "$(grep -cFf key <<<"$stats")" 0
check "stats hold no preshared key" same "$(grep -cFf psk <<<"$stats")" 0
json=$(ip netns exec tooln "$tool" show --json wg0)
check "JSON names the peer" contains "$json" "\"public_key\": \"$K1\""
check "JSON holds no private key" same "$(grep -cFf key <<<"$json")" 0
check "JSON holds no preshared key" same "$(grep -cFf psk <<<"$json")" 0
if command -v python3 >/dev/null; then
	check "JSON is JSON" python3 -m json.tool <<<"$json"
	check "stats are JSON" python3 -m json.tool <<<"$stats"
fi

finish
