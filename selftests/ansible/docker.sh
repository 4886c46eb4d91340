#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2700
#
# The role docker: Ansible deploys both profiles to two servers, each with a Docker
# daemon, as in docker/docker_lib.sh. It loads the image, writes secrets from a vault,
# and starts the compose files. The inventory is the users' own: a profile a host, and
# vault_wg_* variables.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/../docker/docker_lib.sh"
need_tool ansible-playbook ansible-vault

hosts web
ip link add to-web type veth peer name eth0 netns "${NS[web]}"
ip addr add 192.0.2.1/24 dev to-web
ip link set to-web up
address web eth0 192.0.2.2/24
ipat web link set eth0 up
ipat web link set lo up

start_servers()
{
	server here
	images
	DOCKER_HOST=unix://$STATE/here/sock "$repo/tools/container/image.sh" "$DEB"
	docker save naawg >"$TMP/naawg.tar"
	docker rmi naawg
	server web nsenter "--net=/run/netns/${NS[web]}"
	docker save debian:bookworm-slim python:3-slim >"$TMP/images.tar"
	SERVER=web docker load -i "$TMP/images.tar"
	rm "$TMP/images.tar"
}
test_case "two servers have a daemon, and the controller has the image" start_servers
SERVERS=(here web)

# on SERVER COMMAND...
on()
{
	SERVER=$1 DOCKER_HOST=unix://$STATE/$1/sock "${@:2}"
}

# --- the controller --------------------------------------------------------------

mkdir -p "$TMP/collections/ansible_collections/naawg" "$TMP/fleet/group_vars"
ln -s "$repo/tools/ansible" "$TMP/collections/ansible_collections/naawg/naawg"
export ANSIBLE_COLLECTIONS_PATH=$TMP/collections:/usr/lib/python3/dist-packages
export ANSIBLE_LOCAL_TEMP=$TMP/ansible ANSIBLE_NOCOWS=1 ANSIBLE_LOCALHOST_WARNING=0
export LC_ALL=C.UTF-8 ANSIBLE_PIPELINING=1
export ANSIBLE_VAULT_PASSWORD_FILE=$TMP/password
VAULT=$TMP/fleet/group_vars/vault.yml
echo of-this-test >"$TMP/password"
# The ends of the tunnel are on one machine here. So each has a directory of its own, and
# a Python whose docker speaks to its own daemon.
for name in web here; do
	printf '#!/bin/sh\nDOCKER_HOST=unix://%s exec /usr/bin/python3 "$@"\n' \
		"$STATE/$name/sock" >"$TMP/python-$name"
	chmod 755 "$TMP/python-$name"
done
cat >"$TMP/fleet/hosts.yml" <<-HOSTS
	all:
	  vars:
	    ansible_connection: local
	    ansible_become: false
	    naawg_docker_image_archive: $TMP/naawg.tar
	  hosts:
	    web:
	      docker_compose_profile: web
	      naawg_docker_dir: $TMP/web
	      ansible_python_interpreter: $TMP/python-web
	    services:
	      docker_compose_profile: services
	      ansible_host: 192.0.2.1
	      naawg_docker_dir: $TMP/here
	      ansible_python_interpreter: $TMP/python-here
HOSTS
cat >"$TMP/fleet/site.yml" <<-SITE
	- hosts: all
	  gather_facts: false
	  any_errors_fatal: true
	  pre_tasks:
	    - ansible.builtin.include_tasks: $repo/tools/ansible/playbooks/tasks/vault.yml
	  roles:
	    - naawg.naawg.docker
SITE

# write_vault [NAME]: the vault has all keys but this one; the trace has none
write_vault()
{
	local name -

	set +x
	for name in "${!KEYS[@]}"; do
		[ "$name" = "${1:-}" ] || printf '%s: "%s"\n' "$name" "${KEYS[$name]}"
	done >"$VAULT"
	ansible-vault encrypt "$VAULT" >/dev/null
}

declare -A KEYS=(
	[vault_wg_web_private_key]=$("$WG" genkey)
	[vault_wg_services_private_key]=$("$WG" genkey)
	[vault_wg_preshared_key]=$("$WG" genpsk)
	[vault_db_password]=$("$WG" genkey | tr -d '/+=')
	[vault_db_root_password]=$("$WG" genkey | tr -d '/+=')
)
write_vault

# role [ARGUMENT...]: run it on both servers; the output is in $TMP/said
role()
{
	local rc=0

	ansible-playbook -i "$TMP/fleet/hosts.yml" "$TMP/fleet/site.yml" "$@" \
		>"$TMP/said" 2>&1 || rc=$?
	tail -n 40 "$TMP/said"
	return "$rc"
}

