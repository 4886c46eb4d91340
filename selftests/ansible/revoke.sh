#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# A host and a device are revoked: each other host drops what they send, as that of an unknown
# peer, and nobody keeps a preshared key that they knew.

# shellcheck source=selftests/ansible/rotate_lib.sh
. "$(dirname "$0")/rotate_lib.sh"

fleet web services db mail
inventory
keys alice
all_vars <<EOF
naawg_interfaces:
  - name: wg0
    address: "10.100.0.{{ groups['naawg'].index(inventory_hostname) + 1 }}/24"
    listen_port: 51820
    peers: >-
      {{ [{'group': 'naawg', 'persistent_keepalive': 25}]
         + ([] if inventory_hostname == 'db' else
            [{'name': 'alice', 'public_key': '${PUB[alice]}',
              'allowed_ips': ['10.100.0.99/32'], 'preshared_key': ''}]) }}
naawg_policy_require_preshared_key: false
EOF

# All hosts begin with one preshared key for all.
shared_vault()
{
	(umask 077; echo "vault_wg_preshared_key: $("$WG" genpsk)" >"$INV/group_vars/all/vault.yml")
	vault_seal "$INV/group_vars/all/vault.yml"
}

names()
{
	controller ansible-vault view --vault-password-file "$TMP/vault.pass" \
		"$INV/group_vars/all/vault.yml" | cut -d: -f1
}

shared_vault
check "four hosts have tunnels" deploy || bail "no tunnels"
check "all tunnels work" wait_for 20 w web check wg0 --peer "$(w mail show wg0 public-key)"
MAIL=$(w mail show wg0 public-key)
SHARED=$(w web show wg0 preshared-keys | awk -v key="$MAIL" '$1 == key { print $2 }')

# unknown HOST: handshakes of unknown peers that it refused
unknown()
{
	w "$1" stats --json wg0 | $PY -c '
import json, sys
found = json.load(sys.stdin)["devices"][0]["reasons"]
print(sum(r["count"] for r in found if r["name"] == "unknown-peer"))'
}

more_than()
{
	at mail ping -c 1 -W 1 "10.100.0.$(number "$1")"
	[ "$(unknown "$1")" -gt "$2" ]
}

# The inventory is sorted: db, mail, services, web.
number()
{
	case $1 in
	db) echo 1 ;;
	mail) echo 2 ;;
	services) echo 3 ;;
	web) echo 4 ;;
	esac
}

nobody_has()
{
	local host

	for host in web services db; do
		omits "$(w $host show wg0 peers)" "$1"
		refuses grep -qF "$1" "$TMP/$host/root/etc/naawg/wg0.conf"
	done
}

a_host()
{
	play "$PLAYBOOKS/revoke.yml" -e peer=mail
	nobody_has "$MAIL"
	says 'db: lost it'
	journal db | grep -q 'NAAWG_EVENT=peer-revoked'
	w web check wg0 --peer "$(w db show wg0 public-key)"
}
test_case "a host is revoked: no other host has its key" a_host
diag "$(grep -oE '[0-9.]+ s from the start to the last host' "$LOG")"

refused_everywhere()
{
	local host before

	w mail set wg0 peer "$(w web show wg0 public-key)" persistent-keepalive 1
	w mail set wg0 peer "$(w services show wg0 public-key)" persistent-keepalive 1
	w mail set wg0 peer "$(w db show wg0 public-key)" persistent-keepalive 1
	for host in web services db; do
		before=$(unknown $host)
		forget_sessions mail
		wait_for 60 more_than "$host" "$before"
		refuses at mail ping -c 1 -W 1 "10.100.0.$(number $host)"
	done
}

# forget_sessions HOST: it has to initiate a handshake for its next packet
forget_sessions()
{
	ipat "$1" link set wg0 down
	ipat "$1" link set wg0 up
}
test_case "each host counts it as an unknown peer, and answers nothing" refused_everywhere

no_shared_key()
{
	local - host
	{ set +x; } 2>/dev/null

	for host in web services db; do
		omits "$(w $host show wg0 preshared-keys)" "$SHARED" || return 1
		refuses grep -qF "$SHARED" "$TMP/$host/root/etc/naawg/wg0.conf" || return 1
	done
	matches "$(names)" vault_wg_db_services_preshared_key
	lacks "$(names)" _next
}
test_case "the preshared key that it shared is replaced by one for each pair" no_shared_key

again()
{
	play "$PLAYBOOKS/revoke.yml" -e peer=mail
	recap_is changed 0
	says 'db: does not have it'
}
test_case "another run finds nothing to change" again

# services also has an interface that the inventory does not list, with a file.
other_interface()
{
	{
		printf '[Interface]\nPrivateKey = %s\nListenPort = 51999\n' "$("$WG" genkey)"
		printf '[Peer]\nPublicKey = %s\nAllowedIPs = 10.55.0.2/32\n' "${PUB[alice]}"
	} | at services sh -c 'umask 077; cat >/etc/naawg/old.conf'
	q services up old
	contains "$(w services show old peers)" "${PUB[alice]}"
}

a_device()
{
	other_interface
	disconnect services
	refuses play "$PLAYBOOKS/revoke.yml" -e peer=alice
	says 'services: .*Run this again to complete'
	omits "$(w web show wg0 peers)" "${PUB[alice]}"
	contains "$(w services show wg0 peers)" "${PUB[alice]}"
	reconnect services
	refuses play "$PLAYBOOKS/revoke.yml" -e peer=alice
	says 'services: the peer is still in /etc/naawg/old.conf: remove it there'
	omits "$(w services show old peers)" "${PUB[alice]}"
	journal services | grep -q 'NAAWG_EVENT=peer-revoked.*NAAWG_INTERFACE=old'
	at services rm /etc/naawg/old.conf
	play "$PLAYBOOKS/revoke.yml" -e peer=alice
	nobody_has "${PUB[alice]}"
}
test_case "a host that does not answer is named, and an interface that is in no inventory is found" \
	a_device
finish
