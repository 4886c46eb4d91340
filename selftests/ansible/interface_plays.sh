#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# naawg_interface and naawg_check in a play of the user's own, which has no role and no no_log.

# shellcheck source=selftests/ansible/modules_lib.sh
. "$(dirname "$0")/modules_lib.sh"

plays()
{
	inventory
	{
		echo "vault_wg_pair_preshared_key: $(cat "$TMP/pair.psk")"
		echo "vault_wg_web_private_key: $(cat "$TMP/web.key")"
		echo "vault_wg_services_private_key: $(cat "$TMP/services.key")"
	} >"$INV/group_vars/all/vault.yml"
	vault_seal "$INV/group_vars/all/vault.yml"
	cat >"$TMP/play.yml" <<-END
	- hosts: naawg
	  vars:
	    other: "{{ 'web' if inventory_hostname == 'services' else 'services' }}"
	    keys: {web: "${PUB[web]}", services: "${PUB[services]}"}
	  tasks:
	    - name: Configure
	      naawg.naawg.naawg_interface:
	        name: wg0
	        state: up
	        private_key: "{{ lookup('vars', 'vault_wg_' + inventory_hostname + '_private_key') }}"
	        address: "10.100.0.{{ 10 if inventory_hostname == 'web' else 11 }}/24"
	        listen_port: 51820
	        peers:
	          - name: "{{ other }}"
	            public_key: "{{ keys[other] }}"
	            preshared_key: "{{ vault_wg_pair_preshared_key }}"
	            allowed_ips: ["10.100.0.{{ 11 if inventory_hostname == 'web' else 10 }}/32"]
	            endpoint: "{{ hostvars[other].ansible_host }}:51820"
	            persistent_keepalive: 25
	    - name: Check
	      naawg.naawg.naawg_check:
	        wait: "{{ 0 if ansible_check_mode else 30 }}"
	      ignore_errors: "{{ ansible_check_mode }}"
	END
	play "$TMP/play.yml" -vvvv --diff
	same "$(recap web changed)" 1
	grep -q "^+ interface wg0 up" "$LOG"
}
test_case "a play with all details and differences shows no key" plays

again()
{
	play "$TMP/play.yml"
	recap_is changed 0
	recap_is failed 0
	w web set wg0 peer "${PUB[services]}" remove
	play "$TMP/play.yml" --check --diff
	grep -q "^+ peer services" "$LOG"
	same "$(w web show wg0 peers)" ""
	same "$(recap web changed)" 1
	recap_is unreachable 0
}
test_case "the same play again changes nothing, and a check shows what was changed by hand" again

finish
