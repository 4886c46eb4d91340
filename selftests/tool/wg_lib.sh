# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Commands of wg, which two drivers or two programs have to answer alike. A test defines
#
#	agree ARGUMENTS...	runs wg with them, as "${as[@]}" says, and keeps or compares what
#				it prints
#
# and calls wg_files, once, and wg_commands in a directory that every user may read, with
# the links wg0, of WireGuard, and dum0, of another kind.

K1=xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
K2=TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
K3=gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=
as=()

wg_environment()
{
	unset WG_HIDE_KEYS WG_COLOR_MODE NO_COLOR
	export WG_ENDPOINT_RESOLUTION_RETRIES=0
}

# wg_files: the files that the commands read
wg_files()
{
	(umask 077 && wg genkey >key && wg genpsk >psk)
	: >none
	chmod 644 key psk none
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

wg_changes()
{
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
}

wg_from_files()
{
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
}

wg_many()
{
	agree setconf wg0 large
	agree show wg0 allowed-ips
	agree setconf wg0 peers
	agree show wg0 dump
	agree syncconf wg0 extra
	agree show wg0 dump
}

wg_refusals()
{
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
}

wg_commands()
{
	same_shows
	wg_changes
	wg_from_files
	wg_many
	wg_refusals
}
