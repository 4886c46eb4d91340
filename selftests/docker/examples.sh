#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The files of tools/container/compose/ for less usual needs: both profiles in one file
# with a MariaDB outside of Docker, services that see the tunnel's addresses, a swarm.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/docker_lib.sh"

made()
{
	server here
	images
	image busybox:1 'RUN ln -s busybox /bin/ip'
	DOCKER_HOST=unix://$STATE/here/sock "$repo/tools/container/image.sh" "$DEB"
	DOCKER_HOST=unix://$STATE/here/sock "$COMPOSE/keys.sh"
}
compose_dir examples
test_case "a daemon runs, and images and keys are made" made
SERVERS=(here)

# The host's own address, where MariaDB listens, which is no container of that file.
HOST=192.0.2.1
ip link add outside type dummy
ip addr add $HOST/32 dev outside
ip link set outside up

outside_mariadb()
{
	docker run -d --name outside --network host -v "$COMPOSE/secrets:/run/secrets:ro" \
		-e MARIADB_DATABASE=app -e MARIADB_USER=app \
		-e MARIADB_PASSWORD_FILE=/run/secrets/db_password \
		-e MARIADB_ROOT_PASSWORD_FILE=/run/secrets/db_root_password mariadb:11
}

# The container names each variable that .env lacks.
asks()
{
	compose production --profile services --profile web up -d || :
	wait_for 60 eval 'logs_of wireguard-services | grep "entrypoint: WG_FORWARD_PORTS"'
	wait_for 60 eval 'logs_of wireguard-web | grep "entrypoint: WG_PEER_ENDPOINT"'
	compose production --profile services --profile web down
}
test_case "production.yml without .env says which variable is wrong" asks

one_file()
{
	outside_mariadb
	printf '%s\n' COMPOSE_PROFILES=services DATABASE_HOST=$HOST >"$COMPOSE/.env"
	compose production up -d
	same "$(docker ps -aq --filter label=com.docker.compose.service=web)" ""
	printf '%s\n' COMPOSE_PROFILES=web SERVICES_HOST=$HOST >"$COMPOSE/.env"
	compose production up -d
	wait_for 120 is_healthy web || { unwell; return 1; }
	wait_for 120 opens_all
	# MariaDB is outside: it sees the server's address on that path.
	opens_all >"$TMP/opened"
	cat "$TMP/opened"
	grep -q "^mariadb app@10\.101\.0\.3$\|^mariadb app@172\.20\.0\.3$" "$TMP/opened"
	grep -qx "http 200" "$TMP/opened"
	COMPOSE_PROFILES=web,services compose production down
	docker rm -f outside
	rm "$COMPOSE/.env"
}
test_case "each profile of production.yml starts its part; MariaDB is outside" one_file

# route_of: the route of the services' network to the tunnel
route_of()
{
	docker exec "$(id_of services-route)" ip route get 10.100.0.10 | grep "via 10.101.0.3"
}

asked_by()
{
	in_ct web python3 -c "import urllib.request as r; r.urlopen('http://10.100.0.11:8001/', timeout=20)"
	logs_of services | grep '"GET / HTTP' | tail -n 1
}

true_address()
{
	OVER=$COMPOSE/no-masquerade.yml
	compose development up -d
	wait_for 120 is_healthy web || { unwell; return 1; }
	asked_by | grep '^10\.100\.0\.10 '
	# This forward is masqueraded as before.
	opens_all | grep "mariadb app@10.101.0.3"
	# The route comes back with the network.
	docker restart "$(id_of services)"
	wait_for 120 route_of
	wait_for 120 asked_by
	asked_by | grep '^10\.100\.0\.10 '
	compose development down -v
}
test_case "with no-masquerade.yml the services see 10.100.0.10" true_address

# --- a swarm ---------------------------------------------------------------------

# task SERVICE: its container
task()
{
	docker ps -q --filter "label=com.docker.swarm.service.name=naawg_$1"
}

swarm_starts()
{
	local name node

	docker swarm init --advertise-addr $HOST
	node=$(docker node ls -q)
	docker node update --label-add tunnel-services=true --label-add tunnel-web=true "$node"
	for name in services_private services_public web_private web_public; do
		docker secret create wg_${name}_key "$COMPOSE/secrets/${name}_key"
	done
	docker secret create wg_preshared_key "$COMPOSE/secrets/preshared_key"
	SERVICES_HOST=127.0.0.1 docker stack deploy -c "$COMPOSE/swarm.yml" naawg
	wait_for 120 eval '[ -n "$(task wireguard-services)" ]'
	docker run -d --name behind --network naawg_services-net --ip 10.101.0.5 \
		python:3-slim python3 -m http.server --directory /srv 8001
	wait_for 120 docker exec "$(task wireguard-web)" /opt/wireguard/healthcheck.sh
}
test_case "swarm.yml makes a tunnel with the swarm's secrets" swarm_starts

swarm_opens()
{
	python3 -c "import urllib.request as r; r.urlopen('http://10.100.0.11:8001/', timeout=20)"
	docker run --rm python:3-slim \
		python3 -c "import urllib.request as r; r.urlopen('http://10.100.0.11:8001/', timeout=20)"
}
test_case "the host and its containers open the services through it" swarm_opens

swarm_ends()
{
	docker rm -f behind
	docker stack rm naawg
	wait_for 60 eval '[ -z "$(task wireguard-web)$(task wireguard-services)" ]'
	refuses ip link show wg0
	docker swarm leave --force
}
test_case "the stack can be removed" swarm_ends
finish
