# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # results are for the tests
#
# Fleets whose keys are replaced, on the hosts of ansible_lib.sh, and playbooks that are
# interrupted.
#
#	deploy				vault and tunnels of all hosts
#	in_vault NAME			the vault has this variable
#	fails PLAYBOOK ARGS...		the playbook fails, and $LOG says why
#	stopped_at TASK PLAYBOOK ARGS...	the controller is killed when the task begins
#	with_command_at TASK COMMAND PLAYBOOK ARGS...	the command runs then
#	disconnect HOST, reconnect HOST	the controller cannot reach the host; it can again
#	sessions HOST, stay BEFORE AFTER	its sessions; none of them was lost

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/ansible_lib.sh"

# No playbook but these is needed to have tunnels, so the tests depend on no role.
deploy_playbook()
{
	cat <<-'EOF2'
	---
	- name: Deploy
	  hosts: naawg
	  gather_facts: false
	  tasks:
	    - name: Configure
	      naawg.naawg.naawg_interface:
	        name: "{{ item.name }}"
	        state: up
	        private_key: "{{ item.private_key }}"
	        created: "{{ item.created | default(omit) }}"
	        address: "{{ item.address }}"
	        listen_port: "{{ item.listen_port | default(omit) }}"
	        manage_peers: "{{ item.manage_peers | default(omit) }}"
	        peers: "{{ item.peers }}"
	        kill: "{{ item.kill }}"
	      loop: "{{ hostvars | naawg.naawg.tunnel(inventory_hostname) }}"
	      no_log: true
	EOF2
}

deploy()
{
	deploy_playbook >"$TMP/deploy.yml"
	play "$PLAYBOOKS/generate-keys.yml" && play "$TMP/deploy.yml"
}

# in_vault NAME: whether the vault has such a key
in_vault()
{
	grep -q "^$1:" "$INV/group_vars/all/vault.yml"
}

fails()
{
	local rc=0

	controller ansible-playbook "$@" >"$LOG" 2>&1 </dev/null || rc=$?
	no_secrets || return 1
	[ $rc -ne 0 ]
}

stopped_at()
{
	local rc=0

	with_callback STOP_AT="$1" controller ansible-playbook "${@:2}" >"$LOG" 2>&1 </dev/null ||
		rc=$?
	no_secrets && same $rc 9
}

with_command_at()
{
	with_callback STOP_AT="$1" STOP_COMMAND="$2" \
		controller ansible-playbook "${@:3}" >"$LOG" 2>&1 </dev/null
}

# with_callback NAME=VALUE... COMMAND...
with_callback()
{
	(
		export ANSIBLE_CALLBACK_PLUGINS=$HERE/callbacks ANSIBLE_CALLBACKS_ENABLED=stop_at
		while [[ $1 == *=* ]]; do
			export "${1?}"
			shift
		done
		"$@"
	)
}

# says REGEX: the last playbook printed this, however its lines are broken
says()
{
	matches "$(tr -s ' \n' ' ' <"$LOG")" "$1"
}

# New connections of ssh fail at once; without its sockets, none of the old ones is used.
disconnect_command()
{
	echo "rm -f $TMP/cp/*; ip -n ${NS[ctl]} route add unreachable ${ADDRESS[$1]}/32"
}

disconnect()
{
	bash -c "$(disconnect_command "$1")"
}

reconnect()
{
	ipat ctl route del unreachable "${ADDRESS[$1]}/32"
}

# stay BEFORE AFTER: of the sessions of a host, each is the same, or was renewed at its age of two
# minutes, as sessions are on a slow machine
stay()
{
	local -; set +x

	join <(echo "$1") <(echo "$2") | awk -v lines="$(wc -l <<<"$1")" '
	$2 != $3 && $3 < $2 + 115 { print "the session with", $1, "is", $3 - $2, "s younger"; bad = 1 }
	END { exit bad || NR != lines }'
}

# sessions HOST: the newest handshakes of its peers, but for the key $2
sessions()
{
	w "$1" show wg0 latest-handshakes | grep -v "^${2:-none}" | sort
}
