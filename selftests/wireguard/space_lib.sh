# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153
#
# Network managers, each in a root and a mount namespace of its own on host a, so that they
# see no other links and change no file of this machine:
#
#	+- namespace a: dbus-daemon, the manager ---+      +- namespace b ------------+
#	|  t0, kind wireguard, 10.9.0.1             |======|  t0, kind naawg, 10.9.0.2 |
#	+-------------------------------------------+      +---------------------------+
#
# The root is a layer over a directory. /sys cannot be written there, by which systemd-networkd
# and NetworkManager know that no udev runs.

WG=/usr/bin/wg
# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/wireguard_lib.sh"
need_ours
need_stock
need_tool unshare nsenter chroot

# space DIR: make the root over that directory, and go to its namespaces by inside()
space()
{
	space_end
	mkdir -p "$TMP/space"
	background a unshare -m --propagation private sleep 1000
	SPACE=$STARTED
	wait_for 30 has_own_mounts
	nsenter -t "$SPACE" -m -n bash -ec '
		mount -t tmpfs -o mode=755 none "$2"
		cd "$2"
		mkdir upper work root
		mount -t overlay -o "lowerdir=$1,upperdir=upper,workdir=work" overlay root
		mount -t proc proc root/proc
		mount -t sysfs -o ro sys root/sys
		mount -t devtmpfs dev root/dev
		mount -t tmpfs -o mode=755 none root/run
		mount -t tmpfs -o mode=1777 none root/tmp
		mkdir -p root/run/dbus root/run/lock root/run/systemd
		echo 0123456789abcdef0123456789abcdef >root/etc/machine-id' \
		- "$1" "$TMP/space"
}

has_own_mounts()
{
	[ "$(readlink "/proc/$SPACE/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ] &&
		[ "$(cat "/proc/$SPACE/comm")" = sleep ]
}

# space_end: processes of the manager end, and its mounts with them
space_end()
{
	local pids

	pids=$(ip netns pids "${NS[a]}")
	# shellcheck disable=SC2086 # one word per process
	[ -z "$pids" ] || kill -9 $pids
	wait_for 30 no_process
}

no_process()
{
	[ -z "$(ip netns pids "${NS[a]}")" ]
}

# inside COMMAND...: run it in the root of the space
inside()
{
	nsenter -t "$SPACE" -m -n chroot "$TMP/space/root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"
}

# file MODE GROUP PATH: its text is standard input
file()
{
	inside install -D -m "$1" -g "$2" /dev/stdin "$3"
}

# daemon FILE COMMAND...: run it in the background; it prints to $TMP/FILE
daemon()
{
	inside "${@:2}" >"$TMP/$1" 2>&1 &
	BACKGROUND+=("$!")
}

# expects FILE COMMAND...: it succeeds sooner or later; if not, what the daemon printed is shown
expects()
{
	wait_for 90 "${@:2}" && return
	tail -n 12 "$TMP/$1" >&2
	return 1
}

bus()
{
	daemon bus.log dbus-daemon --system --nofork --nopidfile
	expects bus.log inside test -S /run/dbus/system_bus_socket
}

# private: lines without numbers that differ from run to run, and without secrets
private()
{
	sed -E -e 's/^[0-9]+: //' -e '/^IFINDEX=/d' -e 's/((Private|Preshared)Key = ).*/\1.../' \
		-e 's/fe80::[0-9a-f]+:[0-9a-f:]+/fe80::N/' \
		-e 's/ (qdisc|qlen|group|num[rt]xqueues) [^ ]+//g' \
		-e 's/ ((gso|gro|tso)_[a-z0-9_]+|allmulti|minmtu|maxmtu) [^ ]+//g'
}

# state TITLE [LINK]: what the manager made of the link, for a transcript
state()
{
	local link=${2:-t0}

	echo "== $1"
	{
		# the link may be gone
		set +e
		at a ip -d link show "$link"
		at a wg showconf "$link"
		at a ip addr show "$link"
		at a ip route show table all dev "$link"
		at a ip -6 route show table all dev "$link"
		at a ip rule
		at a cat "/sys/class/net/$link/uevent"
	} 2>&1 | private
}

# reached TITLE: whether b answers through the tunnel
reached()
{
	echo "== $1: $(ping_ok a 10.9.0.2 >/dev/null && echo reached || echo "not reached")"
}

# moving COMMAND...: naawg-upgrade can be called, and finds these commands of the manager
moving()
{
	local name

	ln -sf "$repo/tools/naawg" /usr/local/bin/naawg
	for name in "$@"; do
		cat >"/usr/local/sbin/$name" <<-COMMAND
			#!/bin/bash
			exec nsenter -t $SPACE -m -n chroot $TMP/space/root \
				env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C $name "\$@"
		COMMAND
		chmod +x "/usr/local/sbin/$name"
		defer rm -f "/usr/local/sbin/$name"
	done
}

# move OPTION DRIVER: the link moves there, and is as before
move()
{
	local before

	before=$(at a cat /sys/class/net/t0/ifindex && state t0)
	ping_ok a 10.9.0.2
	at a "$repo/tools/packaging/naawg-upgrade" "$1"
	"$repo/tools/naawg" version | grep -x "wireguard links: served by $2"
	diff <(echo "$before") <(at a cat /sys/class/net/t0/ifindex && state t0)
	ping_ok a 10.9.0.2
}
