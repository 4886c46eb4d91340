# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hosts for Ansible that are real: unprivileged LXC containers of Debian's lxc with systemd
# and an SSH server, as on Proxmox. The controller is this guest, which also runs the
# containers. Everything of ansible_lib.sh about inventories and plays is here, too.
#
#	+- container web -----------------+        +- container services ------------+
#	|  wg0 (naawg) 10.100.0.10 <======|========|======> wg0 (naawg) 10.100.0.11  |
#	|  naawg-quick@wg0.service        |        |        naawg-quick@wg0.service  |
#	|  eth0 192.0.2.1/24              |        |              192.0.2.2/24 eth0  |
#	+---------|-----------------------+        +-----------------------|---------+
#	          |                                                        |
#	+---------+--------------------------------------------------------+---------+
#	|  ct-br (bridge) 192.0.2.254/24     this guest, naawg.ko, ansible-playbook  |
#	+----------------------------------------------------------------------------+
#
#	machine			make the bridge, and a place for containers
#	container NAME		make one at ${ADDRESS[NAME]}, and start it
#	at NAME COMMAND...	a command in the container of this host, by lxc-attach
#	CT			host -> name of its container, where it differs

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/ansible_lib.sh"
need_tool lxc-start lxc-attach lxc-stop lxc-destroy newuidmap ssh-keygen
need_module naawg bridge veth
grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null ||
	skip_all "this kernel has too little for containers: NAAWG_GUEST=uml:docker has it"

ROOTFS=$(cd "$HERE" && sha256sum rootfs | cut -c 1-12)
ROOTFS=${NAAWG_CACHE:-/var/cache/naawg}/ansible/bookworm-$ROOTFS.tar
[ -r "$ROOTFS" ] || skip_all "no root file system at $ROOTFS: run selftests/ansible/rootfs"
DEBS=$selftests/out/ansible/debs
compgen -G "$DEBS/naawg_*.deb" >/dev/null || skip_all "no package in $DEBS: run selftests/long/ansible_lxc.sh"

LXC=/run/naawg-lxc
FIRST_ID=100000
declare -A CT=()	# host -> its container

# --- containers ------------------------------------------------------------

# at HOST COMMAND...: the controller is this guest
at()
{
	if [ "$1" = ctl ]; then
		"${@:2}"
	else
		timeout 120 lxc-attach -P $LXC -n "${CT[$1]:-$1}" --clear-env \
			-v PATH=/usr/sbin:/usr/bin:/sbin:/bin -- "${@:2}"
	fi
}

w()
{
	at "$1" naawg "${@:2}"
}

journal()
{
	at "$1" journalctl -b --no-pager -o verbose 2>/dev/null
}

# machine: the bridge, keys for ssh, an inventory without hosts
machine()
{
	mkdir -p "$TMP/bin" "$TMP/cp" "$INV/host_vars" "$INV/group_vars/all" \
		"$TMP/collections/${COLLECTION%/*}" $LXC
	mount -t tmpfs -o mode=755 none $LXC
	defer containers_gone
	: >"$SECRETS"
	ln -s "$WG" "$TMP/bin/naawg"
	ln -s "$repo/tools/ansible" "$TMP/collections/$COLLECTION"
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/id"
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/hostkey"
	sed 's/^/* /' "$TMP/hostkey.pub" >"$TMP/known_hosts"
	echo "a password for tests only" >"$TMP/vault.pass"
	ansible_cfg >"$TMP/ansible.cfg"
	echo "root:$FIRST_ID:65536" | tee /etc/subuid >/etc/subgid
	ip link add ct-br type bridge
	ip addr add 192.0.2.254/24 dev ct-br
	ip link set ct-br up
}

containers_gone()
{
	local dir

	for dir in $LXC/*/; do
		[ ! -e "$dir/config" ] || timeout 60 lxc-stop -P $LXC -n "$(basename "$dir")" -k
	done
	umount -l $LXC
	ip link del ct-br
}

config()
{
	cat <<-CONFIG
	lxc.include = /usr/share/lxc/config/common.conf
	lxc.include = /usr/share/lxc/config/userns.conf
	lxc.include = /usr/share/lxc/config/nesting.conf
	lxc.apparmor.profile = unconfined
	lxc.arch = amd64
	lxc.uts.name = $1
	lxc.idmap = u 0 $FIRST_ID 65536
	lxc.idmap = g 0 $FIRST_ID 65536
	lxc.rootfs.path = dir:$LXC/$1/rootfs
	lxc.net.0.type = veth
	lxc.net.0.link = ct-br
	lxc.net.0.name = eth0
	lxc.net.0.flags = up
	lxc.net.0.ipv4.address = ${ADDRESS[$1]}/24
	lxc.net.0.ipv4.gateway = 192.0.2.254
	CONFIG
}

# container NAME: it is up when its SSH server answers
container()
{
	local root=$LXC/$1/rootfs

	mkdir -p "$root"
	tar -C "$root" --numeric-owner -xpf "$ROOTFS"
	install -o $FIRST_ID -g $FIRST_ID -m 600 "$TMP/hostkey" "$root/etc/ssh/ssh_host_ed25519_key"
	install -d -o $FIRST_ID -g $FIRST_ID -m 700 "$root/root/.ssh"
	install -o $FIRST_ID -g $FIRST_ID -m 600 "$TMP/id.pub" "$root/root/.ssh/authorized_keys"
	printf '%s\n' "HostKey /etc/ssh/ssh_host_ed25519_key" "UseDNS no" "MaxSessions 100" \
		>"$root/etc/ssh/sshd_config.d/tests.conf"
	config "$1" >"$LXC/$1/config"
	start "$1" && wait_for 120 answers "$1"
}

# start CONTAINER
start()
{
	timeout 120 lxc-start -P $LXC -n "$1" -o "$LXC/$1.log" -L "$TMP/console-$1" || {
		grep -E 'ERROR|WARN' "$LXC/$1.log"
		return 1
	}
}

# --- inventory and plays ---------------------------------------------------

# inventory: the containers, and the machine that runs them
inventory()
{
	local host

	{
		echo "[naawg]"
		for host in "${!ADDRESS[@]}"; do
			echo "$host ansible_host=${ADDRESS[$host]}"
		done | sort
		echo "[machines]"
		echo "machine ansible_connection=local ansible_become=false"
		echo "[naawg:vars]"
		echo "ansible_user=root"
		echo "naawg_debs_dir=$DEBS"
		echo "naawg_container_kind=lxc"
		echo "naawg_container_host=machine"
		echo "naawg_lxc_path=$LXC"
		echo "naawg_restore_dir=$TMP/archives"
		echo "naawg_backup_dir=$TMP/backup"
	} >"$INV/hosts"
}

# no_secrets: none in the log of the play, in a file without keys or in a journal
no_secrets()
{
	local - host searched; set +x

	for host in "${!ADDRESS[@]}"; do
		mkdir -p "$TMP/journals"
		at "$host" true 2>/dev/null && journal "$host" >>"$TMP/journals/$host.log"
	done
	mapfile -t searched < <(find "$TMP/journals" "$TMP/backup" -type f 2>/dev/null)
	/usr/bin/python3 "$HERE/seek_secrets.py" "$TMP/vault.pass" "$SECRETS" "$INV" -- \
		"$LOG" "${searched[@]}"
}
