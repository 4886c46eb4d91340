# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Unprivileged containers as Proxmox makes them, with Debian's lxc. User 0 inside is user
# 100000 here, the root file system is owned accordingly and contains no program that
# could load a module. Their tunnels end at the stock driver:
#
#	+- container flat --------+                    +- namespace out ----------+
#	|  wg0 (naawg) 10.9.1.1 <=|==== tunnel ========|=> wg1 (wireguard)        |
#	|  eth0 192.0.2.1/24      |                    |   10.9.1.100             |
#	+-----------|-------------+                    |                          |
#	            |   +- container nest --------+    |                          |
#	            |   |  wg0 (naawg) 10.9.2.1 <=|====|=> wg2 (wireguard)        |
#	            |   |  eth0 192.0.2.2/24      |    |   10.9.2.100             |
#	            |   +-----------|-------------+    |  eth0 192.0.2.100/24     |
#	            |               |                  +----------|---------------+
#	            |               |                             |
#	+-----------+---------------+-----------------------------+----+--------------------+
#	|  ct-br (bridge) 192.0.2.254/24     this machine, naawg.ko    |                    |
#	+--------------------------------------------------------------|--------------------+
#	                                   namespace svc: eth0 192.0.2.50/24, for forwards
#
# Containers are hosts of net_lib.sh as far as addresses and keys go; in_ct runs commands
# in them.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
need_tool lxc-start lxc-attach lxc-stop newuidmap
# They rewrite /etc/subuid and lay out cgroups, so not on anybody's machine.
[ -n "${NAAWG_VM:-}" ] || skip_all "only in the guest of selftests/vm/boot.sh"
need_module loop ext4 overlay

LXC=/run/naawg-lxc
FIRST_ID=100000
CONTAINERS=()
DRIVER=/lib/modules/$(uname -r)/updates/naawg.ko

lxc_base()
{
	local image script=$selftests/lxc/rootfs recipe

	recipe=$(sha256sum "$script" | cut -c 1-12)
	image=${NAAWG_CACHE:-/var/cache/naawg}/lxc/bookworm-$recipe.ext4
	[ -r "$image" ] || skip_all "no root file system at $image: run selftests/lxc/rootfs"
	mkdir -p $LXC/base
	mount -o ro,loop "$image" $LXC/base || bail "the root file system can be mounted"
	defer umount -l $LXC/base
	# As Debian's installer and Proxmox set them up.
	echo "root:$FIRST_ID:65536" | tee /etc/subuid >/etc/subgid
	mount -t securityfs none /sys/kernel/security 2>/dev/null
}

has_apparmor()
{
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] &&
		[ -d /sys/kernel/security/apparmor ] &&
		command -v apparmor_parser >/dev/null
}

# ct_new NAME NESTING ADDRESS [LINE...]: a container to be started
ct_new()
{
	local name=$1 nesting=$2 address=$3 dir=$LXC/$1

	shift 3
	mkdir -p "$dir"/{layer,root}
	mount -t tmpfs -o mode=755 none "$dir/layer"
	mkdir "$dir"/layer/{upper,work}
	chown $FIRST_ID:$FIRST_ID "$dir/layer/upper"
	mount -t overlay -o "lowerdir=$LXC/base,upperdir=$dir/layer/upper,workdir=$dir/layer/work" \
		none "$dir/root"
	install -o $FIRST_ID -g $FIRST_ID -m 755 "$WG" "$dir/root/usr/bin/naawg"
	{
		echo "lxc.include = /usr/share/lxc/config/common.conf"
		echo "lxc.include = /usr/share/lxc/config/userns.conf"
		[ "$nesting" = 0 ] ||
			echo "lxc.include = /usr/share/lxc/config/nesting.conf"
		if has_apparmor; then
			echo "lxc.apparmor.profile = generated"
			echo "lxc.apparmor.allow_nesting = $nesting"
		else
			echo "lxc.apparmor.profile = unconfined"
		fi
		cat <<-CONFIG
		lxc.arch = amd64
		lxc.uts.name = $name
		lxc.idmap = u 0 $FIRST_ID 65536
		lxc.idmap = g 0 $FIRST_ID 65536
		lxc.rootfs.path = dir:$dir/root
		lxc.net.0.type = veth
		lxc.net.0.link = ${BRIDGE:-ct-br}
		lxc.net.0.name = eth0
		lxc.net.0.flags = up
		lxc.net.0.ipv4.address = $address
		CONFIG
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$dir/config"
	CONTAINERS+=("$name")
}

# ct_start NAME: start it, without waiting for its init
ct_start()
{
	timeout 120 lxc-start -P $LXC -n "$1" -o "$LXC/$1/log" -l INFO \
		-L "$LXC/$1/console" || {
		grep -E 'ERROR|WARN' "$LXC/$1/log"
		return 1
	}
}

# ct_booted NAME: systemd has nothing left to start
ct_booted()
{
	# Degraded is as far as it gets without mounts a container may not make.
	[[ $(in_ct "$1" systemctl is-system-running 2>&1) =~ ^(running|degraded)$ ]]
}

ct_pid()
{
	lxc-info -P $LXC -n "$1" -pH
}

ct_is()
{
	[ "$(lxc-info -P $LXC -n "$1" -sH)" = "$2" ]
}

# in_ct NAME COMMAND...: as the container's root
in_ct()
{
	timeout 120 lxc-attach -P $LXC -n "$1" --clear-env -- "${@:2}"
}

# ct_kill NAME: kill all its processes, as Proxmox' pct stop does
ct_kill()
{
	lxc-stop -P $LXC -n "$1" -k
}

ct_gone()
{
	umount "$LXC/$1/root" "$LXC/$1/layer"
	rm -rf "${LXC:?}/$1"
}

ct_cleanup()
{
	local name

	for name in "${CONTAINERS[@]}"; do
		timeout 60 lxc-stop -P $LXC -n "$name" -k
		ct_gone "$name"
	done
	ip link del ct-br
	[ ! -e "$DRIVER.away" ] || mv "$DRIVER.away" "$DRIVER"
	modprobe naawg
}

ct_bridge()
{
	ip link add ct-br type bridge
	ip addr add 192.0.2.254/24 dev ct-br
	ip link set ct-br up
}

# plug HOST DEV PREFIX: a cable from a namespace to the bridge
plug()
{
	ip link add "$2" netns "${NS[$1]}" type veth peer name "ct-$1"
	ip link set "ct-$1" master ct-br up
	ipat "$1" link set "$2" up
	address "$1" "$2" "$3"
}

unloaded()
{
	local module

	for module in naawg_wireguard naawg; do
		[ ! -d "/sys/module/$module" ] || rmmod "$module" || return 1
	done
}

defer ct_cleanup
