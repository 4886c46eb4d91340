# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# An example inventory is deployed on the hosts of ansible_lib.sh, with keys that the collection
# makes.
#
#	example NAME			copy variables of tools/ansible/inventories/NAME. The
#					hosts are those of fleet
#	state				everything of each host that a play could change
#	changes_nothing ARGS...		a deployment with these arguments has nothing to do

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/ansible_lib.sh"

DEPLOY=$PLAYBOOKS/deploy-wireguard.yml
GENERATE=$PLAYBOOKS/generate-keys.yml

# Roles ask whether the host is a container. The guest has the root file system of the machine
# it runs on, which may be one.
rm -f /.dockerenv /run/.containerenv

example()
{
	local from=$repo/tools/ansible/inventories/$1 dir

	for dir in host_vars group_vars; do
		[ ! -d "$from/$dir" ] || cp -r "$from/$dir" "$INV"
	done
	inventory
	all_vars <<-EOT
	naawg_docker_enabled: false
	naawg_audit_actor: carol
	EOT
}

state()
{
	local host

	for host in "${!ADDRESS[@]}"; do
		w "$host" show wg0 dump | cut -f1-4,8
		at "$host" sha256sum /etc/naawg/wg0.conf /etc/naawg/policy.conf
		at "$host" cat /proc/sys/net/ipv4/ip_forward
	done
}

changes_nothing()
{
	state >"$TMP/before"
	play "$DEPLOY" "$@"
	recap_is changed 0
	recap_is failed 0
	state | diff "$TMP/before" -
}
