# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hosts for Ansible: network namespaces, each with an sshd and directories of its own, and a
# controller, which runs Ansible with the collection of this checkout:
#
#	+- namespace ctl ----------------------------------------------------+
#	|  192.0.2.254/24 on bridge br0            ansible-playbook, by ssh  |
#	+------|------------------------|------------------------|-----------+
#	  192.0.2.1/24             192.0.2.2/24              192.0.2.3/24
#	  eth0 of the first host   eth0 of the second        eth0 of the third ...
#	  sshd, /etc/naawg ...     sshd, /etc/naawg ...      sshd, /etc/naawg ...
#
#	fleet NAME...		start these hosts; ${ADDRESS[NAME]} is the address of each
#	inventory [GROUP]	write $INV/hosts with all hosts in GROUP (naawg)
#	vars HOST		write $INV/host_vars/HOST.yml from standard input
#	all_vars		write $INV/group_vars/all/fleet.yml from standard input
#	play PLAYBOOK ARGS...	run it; everything printed goes to $LOG. It fails, too, if a
#				secret of the vaults or of $SECRETS is in $LOG or in a journal
#	begin_modules		before the first of these:
#	module HOST NAME FLAG...	run one module without Ansible, which is quicker. Its
#				options are YAML on standard input, its result is in $SAID as
#				JSON. FLAG is check or diff
#	said EXPRESSION		a value of the result, as Python: said 'r["changed"]'
#	vault_seal FILE		encrypt a file as a whole
#	recap HOST FIELD	a number of the last recap: ok, changed, unreachable, failed ...
#	recap_is FIELD NUMBER	the number is the same for all hosts
#	at HOST COMMAND...	a command in the namespaces of the host
#	w HOST ARGS...		naawg there
#	journal HOST		everything that programs there sent to the journal and to syslog
#	stream HOST ADDRESS	begin pings every 10 ms; stream_end ends them, and $GAP says how
#				many were lost in a row
#
# Each host has its own directories of $OWN. There is no systemd: naawg_service is none.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
need_tool ansible-playbook ansible-vault ssh-keygen nsenter python3
[ -x /usr/sbin/sshd ] || absent "no sshd on this machine"
# The hosts hide directories of this machine.
[ -n "${NAAWG_VM:-}" ] || skip_all "runs in a guest only"
# There a play takes a minute instead of five seconds.
! grep -q '^model name.*QEMU TCG' /proc/cpuinfo || skip_all "not on an emulated processor"

OWN='/etc/naawg /etc/wireguard /etc/sysctl.d /etc/network/interfaces.d /etc/systemd/network
	/etc/NetworkManager/system-connections /run/naawg /run/systemd/journal /root'
INV=$TMP/inventory
LOG=$TMP/log
SECRETS=$TMP/secrets
SAID=$TMP/said.json
COLLECTION=ansible_collections/naawg/naawg
# shellcheck disable=SC2034 # for the tests
PLAYBOOKS=$repo/tools/ansible/playbooks
declare -A ADDRESS=()	# host -> address of its eth0
declare -A SHELL_OF=()	# host -> process with its namespaces
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# --- hosts -----------------------------------------------------------------

# at HOST COMMAND...: in its network and mount namespaces, if it has both
at()
{
	local host=$1

	shift
	if [ -n "${SHELL_OF[$host]:-}" ]; then
		nsenter -t "${SHELL_OF[$host]}" -m -n "$@"
	else
		ip netns exec "${NS[$host]}" "$@"
	fi
}

w()
{
	at "$1" "$WG" "${@:2}"
}

q()
{
	at "$1" "$TMP/bin/naawg-quick" "${@:2}"
}

journal()
{
	cat "$TMP/$1/journal.log"
}