# recap HOST PATTERN: the counters of a host in the last run
recap()
{
	matches "$(grep -E "^$1 +: ok=" "$TMP/said")" "$2"
}

nothing_changed()
{
	recap web 'changed=0 .*failed=0'
	recap services 'changed=0 .*failed=0'
}

# says PATTERN: the last run printed this; line breaks count as spaces
says()
{
	matches "$(tr -s '\n ' ' ' <"$TMP/said")" "$1" && return
	grep -E '^(fatal|failed)' "$TMP/said" | tail -n 2 | fold -w 200
	return 1
}

# containers SERVER: names and IDs
containers()
{
	on "$1" docker ps -a --no-trunc --format '{{.Names}} {{.ID}}' | sort
}

# no_secret FILE...: none of them has a key or password of the vault
no_secret()
{
	local name -

	set +x
	for name in "${!KEYS[@]}"; do
		! grep -qF -e "${KEYS[$name]}" "$@" || { echo "$name is in $*"; return 1; }
	done
}

# --- bad input ---------------------------------------------------------------------

wrong_profile()
{
	refuses role -e docker_compose_profile=both
	says 'docker_compose_profile must be one of: web, services, got: both'
	same "$(containers here)$(containers web)" ""
}
test_case "another profile is refused by name" wrong_profile

line_break()
{
	refuses role -e '{"naawg_docker_variables": {"WEB_IMAGE": "x\nNAAWG_IMAGE=y"}}'
	says 'naawg_docker_variables of web has a line break'
	[ ! -e "$TMP/web" ] && [ ! -e "$TMP/here" ]
}
test_case "a variable that would begin another line is refused by name" line_break

lacking()
{
	local name

	for name in vault_wg_services_private_key vault_db_password; do
		write_vault "$name"
		refuses role
		write_vault
		says "$name"
		says 'run: (ansible-playbook .*generate_keys|naawg genkey .* ansible-vault)'
	done
	[ ! -e "$TMP/web" ] && [ ! -e "$TMP/here" ]
}
test_case "a vault without a key is refused, with the variable and the command" lacking

planned()
{
	role --check --diff
	recap web 'changed=[1-9].*failed=0'
	recap services 'changed=[1-9].*failed=0'
	no_secret "$TMP/said"
	same "$(containers here)$(containers web)" ""
	[ ! -e "$TMP/web" ]
}
test_case "check mode reports changes, and makes none" planned

# --- deployed ----------------------------------------------------------------------

all_services='mariadb app@10.101.0.3
redis PONG
http 200'

deploys()
{
	role || { on web unwell; on here unwell; return 1; }
	on web wait_for 120 is_healthy web
	same "$(on web opens_all)" "$all_services"
	same "$(on web docker ps --format '{{.Names}}' | sort | tr '\n' ' ')" \
		"naawg-web-web-1 naawg-web-wireguard-web-1 "
}
test_case "both profiles are deployed; web opens MariaDB, Redis and HTTP by the tunnel" deploys

again()
{
	role
	nothing_changed
	role --check --diff
	nothing_changed
}
test_case "another run changes nothing, and check mode says so" again

