#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# The image and tools/container/compose/development.yml under a real Docker daemon, from
# `make image` to `compose down`: the web container opens MariaDB, Redis and HTTP through
# the tunnel, tunnel containers die and are made again, and keys are wrong. The images are
# made from a local root file system, and nothing is pulled.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/docker_lib.sh"

test_case "a Docker daemon starts" server here
SERVERS=(here)
test_case "images are made from a local root file system" images
# image.sh looks for a docker in PATH.
export DOCKER_HOST=unix://$STATE/here/sock
test_case "image.sh makes the image of the package" "$repo/tools/container/image.sh" "$DEB"
compose_dir development
# Health is asked for more often, to wait less. servers.sh takes the files as they are.
OVER=$TMP/often.yml
for name in mariadb redis services wireguard-services wireguard-web web; do
	printf '  %s:\n    healthcheck: { interval: 5s }\n' $name
done | sed '1i services:' >"$OVER"

no_extras()
{
	docker run --rm --network none --entrypoint sh naawg -ec '
		naawg --version
		for program in iptables nft modprobe insmod ip; do
			! command -v $program || { echo "there is $program"; exit 1; }
		done'
}
test_case "the image has the tool, and no iptables, nft or modprobe" no_extras

keys_made()
{
	local name

	install -d -m 755 "$COMPOSE/secrets"
	"$COMPOSE/keys.sh"
	for name in services web; do
		"$WG" pubkey --check "$COMPOSE/secrets/${name}_public_key" \
			<"$COMPOSE/secrets/${name}_private_key"
		same "$(stat -c %a "$COMPOSE/secrets/${name}_private_key")" 400
	done
	same "$(stat -c %a "$COMPOSE/secrets")" 700
	sha256sum "$COMPOSE"/secrets/* >"$TMP/sums"
	"$COMPOSE/keys.sh"
	sha256sum -c "$TMP/sums"
	same "$(find "$COMPOSE/secrets" -type f | wc -l)" 7
	# A new private key comes with its public one.
	rm "$COMPOSE/secrets/web_private_key"
	"$COMPOSE/keys.sh" web
	"$WG" pubkey --check "$COMPOSE/secrets/web_public_key" \
		<"$COMPOSE/secrets/web_private_key"
}
test_case "keys.sh makes keys with the tool of the image, once" keys_made

comes_up()
{
	compose development up -d || { unwell; return 1; }
	wait_for 120 is_healthy web
	is_healthy wireguard-services
	is_healthy wireguard-web
}
test_case "compose up ends with every health check green" comes_up

through()
{
	opens_all >"$TMP/opened"
	cat "$TMP/opened"
	# The forward masquerades: MariaDB sees the tunnel's container.
	same "$(cat "$TMP/opened")" "mariadb app@10.101.0.3
redis PONG
http 200"
	in_ct wireguard-services naawg forward wg0 list >"$TMP/forwards"
	same "$(grep -c '# [1-9][0-9]* connections' "$TMP/forwards")" 3
	# Its published port is the tunnel container's.
	python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8000), 20)'
}
test_case "the web container opens MariaDB, Redis and HTTP through the tunnel" through

# restarts_of SERVICE: how often Docker started it again
restarts_of()
{
	docker inspect -f '{{.RestartCount}}' "$(id_of "$1")"
}

# web has its neighbour's network, where only the tunnel leads there. Its requests fail,
# but it goes on.
no_way_around()
{
	local before

	before=$(restarts_of web)
	in_ct wireguard-web naawg set wg0 peer \
		"$(cat "$COMPOSE/secrets/services_public_key")" remove
	refuses opens_all
	wait_for 120 eval '[ "$(health_of web)" = unhealthy ]'
	same "$(restarts_of web)" "$before"
	docker restart "$(id_of wireguard-web)"
	wait_for 120 opens_all
}
test_case "there is no other way to the services" no_way_around

known_commands()
{
	in_ct wireguard-web ping -c 1 -W 5 10.100.0.11
	in_ct wireguard-services ping -c 1 -W 5 10.100.0.10
	in_ct wireguard-web wg show | grep "transfer:"
	[ "$(in_ct wireguard-web wg show wg0 latest-handshakes | cut -f2)" -gt 0 ]
	# neither program gets more than its container has
	in_ct wireguard-web sh -c 'stat -Lc %a /usr/bin/ping /usr/bin/wg' | sort -u >"$TMP/modes"
	same "$(cat "$TMP/modes")" 755
}
test_case "wg and ping work in the containers without further privileges" known_commands

capabilities()
{
	local name

	for name in wireguard-services wireguard-web; do
		# NET_ADMIN is the 12th bit.
		in_ct "$name" grep '^Cap[PEB]' /proc/1/status >"$TMP/caps"
		same "$(awk '{ print $2 }' "$TMP/caps" | sort -u)" 0000000000001000
		same "$(docker inspect -f '{{.HostConfig.Privileged}} {{.HostConfig.Devices}}' \
			"$(id_of $name)")" "false []"
	done
}
test_case "NET_ADMIN is the one capability the tunnel's containers have" capabilities

audit_lines()
{
	local peer name secret

	peer=$(cat "$COMPOSE/secrets/web_public_key")
	wait_for 60 eval "logs_of wireguard-services | grep -qF 'PEER_HANDSHAKE | $peer'"
	logs_of wireguard-services >"$TMP/logs"
	grep "NAAWG_AUDIT | TUNNEL_STARTED | wg0 | 10.100.0.11/24 | $(cat "$COMPOSE/secrets/services_public_key")" "$TMP/logs"
	same "$(grep -c 'NAAWG_AUDIT | PORT_FORWARDING_CONFIGURED | ' "$TMP/logs")" 3
	logs_of wireguard-web | grep "TUNNEL_STARTED | wg0 | 10.100.0.10/24"
	{
		for name in wireguard-services wireguard-web; do
			logs_of $name
			docker inspect "$(id_of $name)"
		done
		cat $STATE/here/log
		cat /proc/[0-9]*/{cmdline,environ} || :
	} >"$TMP/all"
	for secret in services_private web_private preshared; do
		refuses grep -qaF "$(cat "$COMPOSE/secrets/${secret}_key")" "$TMP/all"
	done
}
test_case "an audit line for each event, and no secret in a log, docker inspect or argv" audit_lines