# control: the namespace of the controller, keys for ssh, and the names of the tools
control()
{
	hosts ctl
	ipat ctl link add br0 type bridge
	address ctl br0 192.0.2.254/24
	ipat ctl link set br0 up
	mkdir -p "$TMP/bin" "$TMP/cp" "$INV/host_vars" "$INV/group_vars/all" /run/sshd
	: >"$SECRETS"
	ln -s "$WG" "$TMP/bin/naawg"
	ln -s "$WG" "$TMP/bin/naawg-quick"
	mkdir -p "$TMP/collections/${COLLECTION%/*}"
	ln -s "$repo/tools/ansible" "$TMP/collections/$COLLECTION"
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/id"
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/hostkey"
	sed 's/^/* /' "$TMP/hostkey.pub" >"$TMP/known_hosts"
	echo "a password for tests only" >"$TMP/vault.pass"
	sshd_config >"$TMP/sshd_config"
	ansible_cfg >"$TMP/ansible.cfg"
	mkdir -p $OWN
	touch /dev/log
	/usr/bin/python3 "$HERE/journal.py" "$TMP" &
	BACKGROUND+=($!)
}

sshd_config()
{
	cat <<-EOF2
	HostKey $TMP/hostkey
	PidFile none
	AuthorizedKeysFile $TMP/id.pub
	StrictModes no
	UsePAM no
	UseDNS no
	PermitRootLogin prohibit-password
	MaxStartups 100
	MaxSessions 100
	SetEnv PATH=$TMP/bin:/usr/sbin:/usr/bin:/sbin:/bin
	Subsystem sftp internal-sftp
	EOF2
}

# Interpreter and locale are fixed, because looking for them costs a connection.
ansible_cfg()
{
	cat <<-EOF2
	[defaults]
	collections_path = $TMP/collections:/usr/lib/python3/dist-packages
	inventory = $INV/hosts
	vault_password_file = $TMP/vault.pass
	local_tmp = $TMP/ansible
	forks = 24
	gathering = explicit
	interpreter_python = /usr/bin/python3
	retry_files_enabled = False
	nocows = True
	[ssh_connection]
	pipelining = True
	control_path_dir = $TMP/cp
	ssh_args = -i $TMP/id -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=$TMP/known_hosts -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o GSSAPIAuthentication=no
	EOF2
}

# own_mounts DIR: runs in the namespaces of a host
own_mounts='
cd "$1" || exit
shift
for dir; do
	mkdir -p "root$dir"
	mount --bind "root$dir" "$dir" || exit
done
mount --bind log /dev/log || exit
chmod 700 root/etc/naawg root/root
cd / && exec /usr/sbin/sshd -D -e -f "$SSHD_CONFIG"'

