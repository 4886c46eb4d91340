#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# `docker exec CONTAINER naawg diag` in both tunnel containers of
# tools/container/compose/development.yml: it finds nothing while the tunnel works, and
# names what is wrong after that.

# shellcheck source=selftests/docker/docker_lib.sh
. "$(dirname "$0")/docker_lib.sh"

test_case "a Docker daemon starts" server here
SERVERS=(here)
test_case "images are made from a local root file system" images
export DOCKER_HOST=unix://$STATE/here/sock
test_case "image.sh makes the image of the package" "$repo/tools/container/image.sh" "$DEB"
compose_dir development

# diagnosis SIDE [OPTIONS]: what naawg diag says in a tunnel container
diagnosis()
{
	in_ct "wireguard-$1" naawg diag wg0 "${@:2}"
}

# first SIDE [OPTIONS]: the name of its first finding
first()
{
	diagnosis "$@" --json | $PY -c '
import json, sys
found = json.load(sys.stdin)["interfaces"][0]["findings"]
print(found[0]["id"] if found else "")'
}

# names SIDE ID [OPTIONS]: within the time of a few handshakes, this comes first
names()
{
	local side=$1 id=$2

	shift 2
	wait_for 40 eval '[ "$(first "$side" "$@")" = "$id" ]' || :
	diagnosis "$side" "$@" || :
	same "$(first "$side" "$@")" "$id"
	diagnosis "$side" "$@" | grep -F "[$id]: "
}

up()
{
	compose development up -d --force-recreate wireguard-services wireguard-web
}

healthy()
{
	install -d -m 755 "$COMPOSE/secrets"
	"$COMPOSE/keys.sh"
	cp -a "$COMPOSE/secrets" "$TMP/right"
	up
	wait_for 60 in_ct wireguard-web ping -c 1 -W 1 10.100.0.11
	wait_for 30 diagnosis services
	diagnosis web
	same "$(first web)$(first services)" ""
	# Docker lets each container send pings. Its name server has no other one to ask here.
	[[ $(first web --probe) =~ ^(name-server)?$ ]]
}
test_case "nothing is wrong in either container of a tunnel that works" healthy

(umask 077; "$WG" genkey >"$TMP/other")
"$WG" pubkey <"$TMP/other" >"$TMP/other.pub"

# with FILE OTHER: both anew, wireguard-web with the contents of OTHER as secret FILE. The new
# wireguard-services does not know the address of web, and remembers no caller.
with()
{
	compose development rm -fs wireguard-web
	cp -a "$TMP/right/." "$COMPOSE/secrets/"
	compose development up -d --force-recreate wireguard-services
	# it has read its secrets then
	wait_for 60 eval 'in_ct wireguard-services naawg show wg0 peers | grep -q .'
	chmod 600 "$COMPOSE/secrets/$1"
	cat "$2" >"$COMPOSE/secrets/$1"
	chmod 400 "$COMPOSE/secrets/$1"
	compose development up -d wireguard-web
}

wrong_key_of_services()
{
	with services_public_key "$TMP/other.pub"
	names services our-key-wrong-there
	diagnosis services | grep -F "$(cat "$TMP/right/services_public_key")"
	names web no-answer
}
test_case "a wrong public key in web is named in services" wrong_key_of_services

wrong_key_of_web()
{
	with web_private_key "$TMP/other"
	names services their-key-wrong
	diagnosis services | grep -F "$(cat "$TMP/other.pub")"
	diagnosis services | grep -F "$(cat "$TMP/right/web_public_key")"
	names web no-answer
	in_ct wireguard-services naawg show wg0 --json >"$TMP/services.json"
	in_ct wireguard-web sh -c 'cat >/tmp/services.json' <"$TMP/services.json"
	names web our-key-unknown --pair /tmp/services.json
}
test_case "a public key that was not derived is named in services, and with --pair in web" \
	wrong_key_of_web

wrong_psk()
{
	with preshared_key "$TMP/other"
	names web preshared-key
	names services answer-lost
}
test_case "different preshared keys are named in both" wrong_psk

# in_net SERVICE COMMAND...: from outside, as the image has no ip
in_net()
{
	nsenter -t "$(docker inspect -f '{{.State.Pid}}' "$(id_of "$1")")" -n "${@:2}"
}

settings()
{
	cp -a "$TMP/right/." "$COMPOSE/secrets/"
	up
	wait_for 60 diagnosis services
	in_net wireguard-services sysctl -w net.ipv4.ip_forward=0
	names services ip-forward-off
	in_net wireguard-services sysctl -w net.ipv4.ip_forward=1
	in_net wireguard-web ip link set wg0 down
	names web link-down
	in_net wireguard-web ip link set wg0 up
	# MariaDB was not started.
	names services forward-no-answer --probe
	diagnosis services --probe | grep -F 3306
}
test_case "forwarding that is off, an interface that is down and a missing service are named" \
	settings

ends()
{
	compose development down -v
}
test_case "compose down removes everything" ends
finish
