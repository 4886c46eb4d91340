#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Name servers of a tunnel, with Debian's openresolv: in the guest only, as it
# changes the machine's own resolv.conf.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

need_root
[ -n "${NAAWG_VM:-}" ] || skip_all "this changes /etc/resolv.conf"
need_module naawg
mapfile -t deb < <(compgen -G "${NAAWG_CACHE:-/var/cache/naawg}/debs/openresolv_*.deb")
[ ${#deb[@]} -gt 0 ] || skip_all "no package of openresolv: selftests/deps.sh net"

TMP=$(mktemp -d)
defer rm -rf "$TMP"
defer ip link del t0
ln -s "$repo/tools/naawg" "$TMP/naawg-quick"
rm -f /etc/resolv.conf
echo "nameserver 192.0.2.53" >/etc/resolv.conf
install -m 600 /dev/null "$TMP/t0.conf"
cat >"$TMP/t0.conf" <<-CONF
	[Interface]
	PrivateKey = $("$repo/tools/naawg" genkey)
	Address = 10.9.0.1/24
	DNS = 10.9.0.53, fd09::53
	DNS = tunnel.example
CONF

said=$("$TMP/naawg-quick" up "$TMP/t0.conf" 2>&1)
check "up works without a manager of name servers" same $? 0
check "up warns without a manager of name servers" matches "$said" "neither resolvconf nor systemd-resolved"
check "down works" "$TMP/naawg-quick" down "$TMP/t0.conf"

# --- the arguments of wg-quick's resolvconf ------------------------------------------

# told PROGRAM FILE: the arguments of $TMP/resolvconf, with the name of the link as LINK
told()
{
	: >"$TMP/told"
	"$1" up "$TMP/$2.conf" >"$TMP/up" 2>&1 || cat "$TMP/up"
	"$1" down "$TMP/$2.conf" >/dev/null 2>&1
	sed "s/$2/LINK/g" "$TMP/told"
}

# lists NAME LINE...: both programs give it the same arguments
lists()
{
	local what=$1

	shift
	{
		sed '/^DNS/d' "$TMP/t0.conf"
		printf 'DNS = %s\n' "$@"
	} >"$TMP/u0.conf"
	chmod 600 "$TMP/u0.conf"
	cp -p "$TMP/u0.conf" "$TMP/w0.conf"
	if [ -n "$stock" ]; then
		check "$what" same "$(told "$TMP/naawg-quick" u0)" "$(told wg-quick w0)"
	else
		skip "$what" "wg-quick or its driver is not there"
	fi
}

mkdir -p /usr/local/sbin
cat >"$TMP/resolvconf" <<-SCRIPT
	#!/bin/sh
	echo "\${0##*/} \$*" >>$TMP/told
	[ "\$1" != -a ] || cat >>$TMP/told
SCRIPT
chmod +x "$TMP/resolvconf"
cp "$TMP/resolvconf" /usr/local/sbin/resolvconf
defer rm -f /usr/local/sbin/resolvconf /usr/local/sbin/resolvectl
stock=
! command -v wg-quick >/dev/null || ! modprobe -q wireguard || stock=1
lists "white space separates" "192.0.2.53 192.0.2.54 corp.example"
lists "commas and blanks left over" ", 192.0.2.53,,fd09::53 , a.example ,b.example,"
lists "several lines" "192.0.2.53" "" "corp.example other.example" "fe80::1%lo"
# Here wg-quick writes a nonexistent domain into resolv.conf.
sed -i '/^DNS/d; /^Address/aDNS = 192.0.2.53, ~corp.example, a.example, ~.' "$TMP/t0.conf"
check "routing domains are left out" same "$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" \
	"resolvconf -a LINK -m 0 -x,nameserver 192.0.2.53,search a.example,resolvconf -d LINK -f,"
check "leaving routing domains out is a warning" matches "$(cat "$TMP/up")" "warning: DNS: ~corp.example is left out"
sed -i 's/^DNS.*/DNS = 192.0.2.53, ~corp.example/' "$TMP/t0.conf"
check "without other domains nothing is searched" same "$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" \
	"resolvconf -a LINK -m 0 -x,nameserver 192.0.2.53,resolvconf -d LINK -f,"
mkdir -p /etc/resolvconf
printf '# first\nlo.inet\nlo.@(dnsmasq|pdnsd)\nhso*\ntun*\n' >/etc/resolvconf/interface-order
lists "the kind Debian's resolvconf ranks first" 192.0.2.53
printf 'lo\n' >/etc/resolvconf/interface-order
lists "none it ranks" 192.0.2.53
# systemd's resolvconf wants the name of a link
printf 'lo\ntun*\n' >/etc/resolvconf/interface-order
rm /usr/local/sbin/resolvconf
cp "$TMP/resolvconf" /usr/local/sbin/resolvectl
ln -s resolvectl /usr/local/sbin/resolvconf
sed -i 's/^DNS.*/DNS = 192.0.2.53/' "$TMP/t0.conf"
check "systemd's resolvconf is given the link" same "$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" \
	"resolvconf -a LINK -m 0 -x,nameserver 192.0.2.53,resolvconf -d LINK -f,"
sed -i 's/^DNS.*/DNS = 192.0.2.53, ~corp.example/' "$TMP/t0.conf"
check "systemd's resolvconf does not get all names if there are routing domains" matches \
	"$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" "-a LINK -m 0,.*search ~corp.example"
check "systemd's resolvconf gets routing domains without a warning" same "$(grep DNS "$TMP/up")" ""
rm -r /etc/resolvconf /usr/local/sbin/resolvconf
if [ ! -e /run/systemd/resolve ] && ! command -v resolvconf >/dev/null; then
	mkdir -p /run/systemd/resolve
	check "systemd-resolved does not get all names if there are routing domains" matches "$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" \
		"resolvectl domain LINK ~corp.example,"
	sed -i 's/~corp/corp/' "$TMP/t0.conf"
	check "systemd-resolved gets all names without routing domains" matches "$(told "$TMP/naawg-quick" t0 | tr '\n' ,)" \
		"resolvectl domain LINK corp.example ~.,"
	rmdir /run/systemd/resolve
fi
rm /usr/local/sbin/resolvectl
sed -i '/^DNS/d' "$TMP/t0.conf"
printf '%s\n' "DNS = 10.9.0.53, fd09::53" "DNS = tunnel.example" >>"$TMP/t0.conf"

# --- openresolv --------------------------------------------------------------------

# /lib and /sbin are links here and must not become directories.
dpkg -x "${deb[0]}" "$TMP/open" || bail "openresolv cannot be unpacked"
for dir in "$TMP/open"/*; do
	cp -a "$dir/." "/$(basename "$dir")/"
done
check "up works with openresolv" "$TMP/naawg-quick" up "$TMP/t0.conf"
check "the name server is set" grep -qx "nameserver 10.9.0.53" /etc/resolv.conf
check "the name server with an IPv6 address is set" grep -qx "nameserver fd09::53" /etc/resolv.conf
check "the domain is searched" grep -qx "search tunnel.example" /etc/resolv.conf
check "no other name server is asked" refuses grep -q 192.0.2.53 /etc/resolv.conf
sed -i 's/10.9.0.53/10.9.0.54/' "$TMP/t0.conf"
check "reload works" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check "reload sets another name server" grep -qx "nameserver 10.9.0.54" /etc/resolv.conf
sed -i '/^DNS/d' "$TMP/t0.conf"
check "reload works without DNS" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check "reload without DNS removes the name server" refuses grep -q 10.9.0.54 /etc/resolv.conf
echo "nameserver 10.9.0.99" | resolvconf -a t0
check "reload works once more" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check "reload leaves the name server of a hook" grep -qx "nameserver 10.9.0.99" /etc/resolv.conf
check "down works" "$TMP/naawg-quick" down "$TMP/t0.conf"
check "the tunnel's name server is gone" refuses grep -q 10.9.0 /etc/resolv.conf
sed -i "s/^Address/PostUp = echo nameserver 10.9.0.98 | resolvconf -a %i\nPostDown = resolvconf -d %i\nAddress/" "$TMP/t0.conf"
check "up runs a command that sets a name server" "$TMP/naawg-quick" up "$TMP/t0.conf"
check "the name server of the command is set" grep -qx "nameserver 10.9.0.98" /etc/resolv.conf
check "down runs a command that removes the name server" "$TMP/naawg-quick" down "$TMP/t0.conf"
check "the name server of the command is gone" refuses grep -q 10.9.0 /etc/resolv.conf
finish