# fleet NAME...: up to 250 hosts
fleet()
{
	local host n=${#ADDRESS[@]}

	[ -n "${NS[ctl]:-}" ] || control
	hosts "$@"
	for host in "$@"; do
		n=$((n + 1))
		ADDRESS[$host]=192.0.2.$n
		mkdir -p "$TMP/$host"
		wire ctl "br$n" "$host" eth0
		ipat ctl link set "br$n" master br0
		address "$host" eth0 "192.0.2.$n/24"
		ipat "$host" route add default via 192.0.2.254
		wait_for 30 [ -S "$TMP/$host/log" ]
		# shellcheck disable=SC2086 # one word per directory
		SSHD_CONFIG=$TMP/sshd_config ip netns exec "${NS[$host]}" unshare -m \
			bash -c "$own_mounts" own_mounts "$TMP/$host" $OWN \
			2>"$TMP/$host/sshd.log" &
		SHELL_OF[$host]=$!
		BACKGROUND+=($!)
	done
	for host in "$@"; do
		wait_for 60 answers "$host" || bail "sshd of $host does not start"
	done
}

answers()
{
	[ -n "$(at ctl bash -c "exec 3<>/dev/tcp/${ADDRESS[$1]}/22 && head -c 4 <&3")" ]
}

# --- inventory -------------------------------------------------------------

# inventory [GROUP]: all hosts
inventory()
{
	local host

	{
		echo "[${1:-naawg}]"
		for host in "${!ADDRESS[@]}"; do
			echo "$host ansible_host=${ADDRESS[$host]}"
		done | sort
		echo "[all:vars]"
		echo "ansible_user=root"
		echo "naawg_service=none"
		echo "naawg_install=false"
	} >"$INV/hosts"
}

vars()
{
	{ echo ---; cat; } >"$INV/host_vars/$1.yml"
}

all_vars()
{
	{ echo ---; cat; } >"$INV/group_vars/all/fleet.yml"
}

# controller COMMAND...: in the namespace of the controller
controller()
{
	ANSIBLE_CONFIG=$TMP/ansible.cfg ANSIBLE_COLLECTIONS_PATH=$TMP/collections:/usr/lib/python3/dist-packages \
		HOME=$TMP LC_ALL=C.UTF-8 PATH=$TMP/bin:$PATH at ctl "$@"
}

vault_seal()
{
	controller ansible-vault encrypt "$1" >/dev/null
}

# --- plays -----------------------------------------------------------------

# play PLAYBOOK ARGS...
play()
{
	local rc=0

	controller ansible-playbook "$@" >"$LOG" 2>&1 </dev/null || rc=$?
	no_secrets || return 1
	[ $rc -eq 0 ] || grep -E -A8 '^fatal|^ERROR|^\[ERROR|FAILED!' "$LOG" | tail -n 30
	return $rc
}

# begin_modules: its pipes have to be open in the test itself, not in a test_case.
begin_modules()
{
	mkfifo "$TMP/ask" "$TMP/answer"
	PYTHONPATH=$TMP/collections PATH=$TMP/bin:$PATH /usr/bin/python3 "$HERE/run_modules.py" \
		<"$TMP/ask" >"$TMP/answer" &
	BACKGROUND+=($!)
	exec {ASK}>"$TMP/ask" {ANSWER}<"$TMP/answer"
}

# ask PART...: a request to run_modules.py; the status is the answer
ask()
{
	local IFS=$'\t' rc

	echo "$*" >&"$ASK"
	read -rt 180 rc <&"$ANSWER" && return "$rc"
}

# module HOST NAME [check] [diff]
module()
{
	local rc=0

	cat >"$TMP/options"
	ask run "${SHELL_OF[$1]}" "$2" "${*:3}" "$TMP/options" "$SAID" "$TMP/errors" || rc=$?
	# The vaults of an inventory take no part, so a quick search is enough.
	refuses grep -qF -f "$SECRETS" "$SAID" "$TMP/errors" "$TMP/$1/journal.log" || return 1
	cut -c1-700 "$SAID"
	[ -s "$SAID" ] || tail -n 5 "$TMP/errors"
	return $rc
}

said()
{
	local rc=0

	ask said "$SAID" "$1" "$TMP/value" || rc=$?
	cat "$TMP/value"
	return $rc
}

# no_secrets: none of a vault or of $SECRETS in the log of the play or in a journal
no_secrets()
{
	local -; set +x
	/usr/bin/python3 "$HERE/seek_secrets.py" "$TMP/vault.pass" "$SECRETS" "$INV" -- \
		"$LOG" "$TMP"/*/journal.log
}

# recap HOST FIELD
recap()
{
	awk -v host="$1" -v field="$2" '
	/^PLAY RECAP/ { said = "" }
	$1 == host && $2 == ":" {
		for (n = 3; n <= NF; n++) {
			split($n, pair, "=")
			if (pair[1] == field)
				said = pair[2]
		}
	}
	END { print said }' "$LOG"
}

# recap_is FIELD NUMBER: of each host in the recap
recap_is()
{
	local host

	for host in $(awk '/^PLAY RECAP/ { on = 1; next } on && $2 == ":" { print $1 }' "$LOG"); do
		same "$host $1=$(recap "$host" "$1")" "$host $1=$2" || return 1
	done
}

# --- streams ------------------------------------------------------

stream()
{
	# No function, so that the process is the program itself.
	local enter=(ip netns exec "${NS[$1]}")

	[ -z "${SHELL_OF[$1]:-}" ] || enter=(nsenter -t "${SHELL_OF[$1]}" -m -n)
	"${enter[@]}" /usr/bin/python3 "$HERE/pings.py" "$2" >"$TMP/stream" 2>&1 &
	STREAM=$!
	BACKGROUND+=("$STREAM")
	wait_for 20 grep -q answered "$TMP/stream"
}

stream_end()
{
	kill "$STREAM"
	wait_for 20 grep -q lost "$TMP/stream"
	GAP=$(tail -n 1 "$TMP/stream")
}
