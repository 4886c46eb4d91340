#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# Keys made on the controller, deployed to two hosts, and verified there: without a mistake, with
# mistakes planted in running interfaces and in the vault, and while a host does not answer.

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "$0")/ansible_lib.sh"

watch_kernel
fleet web services
inventory
vars web <<END
naawg_interfaces:
  - address: 10.100.0.10/24
    listen_port: 51820
    private_key: "{{ vault_wg_web_private_key }}"
    peers:
      - host: services
END
vars services <<END
naawg_interfaces:
  - address: 10.100.0.11/24
    listen_port: 51820
    peers:
      - group: naawg
END
cat >"$TMP/deploy.yml" <<END
- hosts: naawg
  tasks:
    - name: Read the keys of the vault
      ansible.builtin.import_tasks: $PLAYBOOKS/tasks/vault.yml

    - name: Configure each interface
      naawg.naawg.naawg_interface:
        name: "{{ item.name }}"
        private_key: "{{ item.private_key }}"
        address: "{{ item.address }}"
        listen_port: "{{ item.listen_port }}"
        peers: "{{ item.peers }}"
        state: up
      loop: "{{ hostvars | naawg.naawg.tunnel(inventory_hostname) }}"
      no_log: true
END
vault=$INV/group_vars/all/vault.yml

# said_all WORD...: one line of the last play has all these words
said_all()
{
	local lines word

	lines=$(cat "$LOG")
	for word; do
		lines=$(grep -F -- "$word" <<<"$lines") || {
			echo "no line of the play has $*"
			grep -E '^ |^fatal' "$LOG" | tail -n 20
			return 1
		}
	done
}

# mistakes NUMBER: verify finds that many
mistakes()
{
	refuses play "$PLAYBOOKS/verify-wireguard-keys.yml" || return
	said_all "$1 mistakes, and 0 hosts are not verified"
}

key()
{
	w "$1" show wg0 public-key
}

makes_keys()
{
	play "$PLAYBOOKS/generate-keys.yml"
	recap_is failed 0
	same $(($(recap services changed) + $(recap web changed))) 1
	said_all vault_wg_web_private_key vault_wg_services_web_preshared_key
	same "$(stat -c %a "$vault")" 600
	same "$(grep -c '!vault' "$vault")" 3
	play "$PLAYBOOKS/generate-keys.yml"
	recap_is changed 0
}

finds_nothing()
{
	play "$TMP/deploy.yml" -vvvv
	play "$PLAYBOOKS/verify-wireguard-keys.yml" -vvvv
	recap_is changed 0
	said_all "All keys are right: 2 hosts verified."
	play "$PLAYBOOKS/verify-wireguard-keys.yml" --check
	said_all "All keys are right: 2 hosts verified."
}

finds_preshared()
{
	w services genpsk >"$TMP/other.psk"
	cat "$TMP/other.psk" >>"$SECRETS"
	w services set wg0 peer "$(key web)" preshared-key "$TMP/other.psk"
	mistakes 1
	said_all "services has another preshared key for web" "which web uses"
	play "$TMP/deploy.yml"
}

finds_another_key()
{
	local right wrong

	right=$(key services)
	w services genkey >"$TMP/other.key"
	cat "$TMP/other.key" >>"$SECRETS"
	w services set wg0 private-key "$TMP/other.key"
	wrong=$(key services)
	mistakes 1
	said_all "services runs with the key ${wrong:0:8}" "derives ${right:0:8}" "$wrong"
	w web set wg0 peer "$right" remove
	w web set wg0 peer "$wrong" allowed-ips 10.100.0.11/32
	mistakes 2
	said_all "web expects services = ${wrong:0:8}" "services derives ${right:0:8}" "$right"
	play "$TMP/deploy.yml"
	play "$PLAYBOOKS/verify-wireguard-keys.yml"
}

finds_another_interface()
{
	ipat web link add old type naawg
	w web set old peer "$(key services)" allowed-ips 10.66.0.1/32
	mistakes 1
	said_all "web has the interface old, which the inventory does not list" "lists services"
	ipat web link del old
}

finds_a_kept_key()
{
	sed -i "s|^\(vault_wg_web_public_key: \).*|\1\"$(key services)\"|" "$vault"
	mistakes 1
	said_all "vault_wg_web_public_key = " "which is the key of services" \
		"set vault_wg_web_public_key to $(key web)"
	sed -i "s|^\(vault_wg_web_public_key: \).*|\1\"$(key web)\"|" "$vault"
}

# The tunnels of Compose are in containers; this docker knows of one.
asks_containers()
{
	cat >"$TMP/bin/docker" <<-'END2'
	#!/bin/sh
	case "$1 $4" in
	"ps label=com.docker.compose.service=wireguard-"*) echo 0123456789ab ;;
	"exec "*) shift 2; exec "$@" ;;
	*) exit 1 ;;
	esac
	END2
	chmod +x "$TMP/bin/docker"
	vars web <<<"docker_compose_profile: web"
	vars services <<<"docker_compose_profile: services"
	play "$PLAYBOOKS/verify-wireguard-keys.yml"
	said_all "All keys are right: 2 hosts verified."
	rm "$TMP/bin/docker"
}

names_the_silent()
{
	w web set wg0 peer "$(key services)" remove
	cp "$INV/host_vars/services.yml" "$TMP/services.yml"
	echo "ansible_host: 192.0.2.99" >>"$INV/host_vars/services.yml"
	refuses play "$PLAYBOOKS/verify-wireguard-keys.yml" -T 3
	cp "$TMP/services.yml" "$INV/host_vars/services.yml"
	said_all "services is not verified: " 192.0.2.99
	said_all "1 mistakes, and 1 hosts are not verified"
	said_all "web does not list services"
	play "$TMP/deploy.yml"
}

test_case "keys are made on the controller, once" makes_keys
test_case "nothing is found after a deployment, and no key is shown" finds_nothing
test_case "another preshared key at one end is found" finds_preshared
test_case "another private key of a running interface is found" finds_another_key
test_case "a key of the fleet on an interface that is in no inventory is found" \
	finds_another_interface
test_case "a wrong public key in the vault is found" finds_a_kept_key
test_case "a host that does not answer is named, and the other one is verified" names_the_silent
test_case "a container of Compose is asked for its keys" asks_containers
finish