# dies SERVICE: as by a crash, not by Docker
dies()
{
	local pid

	pid=$(docker inspect -f '{{.State.Pid}}' "$(id_of "$1")")
	kill -9 "$pid"
	wait_for 60 [ ! -e "/proc/$pid" ]
}

heals_death()
{
	local before

	dies wireguard-services
	wait_for 120 opens_all
	same "$(restarts_of wireguard-services)" 1
	before=$(restarts_of web)
	dies wireguard-web
	# The container in its network ends as well, as it has no network.
	wait_for 240 eval '[ "$(restarts_of web)" -gt '"$before"' ]'
	wait_for 120 opens_all
	wait_for 120 is_healthy web
}
test_case "a tunnel container that dies is started again, and the stack heals" heals_death

heals_recreation()
{
	local services web

	services=$(id_of wireguard-services)
	compose development up -d --force-recreate wireguard-services
	[ "$(id_of wireguard-services)" != "$services" ]
	wait_for 120 opens_all
	web=$(id_of wireguard-web)
	docker rm -f "$web"
	compose development up -d
	[ "$(id_of wireguard-web)" != "$web" ]
	wait_for 120 is_healthy wireguard-web
	wait_for 120 opens_all
	wait_for 120 is_healthy web
}
test_case "tunnel containers are made anew, and the stack heals" heals_recreation

# wrong FILE OTHER REGEX: wireguard-web, with the contents of OTHER as secret FILE,
# turns red and says why
wrong()
{
	local keep OVER=$TMP/soon.yml

	printf 'services:\n  wireguard-web:\n    healthcheck: { interval: 5s, start_period: 10s }\n' >"$OVER"
	keep=$(cat "$COMPOSE/secrets/$1")
	chmod 600 "$COMPOSE/secrets/$1"
	cp "$2" "$COMPOSE/secrets/$1"
	refuses compose development up -d --force-recreate wireguard-web web
	same "$(health_of wireguard-web)" unhealthy
	said_by wireguard-web
	[[ $(said_by wireguard-web) =~ ^"wg0: peer ".*"no handshake was ever completed; "($3) ]]
	echo "$keep" >"$COMPOSE/secrets/$1"
}

wrong_keys()
{
	local silence="nothing ever came back|newest reason: (unanswered|given-up)"

	"$WG" genkey >"$TMP/other"
	"$WG" pubkey <"$TMP/other" >"$TMP/other.pub"
	wrong services_public_key "$TMP/other.pub" "$silence"
	in_ct wireguard-services naawg stats wg0 | grep bad-mac1
	wrong web_private_key "$TMP/other" "$silence"
	in_ct wireguard-services naawg stats wg0 | grep unknown-peer
	wrong preshared_key "$TMP/other" "$silence|newest reason: bad-response"
	in_ct wireguard-web naawg stats wg0 | grep bad-response
}
test_case "the health check is red with wrong keys and has the reason" wrong_keys

green_again()
{
	compose development up -d --force-recreate wireguard-web web
	wait_for 120 is_healthy web
	opens_all
}
test_case "the health check is green again with the right keys" green_again

ends()
{
	docker stop "$(id_of wireguard-services)"
	same "$(docker inspect -f '{{.State.ExitCode}}' "$(id_of wireguard-services)")" 0
	logs_of wireguard-services | tail -n 1 | grep "TUNNEL_STOPPED | wg0"
	compose development down -v
	same "$(docker ps -aq)" ""
}
test_case "SIGTERM ends a tunnel cleanly, and compose down removes everything" ends
finish
