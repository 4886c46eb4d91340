#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# Two servers, each with a Docker daemon and its compose file of tools/container/compose/,
# and a cable between them; then the pair on one host; then the messages of a container
# with wrong variables.

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
test_case "two servers have a daemon and the images" both_start
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
	# The files that docs/container.md copies from one server to the other.
	cp "$TMP"/here/secrets/{services_public_key,preshared_key,db_password} "$TMP/web/secrets/"
	cp "$TMP/web/secrets/web_public_key" "$TMP/here/secrets/"
	[ ! -e "$TMP/web/secrets/services_private_key" ]
	[ ! -e "$TMP/here/secrets/web_private_key" ]
}
test_case "each makes its own keys" keys_travel

needs_host()
{
	(unset SERVICES_HOST; refuses on web compose production-web config) 2>&1 |
		tee "$TMP/said"
	grep SERVICES_HOST "$TMP/said"
}
test_case "the web server asks for SERVICES_HOST" needs_host

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
test_case "the web server's container opens MariaDB, Redis and HTTP through the tunnel" production

# Nothing but the tunnel's UDP port is open.
closed()
{
	local port

	for port in 3306 6379 8001; do
		refuses at web python3 -c "import socket; socket.create_connection(('192.0.2.1', $port), 5)"
	done
	same "$(on here docker ps --format '{{.Ports}}' | grep -o '0.0.0.0:[0-9]*' | sort -u)" 0.0.0.0:51820
}
test_case "the services publish nothing but the tunnel" closed

rebooted()
{
	on here docker restart "$(on here id_of wireguard-services)"
	on web wait_for 120 opens_all
	on web docker restart "$(on web id_of wireguard-web)"
	on web wait_for 240 opens_all
	on web wait_for 120 is_healthy web
}
test_case "a restart on either server heals" rebooted

taken_down()
{
	on web compose production-web down
	on here compose production-services down -v
	same "$(on here docker ps -aq)$(on web docker ps -aq)" ""
}
test_case "both servers are taken down" taken_down

# --- the pair on one host ------------------------------------------------------

opens_from_host()
{
	python3 "$selftests/docker/opens.py" 10.100.0.11 "$TMP/pair/secrets/db_password"
}

pair()
{
	COMPOSE=$TMP/pair
	DOCKER_HOST=unix://$STATE/here/sock "$COMPOSE/keys.sh"
	compose localhost up -d
	wait_for 120 is_healthy wireguard-web
	is_healthy wireguard-services
	same "$(in_ct wireguard-web naawg show wg0 endpoints | cut -f2)" 127.0.0.1:51821
	same "$(opens_from_host)" "mariadb app@10.101.0.3
redis PONG
http 200"
}
compose_dir pair
test_case "on one host, the host itself opens the services through the tunnel" pair

adopts()
{
	local before

	before=$(in_ct wireguard-web naawg show wg0 latest-handshakes)
	docker kill -s KILL "$(id_of wireguard-web)"
	ip link show wg0
	docker start "$(id_of wireguard-web)"
	wait_for 60 eval 'logs_of wireguard-web | grep -q "TUNNEL_ADOPTED | wg0"'
	wait_for 60 is_healthy wireguard-web
	[ "$(in_ct wireguard-web naawg show wg0 latest-handshakes)" = "$before" ] ||
		{ in_ct wireguard-web naawg show wg0 latest-handshakes; return 1; }
	opens_from_host
}
test_case "a link that a killed container left is taken over" adopts

new_one_adopts()
{
	docker rm -f "$(id_of wireguard-web)"
	ip link show wg0
	compose localhost up -d
	wait_for 60 eval 'logs_of wireguard-web | grep -q "TUNNEL_ADOPTED | wg0"'
	wait_for 60 is_healthy wireguard-web
	opens_from_host
}
test_case "a new container takes over such a link" new_one_adopts

pair_ends()
{
	docker stop "$(id_of wireguard-web)"
	same "$(docker inspect -f '{{.State.ExitCode}}' "$(id_of wireguard-web)")" 0
	logs_of wireguard-web | tail -n 1 | grep "TUNNEL_STOPPED | wg0"
	refuses eval 'logs_of wireguard-web | grep -i killed'
	refuses ip link show wg0
	compose localhost down -v
}
test_case "SIGTERM takes the link away" pair_ends