modes()
{
	same "$(stat -c '%a %U' "$TMP"/web/secrets)" "700 root"
	same "$(stat -c '%a %U' "$TMP"/{web,here}/secrets/* | sort -u)" "400 root"
	same "$(cd "$TMP/web/secrets" && echo *)" \
		"db_password preshared_key services_public_key web_private_key"
	same "$(cd "$TMP/here/secrets" && echo *)" \
		"db_password db_root_password preshared_key services_private_key web_public_key"
	no_secret "$TMP"/{web,here}/*.yml "$TMP"/{web,here}/.env
}
test_case "secrets are for root only, and no host has the private key of the other" modes

environment_of_web()
{
	local set

	set=$(on web docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' naawg-web-web-1)
	matches "$set" 'DATABASE_HOST=10.100.0.11'
	matches "$set" 'DATABASE_PASSWORD_FILE=/run/secrets/db_password'
	matches "$set" 'SERVICES_URL=http://10.100.0.11:8001'
}
test_case "the web container knows the database by the users' variables" environment_of_web

# --- changes -----------------------------------------------------------------------

# only_changed SERVER NAME...: of the containers in $TMP/before, these were made again
only_changed()
{
	same "$(join <(cat "$TMP/before.$1") <(containers "$1") | awk '$2 != $3 { print $1 }' | xargs)" \
		"${*:2}"
}

remember()
{
	containers here >"$TMP/before.here"
	containers web >"$TMP/before.web"
}

interfaces()
{
	cat >"$TMP/fleet/interfaces.yml" <<-INTERFACES
		naawg_interfaces:
		  - address: "{{ {'web': '10.100.0.10/24', 'services': '10.100.0.11/24'}[inventory_hostname] }}"
		    listen_port: 51820
		    endpoint: "{{ {'web': '', 'services': '192.0.2.1'}[inventory_hostname] }}"
		    forwards: "{{ {'web': [], 'services': [$1]}[inventory_hostname] }}"
		    peers:
		      - host: "{{ {'web': 'services', 'services': 'web'}[inventory_hostname] }}"
	INTERFACES
	cp "$TMP/fleet/interfaces.yml" "$TMP/fleet/group_vars/all.yml"
}

forward_goes()
{
	interfaces "'3306:tcp:10.101.0.2', '6379:tcp:10.101.0.4', '8001:tcp:10.101.0.5'"
	role
	nothing_changed
	remember
	interfaces "'3306:tcp:10.101.0.2', '8001:tcp:10.101.0.5'"
	role --check --diff
	recap web 'changed=0 .*failed=0'
	recap services 'changed=1 .*failed=0'
	only_changed here
	role
	recap web 'changed=0 .*failed=0'
	only_changed here naawg-services-wireguard-services-1
	only_changed web
	same "$(on here in_ct wireguard-services naawg forward wg0 list | grep -c tcp)" 2
	interfaces "'3306:tcp:10.101.0.2', '6379:tcp:10.101.0.4', '8001:tcp:10.101.0.5'"
	role
}
test_case "another forward makes only the tunnel's container of that host again" forward_goes

other_preshared_key()
{
	local -

	set +x
	KEYS[vault_wg_preshared_key]=$("$WG" genpsk)
	write_vault
}

# verify [ARGUMENT...]: compare the keys in the containers with those of the vault
verify()
{
	local rc=0

	ansible-playbook -i "$TMP/fleet/hosts.yml" -e naawg_hosts=all "$@" \
		"$repo/tools/ansible/playbooks/verify-wireguard-keys.yml" >"$TMP/said" 2>&1 || rc=$?
	tail -n 20 "$TMP/said"
	return "$rc"
}

verifies()
{
	verify -vvvv
	says 'All keys are right: 2 hosts verified'
	nothing_changed
	no_secret "$TMP/said"
}
test_case "the keys in both containers are verified" verifies

new_key()
{
	remember
	other_preshared_key
	refuses verify
	says 'use another preshared key than vault_wg_preshared_key of the vault'
	role -vvvv
	no_secret "$TMP/said"
	only_changed here naawg-services-wireguard-services-1
	# web is in the network of the container that was made again.
	only_changed web naawg-web-web-1 naawg-web-wireguard-web-1
	on web wait_for 120 is_healthy web
	same "$(on web opens_all)" "$all_services"
	verify
	role
	nothing_changed
}
test_case "another preshared key makes the tunnel's containers again; -vvvv has no secret" new_key

stopped()
{
	on here docker stop naawg-services-redis-1
	role --check
	recap services 'changed=1 .*failed=0'
	role
	recap services 'changed=1 .*failed=0'
	recap web 'changed=0 .*failed=0'
	same "$(on web opens_all)" "$all_services"
}
test_case "a stopped container is started again" stopped

broken()
{
	refuses role --limit services -e naawg_docker_wait=12 \
		-e '{"naawg_interfaces": [{"address": "10.100.0.11/24", "listen_port": 51820,
		"forwards": ["80:tcp:10.100.0.9"], "peers": [{"name": "web", "allowed_ips":
		["10.100.0.10/32"], "preshared_key": "{{ vault_wg_preshared_key }}",
		"public_key": "{{ vault_wg_web_private_key | naawg.naawg.public_key }}"}]}]}'
	no_secret "$TMP/said"
	says "wireguard-services on services is not healthy. Its last log line: entrypoint: WG_FORWARD_PORTS"
	role
	same "$(on web opens_all)" "$all_services"
}
test_case "a container that does not become healthy fails the run with its log line" broken

two_peers()
{
	refuses role --limit services -e '{"naawg_interfaces": [{"address": "10.100.0.11/24",
		"listen_port": 51820, "mtu": 1380, "dns": ["10.0.0.1"], "peers": []}]}'
	says 'Its peers are none, and it has of these options dns'
}
test_case "options that the image does not have are refused by name" two_peers
finish
