# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Docker daemons and the compose files of tools/container/compose/. A server is a daemon
# with its own network namespace, images and containers; "here" runs in the guest's own.
# docker and compose speak to $SERVER. Both ends of a tunnel are naawg:
#
#	+- server web ------------------+      +- server here ----------------------------+
#	|  container web                |      |                 mariadb  10.101.0.2 -+   |
#	|    | in the network of        |      |                 redis    10.101.0.4 -+   |
#	|  container wireguard-web      |      |                 services 10.101.0.5 -+   |
#	|    |                          |      |                                      |   |
#	|    |                          |      |  container wireguard-services        |   |
#	|   wg0 10.100.0.10 <===========|======|==> wg0 10.100.0.11    10.101.0.3 ----+   |
#	|                               |      |    with the forwards  services-net       |
#	|  192.0.2.2 <------------------|------|--> 192.0.2.1, port 51820                 |
#	+-------------------------------+      +------------------------------------------+
#
# development.yml and localhost.yml have both ends on one server.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
# shellcheck source=selftests/docker/images.sh
. "$(dirname "${BASH_SOURCE[0]}")/images.sh"

# They write into /var/lib and the firewall, so not on anybody's machine.
[ -n "${NAAWG_VM:-}" ] || skip_all "only in the guest of selftests/vm/boot.sh"
need_module naawg overlay bridge veth nft_compat xt_addrtype xt_MASQUERADE
need_tool iptables nsenter

# Files in the cache have a name that contains the sum of their recipe.
of_recipe()
{
	printf '%s/docker/%s-%s%s\n' "${NAAWG_CACHE:-/var/cache/naawg}" "$1" \
		"$(sha256sum "$selftests/docker/$2" | cut -c 1-12)" "${3:-}"
}

DAEMON=$(of_recipe daemon daemon)
BASE_TAR=$(of_recipe bookworm rootfs .tar)
DEB=$selftests/out/docker/naawg.deb
[ -x "$DAEMON/dockerd" ] || skip_all "no Docker at $DAEMON: run selftests/docker/daemon"
[ -r "$BASE_TAR" ] || skip_all "no root file system at $BASE_TAR: run selftests/docker/rootfs"
[ -r "$DEB" ] || skip_all "no package at $DEB: run make -C selftests/docker"
PATH=$DAEMON:$PATH
STATE=/run/naawg-docker
SERVERS=()
SERVER=here
OVER=
export DOCKER_CONFIG=$TMP/docker-config
mkdir -p "$DOCKER_CONFIG/cli-plugins"
ln -s "$DAEMON/docker-compose" "$DOCKER_CONFIG/cli-plugins/"

docker()
{
	timeout 280 "$DAEMON/docker" -H "unix://$STATE/$SERVER/sock" "$@"
}

# compose FILE ARGS...: a file of the directory $COMPOSE, and $OVER on top of it
compose()
{
	local file=$1

	shift
	docker compose --progress quiet -f "$COMPOSE/$file.yml" ${OVER:+-f "$OVER"} "$@"
}

# server NAME [COMMAND...]: starts a daemon; the command puts it into its network
server()
{
	local dir=$STATE/$1

	SERVERS+=("$1")
	shift
	mkdir -p "$dir/data"
	mount -t tmpfs -o mode=755 none "$dir/data"
	"$@" dockerd -H "unix://$dir/sock" --data-root "$dir/data" --exec-root "$dir/run" \
		--pidfile "$dir/pid" --storage-driver overlay2 --init-path "$DAEMON/tini" \
		--userland-proxy-path "$DAEMON/docker-proxy" >"$dir/log" 2>&1 &
	BACKGROUND+=($!)
	wait_for 120 eval "SERVER=${dir##*/} docker info"
}

# The daemon ends its containers itself, but not when it is killed.
docker_cleanup()
{
	local pid all

	for SERVER in "${SERVERS[@]}"; do
		all=$(docker ps -aq)
		# shellcheck disable=SC2086 # one word per container
		[ -z "$all" ] || docker rm -f $all
		pid=$(cat "$STATE/$SERVER/pid")
		kill "$pid"
		wait_for 60 eval "! kill -0 $pid"
		umount -l "$STATE/$SERVER/data"
	done
	rm -rf "$STATE"
}
defer docker_cleanup

# compose_dir NAME: a copy of the compose files; COMPOSE names its directory
compose_dir()
{
	COMPOSE=$TMP/$1
	cp -r "$repo/tools/container/compose" "$COMPOSE"
	rm -rf "$COMPOSE/secrets"
}

# id_of SERVICE: its container, in any project
id_of()
{
	docker ps -aq --filter "label=com.docker.compose.service=$1"
}

in_ct()
{
	docker exec -i "$(id_of "$1")" "${@:2}"
}

health_of()
{
	docker inspect -f '{{.State.Health.Status}}' "$(id_of "$1")"
}

is_healthy()
{
	[ "$(health_of "$1")" = healthy ]
}

# said_by SERVICE: the output of its last health check
said_by()
{
	docker inspect -f '{{range .State.Health.Log}}{{println .Output}}{{end}}' \
		"$(id_of "$1")" | grep . | tail -n 1
}

# unwell: the output of containers that are not healthy
unwell()
{
	local name

	set +x
	for name in $(docker ps -a --filter health=unhealthy --format '{{.Names}}'); do
		echo "$name:"
		docker logs "$name" 2>&1 | tail -n 5
		docker inspect -f '{{range .State.Health.Log}}{{println .Output}}{{end}}' "$name" |
			grep . | tail -n 3
	done
}

logs_of()
{
	docker logs "$(id_of "$1")" 2>&1
}

# opens_all: the web container opens all three services at one address
opens_all()
{
	in_ct web python3 - 10.100.0.11 <"$selftests/docker/opens.py"
}
