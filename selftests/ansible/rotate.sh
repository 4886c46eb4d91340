#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 360
#
# Keys are replaced by playbooks under a stream: preshared keys and private ones. A run that
# was interrupted is completed by another one, and one that fails puts the old keys back.

# shellcheck source=selftests/ansible/rotate_lib.sh
. "$(dirname "$0")/rotate_lib.sh"

fleet web services db
inventory
all_vars <<'EOF'
naawg_interfaces:
  - name: wg0
    address: "10.100.0.{{ groups['naawg'].index(inventory_hostname) + 1 }}/24"
    listen_port: 51820
    peers:
      - group: naawg
        persistent_keepalive: 25
EOF
PAIR=vault_wg_services_web_preshared_key
PRIVATE=vault_wg_web_private_key
check "three hosts have tunnels" deploy || bail "no tunnels"
SERVICES=$(w services show wg0 public-key)

# The inventory is sorted: db, services, web.
at_peace()
{
	wait_for 20 w web check wg0 && wait_for 20 w services check wg0 && wait_for 20 w db check wg0
}
check "all tunnels work" at_peace

# psk HOST KEY: the preshared key that the kernel has
psk_of()
{
	w "$1" show wg0 preshared-keys | awk -v key="$2" '$1 == key { print $2 }'
}

psk_changed()
{
	local - before=$1
	set +x

	differs "$(psk_of web "$SERVICES")" "$before"
	same "$(psk_of web "$SERVICES")" "$(psk_of services "$(w web show wg0 public-key)")"
}

rotates_psk()
{
	local before others
	{ set +x; } 2>/dev/null
	before=$(psk_of web "$SERVICES")
	others=$(sessions db)
	set -x

	play "$PLAYBOOKS/rotate-psk.yml" -e pair=web,services
	psk_changed "$before"
	refuses in_vault ${PAIR}_next
	stay "$others" "$(sessions db)"
	journal services | grep -q 'NAAWG_EVENT=psk-rotated'
	w web check wg0 --peer "$SERVICES"
}
stream web 10.100.0.2
test_case "a preshared key is replaced at both ends; other sessions stay" rotates_psk
stream_end
diag "preshared key: $GAP"

# The rotation, and then all that the controller remembers of it
watched()
{
	cat <<-EOF2
	---
	- ansible.builtin.import_playbook: $PLAYBOOKS/rotate-identity.yml
	- hosts: naawg
	  gather_facts: false
	  tasks:
	    - ansible.builtin.copy:
	        content: "{{ dict(names | zip(query('vars', *names))) | to_json }}"
	        dest: $TMP/remembered-{{ inventory_hostname }}
	        mode: "0600"
	      vars:
	        names: "{{ query('varnames', '^naawg__') | difference(['naawg__vault_path']) }}"
	      delegate_to: localhost
	      no_log: true
	EOF2
}

# One of these files and the vault, of which no key may be in the file
remembers_no_key()
{
	matches "$(cat "$TMP/remembered-$1")" '"naawg__applied"'
	matches "$(cat "$TMP/remembered-$1")" '"naawg__checked"'
	/usr/bin/python3 "$HERE/seek_secrets.py" "$TMP/vault.pass" "$SECRETS" "$INV" -- \
		"$TMP/remembered-$1"
}

rotates_identity()
{
	local before
	before=$(w web show wg0 public-key)

	watched >"$TMP/watched.yml"
	play "$TMP/watched.yml" -e host=web
	remembers_no_key web
	remembers_no_key db
	differs "$(w web show wg0 public-key)" "$before"
	omits "$(w services show wg0 peers)" "$before"
	contains "$(w services show wg0 allowed-ips)" "$(w web show wg0 public-key)	10.100.0.3/32"
	refuses in_vault ${PRIVATE}_next
	grep -qF "$(w web show wg0 public-key)" "$INV/group_vars/all/vault.yml"
	journal web | grep -q 'NAAWG_EVENT=identity-rotated'
	w db check wg0
	w web check wg0
}
before=$(sessions db "$(w web show wg0 public-key)")
stream web 10.100.0.2
test_case "a private key is replaced, and all others know the public one" rotates_identity
stream_end
check "sessions between the others stay" stay "$before" \
	"$(sessions db "$(w web show wg0 public-key)")"
diag "private key: $GAP"

# The vault has the successor of the key that the last run left.
refuses_deployment()
{
	fails "$PLAYBOOKS/deploy-wireguard.yml"
	says "${PAIR}_next: naawg.naawg.rotate_psk -e pair=services,web completes it"
}

completes_psk()
{
	local before
	{ set +x; } 2>/dev/null
	before=$(psk_of web "$SERVICES")
	set -x

	stopped_at "Judge which keys are in force at both ends" \
		"$PLAYBOOKS/rotate-psk.yml" -e pair=web,services
	in_vault ${PAIR}_next
	refuses_deployment
	play "$PLAYBOOKS/rotate-psk.yml" -e pair=web,services
	psk_changed "$before"
	refuses in_vault ${PAIR}_next
}
test_case "a run that was interrupted is completed by another one" completes_psk

# A policy that cannot be parsed lets a host refuse each change.
spoil()
{
	echo "echo spoilt >$TMP/$1/root/etc/naawg/policy.conf"
}

undoes_psk()
{
	local before
	{ set +x; } 2>/dev/null
	before=$(psk_of web "$SERVICES")
	set -x

	refuses with_command_at "Write and apply the interfaces:2" \
		"$(spoil services)" "$PLAYBOOKS/rotate-psk.yml" -e pair=web,services
	says 'services: peer web: .*policy.conf'
	says 'old keys are in force again: '$PAIR
	refuses in_vault ${PAIR}_next
	{ set +x; } 2>/dev/null
	same "$(psk_of web "$SERVICES")" "$before"
	same "$(psk_of services "$(w web show wg0 public-key)")" "$before"
	set -x
	rm "$TMP/services/root/etc/naawg/policy.conf"
	w web check wg0
}
test_case "an end that refuses the new key leaves both with the old one" undoes_psk

# services cannot answer the new key. With two forks, it begins when db has moved the allowed IPs.
undoes_identity()
{
	local before peers
	before=$(w web show wg0 public-key)
	peers=$(w db show wg0 allowed-ips | sort)

	ANSIBLE_FORKS=2 refuses with_command_at "Write and apply the interfaces:2" \
		"ip -n ${NS[web]} route add unreachable ${ADDRESS[services]}/32" \
		"$PLAYBOOKS/rotate-identity.yml" -e host=web
	no_secrets
	ipat web route del unreachable "${ADDRESS[services]}/32"
	says 'services: .*no session within'
	says 'All hosts have the old keys again'
	refuses says 'db: '
	refuses in_vault ${PRIVATE}_next
	same "$(w web show wg0 public-key)" "$before"
	same "$(w db show wg0 allowed-ips | sort)" "$peers"
	wait_for 30 w services check wg0
	w db check wg0
}
test_case "if a host gets no new session, all have the old private key again" undoes_identity
finish