# --- variables -----------------------------------------------------------------

declare -A SET=(
	[WG_PRIVATE_KEY_FILE]=/keys/private
	[WG_PEER_PUBLIC_KEY_FILE]=/keys/public
	[WG_PRESHARED_KEY_FILE]=/keys/psk
	[WG_TUNNEL_ADDRESS]=10.100.0.10/24
	[WG_PEER_ADDRESS]=10.100.0.11/32
	[WG_PEER_ENDPOINT]=192.0.2.9:51820
)

# run_with NAME=VALUE...: a container with these instead, or, as NAME, without it
run_with()
{
	local -A set=()
	local name args=() -

	set +x
	for name in "${!SET[@]}"; do
		set[$name]=${SET[$name]}
	done
	for name; do
		case $name in
		*=*) set[${name%%=*}]=${name#*=} ;;
		*) unset "set[$name]" ;;
		esac
	done
	for name in "${!set[@]}"; do
		args+=(-e "$name=${set[$name]}")
	done
	docker run --rm --cap-drop ALL --cap-add NET_ADMIN -v "$TMP/keys:/keys:ro" \
		"${args[@]}" naawg >"$TMP/said" 2>&1
}

# named NAME[=VALUE]: the container ends at once with 1, and names the variable
named()
{
	local rc=0

	run_with "$1" || rc=$?
	cat "$TMP/said"
	same "$rc" 1
	same "$(wc -l <"$TMP/said")" 1
	grep -q "^entrypoint: ${1%%=*}" "$TMP/said"
	refuses grep -qF -e "$(cat "$TMP/keys/private")" -e "$(cat "$TMP/keys/psk")" "$TMP/said"
}

variables()
{
	local name value

	mkdir "$TMP/keys"
	"$WG" genkey >"$TMP/keys/private"
	"$WG" genkey | "$WG" pubkey >"$TMP/keys/public"
	"$WG" genpsk >"$TMP/keys/psk"
	"$WG" pubkey <"$TMP/keys/private" >"$TMP/keys/own"
	: >"$TMP/keys/empty"
	echo none >"$TMP/keys/short"
	for name in WG_PRIVATE_KEY_FILE WG_PEER_PUBLIC_KEY_FILE WG_TUNNEL_ADDRESS WG_PEER_ADDRESS; do
		named $name
		named $name=
	done
	for name in WG_PRIVATE_KEY_FILE WG_PEER_PUBLIC_KEY_FILE WG_PRESHARED_KEY_FILE; do
		for value in nowhere empty short; do
			named $name=/keys/$value
		done
	done
	named WG_PEER_PUBLIC_KEY_FILE=/keys/own
	for value in WG_TUNNEL_ADDRESS=10.100.0.256 WG_PEER_ADDRESS=10.100.0.11/33 \
		WG_PEER_ENDPOINT=192.0.2.9 WG_LISTEN_PORT=0 WG_MTU=x WG_LISTEN_PROT=51820 WG_FORWARD_PORTS=3306 \
		WG_FORWARD_INTERFACE=a/b WG_LOG_LEVEL=loud WG_INTERFACE=a/b \
		WG_FORWARD_PORTS=20-10:tcp:10.101.0.2 WG_FORWARD_PORTS=80:tcp:[fd00::5 \
		"WG_FORWARD_PORTS=80:tcp:10.101.0.2 dev" WG_FORWARD_PORTS=80:tcp:10.100.0.9 \
		"WG_FORWARD_PORTS=80:tcp:10.101.0.2 from web" $'WG_PEER_ADDRESS=10.100.0.11\nx'; do
		named "$value"
	done
}
test_case "every missing, empty or malformed variable is named" variables

# The same container runs with right variables, so the variable was the cause.
all_right()
{
	run_with &
	wait_for 60 eval '[ -n "$(docker ps -q)" ] && grep -q TUNNEL_STARTED "$TMP/said"'
	docker stop "$(docker ps -q)"
	wait $!
}
test_case "a container with all variables right runs and exits with 0" all_right
finish
