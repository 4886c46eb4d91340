# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A hub and three spokes that nobody can call, and playbooks that are interrupted at each step: the
# controller is killed before it, or a host no longer answers from it on. A second run always
# completes the first one.
#
#	measured WHAT PLAYBOOK ARGS...	prints how long the tunnel of spoke1 stood still
#	sweep NAME PLAYBOOK ARGS...	a result for each step

# shellcheck source=selftests/ansible/rotate_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/rotate_lib.sh"

fleet hub spoke1 spoke2 spoke3
inventory
{
	echo "[spokes]"
	printf '%s\n' spoke1 spoke2 spoke3
} >>"$INV/hosts"
vars hub <<'EOF'
naawg_interfaces:
  - name: wg0
    address: 10.100.0.254/24
    listen_port: 51820
    peers:
      - group: spokes
EOF
for n in 1 2 3; do
	vars spoke$n <<-EOF
	naawg_interfaces:
	  - name: wg0
	    address: 10.100.0.$n/24
	    endpoint: ''
	    peers:
	      - host: hub
	        allowed_ips: [10.100.0.0/24]
	        persistent_keepalive: 25
	EOF
done
check "a hub and three spokes have tunnels" deploy || bail "no tunnels"

all_work()
{
	local n

	wait_for 30 w hub check wg0
	for n in 1 2 3; do
		at spoke$n ping -c 1 -W 5 10.100.0.254
		at hub ping -c 1 -W 5 10.100.0.$n
	done
	refuses grep -q _next "$INV/group_vars/all/vault.yml"
	same "$(w hub show wg0 peers | sort)" \
		"$(for n in 1 2 3; do w spoke$n show wg0 public-key; done | sort)"
}
test_case "all tunnels work" all_work

# measured WHAT PLAYBOOK ARGS...
measured()
{
	local what=$1

	stream spoke1 10.100.0.254
	check "$what" play "${@:2}"
	stream_end
	diag "$what: $GAP"
}

# steps_of PLAYBOOK ARGS...: names of its tasks, into $TMP/steps
steps_of()
{
	rm -f "$TMP/steps"
	with_callback TASKS="$TMP/steps" controller ansible-playbook "$@" >"$LOG" 2>&1 </dev/null
	sed -n '/Make the new/,$p' "$TMP/steps" >"$TMP/steps.later"
}

killed()
{
	stopped_at "$@"
	play "${@:2}"
	all_work
}

# From this step on the host does not answer; afterwards it does.
silent()
{
	local rc=0

	with_command_at "$1" "$(disconnect_command "$2")" "${@:3}" || rc=$?
	no_secrets
	reconnect "$2"
	[ $rc -eq 0 ] || play "${@:3}"
	all_work
}

# sweep NAME PLAYBOOK ARGS...
sweep()
{
	local name=$1 step

	check "the steps of $name are known" steps_of "${@:2}"
	while read -r step <&3; do
		test_case "$name: killed before \"$step\", and run again" killed "$step" "${@:2}"
	done 3<"$TMP/steps.later"
	while read -r step <&3; do
		test_case "$name: spoke2 is silent from \"$step\", and run again" \
			silent "$step" spoke2 "${@:2}"
	done 3< <(grep -E 'Give|Write|Call|Ask' "$TMP/steps.later")
}
