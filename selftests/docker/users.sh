#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Compose files of users under a Docker daemon: the one for development unchanged, with
# its own names of images; the fragments for production; and the commands of the users'
# guides.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/docker_lib.sh"

REGISTRY=ghcr.io/jhbiostatcenter
export REGISTRY VERSION=latest
COMPOSE=$TMP/users

made()
{
	server here
	images
	DOCKER_HOST=unix://$STATE/here/sock "$repo/tools/container/image.sh" "$DEB"
	docker tag naawg $REGISTRY/naaccord/wireguard:latest
	image $REGISTRY/naaccord/services:latest \
		'CMD ["python3", "-m", "http.server", "--directory", "/srv", "8001"]'
	image $REGISTRY/naaccord/web:latest \
		'CMD ["python3", "-m", "http.server", "--directory", "/srv", "8000"]'
}
test_case "a daemon runs, and images with the users' names are made" made
SERVERS=(here)

# The users' commands are those of the image, which is called as wg.
wg()
{
	docker run --rm -i --network none --entrypoint wg naawg "$@"
}

keys_made()
{
	local dir=$COMPOSE/deploy/configs/wireguard/dev name

	cp -r "$selftests/docker/users" "$COMPOSE"
	mkdir -p "$dir" "$COMPOSE/deploy/secrets"
	umask 077
	for name in web services; do
		wg genkey >"$dir/$name-private.key"
		wg pubkey <"$dir/$name-private.key" >"$dir/$name-public.key"
		cp "$dir/$name-private.key" "$COMPOSE/deploy/secrets/wg_${name}_private_key"
		cp "$dir/$name-public.key" "$COMPOSE/deploy/secrets/wg_${name}_public_key"
	done
	wg genpsk >"$dir/preshared.key"
	cp "$dir/preshared.key" "$COMPOSE/deploy/secrets/wg_preshared_key"
	same "$(wc -c <"$dir/preshared.key")" 45
}
test_case "keys are made by the users' guide" keys_made

# behind NETWORK: the database and Redis, which are not in the users' file
behind()
{
	mkdir -p "$TMP/passwords"
	echo secret >"$TMP/passwords/db"
	docker run -d --name mariadb --network "$1" --ip 10.101.0.2 \
		-v "$TMP/passwords:/run/secrets:ro" -e MARIADB_DATABASE=app -e MARIADB_USER=app \
		-e MARIADB_PASSWORD_FILE=/run/secrets/db \
		-e MARIADB_ROOT_PASSWORD_FILE=/run/secrets/db mariadb:11
	docker run -d --name redis --network "$1" --ip 10.101.0.4 redis:7
}

# opens: the program in web
opens()
{
	in_ct web sh -c 'mkdir -p /run/secrets; echo secret >/run/secrets/db_password'
	opens_all
}

carries()
{
	# MariaDB starts slowly.
	wait_for 120 opens
	same "$(opens)" "mariadb app@10.101.0.3
redis PONG
http 200"
}

development()
{
	compose docker-compose up -d
	wait_for 120 is_healthy wireguard-web || { unwell; return 1; }
	wait_for 120 is_healthy wireguard-services
	behind users_services-net
	carries
}
test_case "the users' development file runs unchanged" development

# command CONTAINER COMMAND...
command()
{
	docker exec "naaccord-$1" "${@:2}"
}

commands()
{
	local name

	command wireguard-web ping -c 3 10.100.0.11
	command wireguard-services ping -c 3 10.100.0.10
	command wireguard-web ping -M do -c 1 -s 1372 10.100.0.11
	for name in wireguard-web wireguard-services; do
		[ "$(command $name wg show wg0 latest-handshakes | cut -f2)" -gt 0 ]
		command $name wg show | grep "transfer:"
		command $name wg show wg0 transfer
		command $name /opt/wireguard/healthcheck.sh
	done
	same "$(command wireguard-web wg show wg0 peers)" \
		"$(cat "$COMPOSE/deploy/configs/wireguard/dev/services-public.key")"
	same "$(command wireguard-services wg show wg0 listen-port)" 51820
	in_ct web python3 -c "import socket; s = socket.socket(); print(s.connect_ex(('10.100.0.11', 3306)))" |
		grep -x 0
	in_ct services python3 -c "import socket; s = socket.socket(); print(s.connect_ex(('10.101.0.2', 3306)))" |
		grep -x 0
}
test_case "the commands of their guide work: wg, ping, python" commands

ends()
{
	local name

	docker stop naaccord-wireguard-web naaccord-wireguard-services
	for name in wireguard-web wireguard-services; do
		logs_of $name
		same "$(docker inspect -f '{{.State.ExitCode}}' "naaccord-$name")" 0
		logs_of $name | tail -n 1 | grep TUNNEL_STOPPED
		refuses eval "logs_of $name | grep -i killed"
	done
	docker rm -f mariadb redis
	compose docker-compose down
}
test_case "the containers stop without a complaint" ends

# profiles ARGS...: both of production, on one server
production()
{
	compose docker-compose.prod --profile web --profile services "$@"
}

fragments()
{
	production up -d
	wait_for 120 is_healthy wireguard-services
	wait_for 60 in_ct wireguard-web /opt/wireguard/healthcheck.sh
	behind users_wireguard
	carries
	docker rm -f mariadb redis
	production down
}
test_case "the fragments for production make a tunnel, with secrets found by name" fragments

refused()
{
	local name

	export SUBNET=10.100.0.0/24 WEB=10.100.0.10 SERVICES=10.100.0.11 PROGRAM=10.100.0.12
	# web cannot start without its network
	production up -d || :
	for name in wireguard-web wireguard-services; do
		wait_for 60 eval '[ "$(docker inspect -f "{{.State.Status}}" "$(id_of '$name')")" = exited ]'
		logs_of $name
		same "$(docker inspect -f '{{.State.ExitCode}}' "$(id_of $name)")" 1
		logs_of $name | grep "WG_TUNNEL_ADDRESS: .* 10.100.0.0/24 .* eth0, 10.100.0.0/24: .* Docker network"
	done
	production down
}
test_case "containers whose network is the tunnel's are refused, and both networks are named" refused
finish
