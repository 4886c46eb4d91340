#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# Two servers, each with a Docker daemon and its compose file of
# tools/container/compose/, and a cable between them: keys, a name for the other
# server, traffic through the tunnel, what is open beside it, a restart.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/docker_lib.sh"

# The web server is a namespace: "on web COMMAND..."
hosts web
ip link add to-web type veth peer name eth0 netns "${NS[web]}"
ip addr add 192.0.2.1/24 dev to-web
ip link set to-web up
address web eth0 192.0.2.2/24
ipat web link set eth0 up
ipat web link set lo up

both_start()
{
	server here
	images
	DOCKER_HOST=unix://$STATE/here/sock "$repo/tools/container/image.sh" "$DEB"
	server web nsenter "--net=/run/netns/${NS[web]}"
	docker save debian:bookworm-slim python:3-slim naawg >"$TMP/images.tar"
	SERVER=web docker load -i "$TMP/images.tar"
	rm "$TMP/images.tar"
}
case_of "two servers have a daemon and the images" both_start
SERVERS=(here web)

# on SERVER COMMAND...
on()
{
	SERVER=$1 COMPOSE=$TMP/$1 DOCKER_HOST=unix://$STATE/$1/sock "${@:2}"
}

keys_travel()
{
	compose_dir here
	compose_dir web
	on here "$TMP/here/keys.sh" services preshared
	on web "$TMP/web/keys.sh" web
	# What docs/container.md has copied from one to the other.
	cp "$TMP"/here/secrets/{services_public_key,preshared_key,db_password} "$TMP/web/secrets/"
	cp "$TMP/web/secrets/web_public_key" "$TMP/here/secrets/"
	[ ! -e "$TMP/web/secrets/services_private_key" ]
	[ ! -e "$TMP/here/secrets/web_private_key" ]
}
case_of "each makes its own keys" keys_travel

needs_host()
{
	(unset SERVICES_HOST; refuses on web compose production-web config) 2>&1 |
		tee "$TMP/said"
	grep SERVICES_HOST "$TMP/said"
}
case_of "the web server asks for SERVICES_HOST" needs_host

production()
{
	on here compose production-services up -d
	echo SERVICES_HOST=192.0.2.1 >"$TMP/web/.env"
	on web compose production-web up -d
	on web wait_for 120 is_healthy web
	same "$(on web opens_all)" "mariadb app@10.101.0.3
redis PONG
http 200"
	on web logs_of wireguard-web | grep PEER_HANDSHAKE
}
case_of "the web server's container opens MariaDB, Redis and HTTP through the tunnel" production

# Nothing but the tunnel's UDP port is open.
closed()
{
	local port

	for port in 3306 6379 8001; do
		refuses at web python3 -c "import socket; socket.create_connection(('192.0.2.1', $port), 5)"
	done
	same "$(on here docker ps --format '{{.Ports}}' | grep -o '0.0.0.0:[0-9]*' | sort -u)" 0.0.0.0:51820
}
case_of "the services publish nothing but the tunnel" closed

rebooted()
{
	on here docker restart "$(on here id_of wireguard-services)"
	on web wait_for 120 opens_all
	on web docker restart "$(on web id_of wireguard-web)"
	on web wait_for 240 opens_all
	on web wait_for 120 is_healthy web
}
case_of "a restart on either server heals" rebooted

the_end
