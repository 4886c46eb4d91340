#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same commands, by wireguard-tools' wg on a wireguard link and by naawg called as wg
# on a naawg link of the same name. Exit codes and outputs are the same to the byte. On
# standard error the tool may print more lines below.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

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
unset WG_HIDE_KEYS WG_COLOR_MODE NO_COLOR
export WG_ENDPOINT_RESOLUTION_RETRIES=0

K1=xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
K2=TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
K3=gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=

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

as=()

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

same_shows()
{
	local field mode

	for mode in "" always; do
		export WG_COLOR_MODE=$mode
		agree show wg0
		agree show all
		WG_HIDE_KEYS=never agree show wg0
	done
	unset WG_COLOR_MODE
	for field in public-key private-key listen-port fwmark peers preshared-keys endpoints \
		allowed-ips latest-handshakes transfer persistent-keepalive dump bogus; do
		agree show wg0 $field
		agree show all $field
	done
	agree showconf wg0
	agree show interfaces
	agree
}

(umask 077 && wg genkey >key && wg genpsk >psk)
: >none
chmod 644 key psk none

same_shows

# One change after the other.
agree set wg0 listen-port 51820 private-key key fwmark 0x20
agree set wg0 peer $K1 allowed-ips 10.0.0.0/8,fd00::/8,1.2.3.4
agree set wg0 peer $K2 preshared-key psk endpoint 192.0.2.1:51820 persistent-keepalive 25 \
	allowed-ips 10.1.0.0/16,::/0
agree set wg0 peer $K3 endpoint '[2001:db8::1]:65535' allowed-ips 0.0.0.0/0
same_shows
agree set wg0 peer $K1 allowed-ips 10.1.0.0/16
agree show wg0 dump
agree set wg0 peer $K1 allowed-ips 10.9.9.9/9
agree show wg0 dump
agree set wg0 peer $K2 preshared-key none persistent-keepalive off
agree set wg0 peer $K3 allowed-ips ''
agree set wg0 fwmark off private-key none
agree show wg0
agree show wg0 dump
agree set wg0 peer $K3 remove
agree set wg0 peer $K3 remove
agree set wg0 peer "$(wg pubkey <key)" allowed-ips 9.9.9.9
agree set wg0 private-key key
agree show wg0 dump
agree set wg0 peer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
agree set wg0 listen-port 0
agree show wg0 peers
agree set wg0 listen-port 51820

# Files.
cat >conf <<-CONF
	[Interface]
	PrivateKey = $(<key)
	ListenPort = 51821
	FwMark = 7
	[Peer]
	PublicKey = $K3
	AllowedIPs = 10.3.0.0/16, fd03::/16
	AllowedIPs = 10.30.0.0/16
	Endpoint = 127.0.0.1:9
	[Peer]
	PublicKey = $K1
	PresharedKey = $(<psk)
	PersistentKeepalive = 3
CONF
printf '[Peer]\nPublicKey = %s\nAllowedIPs = 10.4.0.0/16\n' $K2 >extra
chmod 644 conf extra
agree setconf wg0 conf
same_shows
agree addconf wg0 extra
agree show wg0 dump
agree syncconf wg0 conf
agree show wg0 dump
agree syncconf wg0 extra
agree show wg0 dump
agree addconf wg0 conf
agree showconf wg0
agree setconf wg0 none
same_shows

# Each wg reads the output of the other.
agree setconf wg0 conf
side s showconf wg0 >from_s
side n showconf wg0 >from_n
chmod 644 from_*
agree setconf wg0 from_s
agree show wg0 dump
agree setconf wg0 from_n
agree show wg0 dump

# As many as in the stock driver's own test.
awk -v key=$K1 'BEGIN {
	print "[Interface]\nListenPort = 51820\n[Peer]\nPublicKey = " key
	for (i = 0; i < 255; i++) {
		line = "AllowedIPs = "
		for (j = 0; j < 256; j++)
			line = line "10." i "." j ".0/24" (j < 255 ? "," : "")
		print line
	}
}' >large
# Digits are base64 too.
awk 'BEGIN {
	for (i = 0; i < 1000; i++)
		printf "[Peer]\nPublicKey = %042dA=\nAllowedIPs = fd00::%x/128\nEndpoint = 127.0.0.1:9\n", i, i
}' >peers
chmod 644 large peers
agree setconf wg0 large
check "65280 allowed IPs arrive" same \
	"$(side n show wg0 allowed-ips | cut -f 2 | tr ' ' '\n' | sort -u | wc -l)" 65280
agree show wg0 allowed-ips
agree setconf wg0 peers
agree show wg0 dump
agree syncconf wg0 extra
agree show wg0 dump

# Refusals.
agree show nope
agree show nope dump
agree showconf nope
agree set nope listen-port 1
agree setconf nope conf
agree addconf nope conf
agree syncconf nope conf
agree show dum0
agree showconf dum0
agree set dum0 listen-port 1
agree syncconf dum0 conf
agree show ''
agree show a_name_that_is_too_long
agree set a_name_that_is_too_long listen-port 1
agree set wg0 bogus
agree set wg0 peer $K1 allowed-ips 1.2.3.4/33
as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
agree show wg0
agree show all
agree show interfaces
agree showconf wg0
agree set wg0 listen-port 1
agree setconf wg0 extra
agree syncconf wg0 extra
as=()

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
