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
is "up without a manager of name servers" $? 0
like "warns" "$said" "neither resolvconf nor systemd-resolved"
check "down" "$TMP/naawg-quick" down "$TMP/t0.conf"

# What is a link here, /lib and /sbin, must not become a directory.
dpkg -x "${deb[0]}" "$TMP/open" || bail "openresolv cannot be unpacked"
for dir in "$TMP/open"/*; do
	cp -a "$dir/." "/$(basename "$dir")/"
done
check "up with openresolv" "$TMP/naawg-quick" up "$TMP/t0.conf"
check "the name server is set" grep -qx "nameserver 10.9.0.53" /etc/resolv.conf
check "the one by IPv6" grep -qx "nameserver fd09::53" /etc/resolv.conf
check "the domain is searched" grep -qx "search tunnel.example" /etc/resolv.conf
check_fails "and no other name server is asked" grep -q 192.0.2.53 /etc/resolv.conf
sed -i 's/10.9.0.53/10.9.0.54/' "$TMP/t0.conf"
check "reload" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check "another name server" grep -qx "nameserver 10.9.0.54" /etc/resolv.conf
sed -i '/^DNS/d' "$TMP/t0.conf"
check "reload without" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check_fails "takes it away" grep -q 10.9.0.54 /etc/resolv.conf
echo "nameserver 10.9.0.99" | resolvconf -a t0
check "reload once more" "$TMP/naawg-quick" reload "$TMP/t0.conf"
check "leaves what a hook has set" grep -qx "nameserver 10.9.0.99" /etc/resolv.conf
check "down" "$TMP/naawg-quick" down "$TMP/t0.conf"
check_fails "the tunnel's name server is gone" grep -q 10.9.0 /etc/resolv.conf
finish
