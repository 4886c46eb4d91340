# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced before systemd starts: what is installed, and what a disk would have
# kept from the boot before.

here=$(dirname "${BASH_SOURCE[0]}")
make -s -C "$here/../../tools" install PREFIX=/usr/local
[ ! -d /out/state ] || cp -a /out/state/naawg /etc/
[ ! -d /out/state ] || cp -a /out/state/system/. /etc/systemd/system/

# Debian's systemd-resolved, as its package would set it up; resolvectl speaks to it
# over the bus. /lib and /sbin are links here and must not become directories.
for deb in "${NAAWG_CACHE:-/var/cache/naawg}"/debs/systemd-resolved_*.deb; do
	[ -d /out/state ] && [ -r "$deb" ] || continue
	mkdir /run/resolved
	dpkg-deb -x "$deb" /run/resolved
	for dir in /run/resolved/*; do
		cp -a "$dir/." "/$(basename "$dir")/"
	done
	systemd-sysusers systemd-resolve.conf
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	rm /run/systemd/system/dbus.service
done
