#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3000
#
# Keys of a hub and of spokes that nobody can call are replaced by playbooks: with the controller
# killed before each step, and with a host that no longer answers from each step on. A second run
# always completes the first one. The test prints how long tunnels stood still.

if [ -z "${NAAWG_VM:-}" ]; then
	# shellcheck source=selftests/lib.sh
	. "$(dirname "$0")/../lib.sh"

	need_root
	log=${NAAWG_OUT:-$selftests/out}/ansible_rotation.log
	mkdir -p "${log%/*}"
	tree=$("$selftests/uml/build.sh" 2>"$log") || skip_all "no User-Mode Linux, see $log"
	module=$("$selftests/uml/module.sh" test 2>>"$log") || bail "the build failed, see $log"
	tap_finished=1
	cd "$repo" || exit 1
	exec "$selftests/uml/boot.sh" -T "$tree" -t 2900 -M "$module" -- \
		env -C selftests/long ./ansible_rotation.sh
fi

# shellcheck source=selftests/ansible/rotate_lib.sh
. "$(dirname "$0")/../ansible/rotate_lib.sh"

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
measured "all preshared keys are replaced" "$PLAYBOOKS/rotate-psk.yml"
measured "the private key of the hub is replaced" "$PLAYBOOKS/rotate-identity.yml" -e host=hub
measured "the private key of a spoke is replaced" "$PLAYBOOKS/rotate-identity.yml" -e host=spoke1
test_case "all tunnels work afterwards" all_work

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
sweep "preshared keys" "$PLAYBOOKS/rotate-psk.yml"
sweep "private key" "$PLAYBOOKS/rotate-identity.yml" -e host=hub

revocation()
{
	disconnect spoke3
	refuses play "$PLAYBOOKS/revoke.yml" -e peer=spoke2
	says 'spoke3: .*Run this again'
	reconnect spoke3
	play "$PLAYBOOKS/revoke.yml" -e peer=spoke2
}
test_case "a spoke is revoked, though another one does not answer at first" revocation
diag "$(grep -oE '[0-9.]+ s from the start to the last host' "$LOG")"
finish
