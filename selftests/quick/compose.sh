#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# cpus: 2
#
# The container's entrypoint with the compose files of users: the variables and secrets of
# a pair, web and services, and the users' commands. Containers are namespaces here, with
# three hosts behind that of the services. On two processors, the first process of a
# container and the processes it ends run at the same time.
#
#	+- web (container) --------+    +- services (container) ----+    +- back ---------+
#	|  wg0 (naawg) <===========|====|==> wg0 (naawg), forwards  |    |                |
#	|  eth0 172.20.0.2/24 <----|----|--> eth1 172.20.0.3/24     |    |  eth0          |
#	|                          |    |    eth0 10.101.0.3/24 <---|----|> 10.101.0.2/24 |
#	+--------------------------+    +---------------------------+    |  10.101.0.4/24 |
#	                                                                 |  10.101.0.5/24 |
#	                                                                 +----------------+

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

need_tool unshare
mkdir "$TMP/bin" "$TMP/keys"
for name in naawg naawg-quick wg; do
	ln -s "$WG" "$TMP/bin/$name"
done
PATH=$TMP/bin:$PATH
mkdir -p /run/secrets

# The tunnel's ends meet in one network, the services have another one as eth0.
hosts web services back
wire web eth0 services eth1
wire services eth0 back eth0
address web eth0 172.20.0.2/24
address services eth1 172.20.0.3/24
address services eth0 10.101.0.3/24
address back eth0 10.101.0.2/24 10.101.0.4/24 10.101.0.5/24
sysctl_at services net.ipv4.ip_forward=1
for host in web services; do
	mkdir -p "/etc/netns/${NS[$host]}"
	defer rm -rf "/etc/netns/${NS[$host]}"
	echo "172.20.0.3 wireguard-services
172.20.0.2 wireguard-web" >"/etc/netns/${NS[$host]}/hosts"
done

keys web services
psk shared
for name in web services; do
	cp "$TMP/$name.key" "$TMP/keys/wg_${name}_private_key"
	echo "${PUB[$name]}" >"$TMP/keys/wg_${name}_public_key"
done
cp "$TMP/shared.psk" "$TMP/keys/wg_preshared_key"

# secrets HOST NAME...: what its container has in /run/secrets
secrets()
{
	local dir=$TMP/secrets-$1 name

	shift
	rm -rf "$dir"
	mkdir "$dir"
	for name; do
		cp "$TMP/keys/$name" "$dir/"
	done
}

of_web=(wg_web_private_key wg_services_public_key wg_preshared_key)
of_services=(wg_services_private_key wg_web_public_key wg_preshared_key)
secrets web "${of_web[@]}"
secrets services "${of_services[@]}"

# The paths of keys in the users' development file, and its other settings.
files_web=(
	WG_PRIVATE_KEY_FILE=/run/secrets/wg_web_private_key
	WG_PEER_PUBLIC_KEY_FILE=/run/secrets/wg_services_public_key
	WG_PRESHARED_KEY_FILE=/run/secrets/wg_preshared_key
)
files_services=(
	WG_PRIVATE_KEY_FILE=/run/secrets/wg_services_private_key
	WG_PEER_PUBLIC_KEY_FILE=/run/secrets/wg_web_public_key
	WG_PRESHARED_KEY_FILE=/run/secrets/wg_preshared_key
)
rest_web=(
	WG_TUNNEL_ADDRESS=10.100.0.10/24
	WG_PEER_ADDRESS=10.100.0.11
	WG_PEER_ENDPOINT=wireguard-services:51820
)
rest_services=(
	WG_TUNNEL_ADDRESS=10.100.0.11/24
	WG_PEER_ADDRESS=10.100.0.10
	"WG_FORWARD_PORTS=3306:tcp:10.101.0.2 6379:tcp:10.101.0.4 8001:tcp:10.101.0.5"
	WG_FORWARD_INTERFACE=eth0
)

# entry HOST NAME=VALUE...: the entrypoint on a host, with the secrets of that host
entry()
{
	# shellcheck disable=SC2016 # for the other shell
	at "$1" unshare -m sh -c 'mount --bind "$0" /run/secrets; echo $$ >"$1"; shift; exec env "$@"' \
		"$TMP/secrets-$1" "$TMP/$1.pid" "${@:2}" "$repo/tools/container/entrypoint"
}

# begin HOST NAME=VALUE...: the same in the background, with its output in $TMP/HOST.log
begin()
{
	rm -f "$TMP/$1.pid"
	entry "$@" >"$TMP/$1.log" 2>&1 &
	wait_for 30 [ -s "$TMP/$1.pid" ]
}

ended()
{
	! kill -0 "$(cat "$TMP/$1.pid")"
}

# stop HOST...
stop()
{
	local host

	for host; do
		kill -TERM "$(cat "$TMP/$host.pid")"
	done
	for host; do
		wait_for 30 ended "$host"
	done
}

healthy()
{
	at "$1" "$repo/tools/container/healthcheck.sh"
}

# pair: until both are green, whichever comes first
pair()
{
	wait_for 60 healthy web || { cat "$TMP"/*.log; return 1; }
	wait_for 60 healthy services
	ping_ok web 10.100.0.11
	ping_ok services 10.100.0.10
}

tunnels()
{
	begin services "${files_services[@]}" "${rest_services[@]}"
	begin web "${files_web[@]}" "${rest_web[@]}"
	pair
	same "$(at services wg show wg0 listen-port)" 51820
	same "$(at web wg show wg0 listen-port)" 51820
}
test_case "the users' development file makes a tunnel with port 51820" tunnels

commands()
{
	local host

	for host in web services; do
		[ "$(at $host wg show wg0 latest-handshakes | cut -f2)" -gt 0 ]
		at $host wg show | grep "transfer: [0-9.]* [KM]*i*B received, [0-9.]* [KM]*i*B sent"
		at $host wg show wg0 transfer
	done
	for host in web services; do
		at $host naawg showconf wg0 | grep -x "AnswerUnreachable = yes"
	done
	same "$(at web wg show wg0 peers)" "${PUB[services]}"
	same "$(at services naawg forward wg0 list | cut -f1)" "3306:tcp:10.101.0.2 dev eth0
6379:tcp:10.101.0.4 dev eth0
8001:tcp:10.101.0.5 dev eth0"
}
test_case "the users' commands show the tunnel" commands

# Each host behind the services prints the address of the client.
through()
{
	background back $PY -c '
import selectors, socket
ready = selectors.DefaultSelector()
for to in (("10.101.0.2", 3306), ("10.101.0.4", 6379), ("10.101.0.5", 8001)):
    ready.register(socket.create_server(to), selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in ready.select():
        caller, where = key.fileobj.accept()
        caller.sendall(f"{where[0]} {caller.getsockname()[0]}".encode())
        caller.close()' >"$TMP/back.log"
	wait_for 30 grep -q ready "$TMP/back.log"
	same "$(at web $PY -c '
import socket
for port in (3306, 6379, 8001):
    print(socket.create_connection(("10.100.0.11", port), 20).recv(99).decode())')" \
		"10.101.0.3 10.101.0.2
10.101.0.3 10.101.0.4
10.101.0.3 10.101.0.5"
}
test_case "the users' forwards reach the hosts behind the services" through

stops()
{
	local host

	stop web services
	cat "$TMP"/{web,services}.log
	for host in web services; do
		tail -n 1 "$TMP/$host.log" | grep "NAAWG_AUDIT | TUNNEL_STOPPED | wg0"
		refuses ipat $host link show wg0
	done
	refuses grep -i "killed" "$TMP/web.log" "$TMP/services.log"
}
test_case "SIGTERM ends both containers, and nothing is killed" stops

# At any moment, also before there is a link.
stops_early()
{
	local i

	for i in 0 2 4 8; do
		begin web "${files_web[@]}" "${rest_web[@]}"
		wait_for 30 grep -q entrypoint "/proc/$(cat "$TMP/web.pid")/cmdline"
		sleep "0.0$i"
		stop web
		cat "$TMP/web.log"
		refuses grep -i "killed" "$TMP/web.log"
		refuses ipat web link show wg0
	done
}
test_case "SIGTERM ends a container at any moment" stops_early

by_name()
{
	begin services "${rest_services[@]}"
	begin web "${rest_web[@]}" WG_MTU=1380
	pair
	same "$(at web cat /sys/class/net/wg0/mtu)" 1380
	same "$(at web wg show wg0 preshared-keys | cut -f2)" "$(cat "$TMP/shared.psk")"
	stop web services
}
test_case "secrets are found under the users' names, and WG_MTU is used" by_name

# A guide of the users has an endpoint and port 51820 in both files.
both_call()
{
	begin services "${rest_services[@]}" WG_PEER_ENDPOINT=wireguard-web:51820
	same "$(wait_for 30 at services wg show wg0 listen-port; at services wg show wg0 listen-port)" 51820
	begin web "${rest_web[@]}"
	pair
	stop web services
}
test_case "both ends can have an endpoint" both_call

# says HOST REGEX NAME=VALUE...: the container ends at once with that on one line
says()
{
	local rc=0 host=$1 what=$2 -

	# The trace would be among the lines.
	set +x
	shift 2
	entry "$host" "$@" >"$TMP/said" 2>&1 || rc=$?
	cat "$TMP/said"
	same "$rc" 1
	same "$(wc -l <"$TMP/said")" 1
	grep -qE "^entrypoint: $what" "$TMP/said"
	refuses grep -qF -e "$(cat "$TMP/web.key")" "$TMP/said"
	refuses ipat "$host" link show wg0
}

meant()
{
	local pair

	for pair in LISTEN_PROT:LISTEN_PORT PORT:LISTEN_PORT ENDPOINT:PEER_ENDPOINT \
		TUNNEL_ADRESS:TUNNEL_ADDRESS FORWARD_IFACE:FORWARD_INTERFACE \
		PRIVATE_KEY:PRIVATE_KEY_FILE; do
		says web "WG_${pair%:*} .*; WG_${pair#*:} is meant" "${rest_web[@]}" \
			"WG_${pair%:*}=$(cat "$TMP/web.key")"
	done
	says web "wg-mtu .*; WG_MTU is meant" "${rest_web[@]}" wg-mtu=1380
	says web "WG_KEEPALIVE .*; it has .*WG_MTU" "${rest_web[@]}" WG_KEEPALIVE=25
	# Docker and Kubernetes set these for others whose name begins with "wg".
	says web "WG_MTU: " "${rest_web[@]}" WG_MTU=large WG_NAME=/web/wg WG_ENV_LANG=C \
		WG_PORT=tcp://172.17.0.5:80 WG_PORT_80_TCP=tcp://172.17.0.5:80 \
		WG_PORT_80_TCP_ADDR=172.17.0.5 WG_PORT_80_TCP_PORT=80 WG_PORT_80_TCP_PROTO=tcp \
		WG_WEB_SERVICE_HOST=10.96.0.7 WG_WEB_SERVICE_PORT=51820 \
		WG_WEB_SERVICE_PORT_TUNNEL=51820 WG_WEB_PORT=udp://10.96.0.7:51820 \
		WG_WEB_PORT_51820_UDP=udp://10.96.0.7:51820
	says web "WG_SERVICE_HOST .*; WG_PEER_ENDPOINT is meant" "${rest_web[@]}" \
		WG_SERVICE_HOST=services.example
	# one that is wrong in itself
	says web "WG_MTU: " "${rest_web[@]}" WG_MTU=large
}
test_case "an unknown variable ends the container, which suggests the right one" meant

# The tool's own variables are no mistake.
tool_ones()
{
	begin web "${rest_web[@]}" WG_HIDE_KEYS=always WG_COLOR_MODE=never \
		WG_ENDPOINT_RESOLUTION_RETRIES=2
	wait_for 60 grep -q TUNNEL_STARTED "$TMP/web.log" || { cat "$TMP/web.log"; return 1; }
	stop web
}
test_case "variables of the tool are accepted" tool_ones

secrets_missing()
{
	secrets web wg_services_public_key
	says web "WG_PRIVATE_KEY_FILE is not set.* wg_web_private_key" "${rest_web[@]}"
	secrets web wg_web_private_key
	says web "WG_PEER_PUBLIC_KEY_FILE is not set.* wg_services_public_key" "${rest_web[@]}"
	# the secrets of both ends are there
	secrets web wg_{web,services}_{private,public}_key wg_preshared_key
	says web "WG_PRIVATE_KEY_FILE .*wg_web_private_key .*wg_services_private_key" \
		"${rest_web[@]}"
	# The private key tells which end this is.
	begin web "${rest_web[@]}" "${files_web[0]}"
	wait_for 60 grep -q TUNNEL_STARTED "$TMP/web.log" || { cat "$TMP/web.log"; return 1; }
	same "$(at web wg show wg0 peers)" "${PUB[services]}"
	stop web
	secrets web "${of_web[@]}"
}
test_case "missing or ambiguous secrets are named" secrets_missing

# An older file of the users has the tunnel's subnet as network of the containers.
same_network()
{
	local net

	for net in 10.100.0.10/24 10.100.0.130/16; do
		address web eth0 $net
		says web "WG_TUNNEL_ADDRESS: .*10\.100\.0\.0/24 .*eth0, 10\.100\.0\..*/${net#*/}" "${rest_web[@]}"
		says web "WG_TUNNEL_ADDRESS: .*10\.100\.0\.140/32 .*eth0, 10\.100\.0\..*/${net#*/}" \
			"${rest_web[@]}" WG_TUNNEL_ADDRESS=10.100.0.140/32
		ipat web addr del $net dev eth0
	done
	says web "WG_PEER_ENDPOINT: 10\.100\.0\.11 .*10\.100\.0\.0/24" "${rest_web[@]}" \
		WG_PEER_ENDPOINT=10.100.0.11:51820
}
test_case "a tunnel network that is a network of the containers is refused" same_network

# On the host's network another tunnel may have the usual port.
port_taken()
{
	ipat web link add other type "$KIND"
	at web wg set other listen-port 51820
	ipat web link set other up
	says web "WG_LISTEN_PORT: .*51820" "${rest_web[@]}" WG_PEER_ENDPOINT=
	says web "WG_LISTEN_PORT: .*51820" "${rest_web[@]}" WG_LISTEN_PORT=51820
	begin web "${rest_web[@]}"
	begin services "${rest_services[@]}"
	pair
	[ "$(at web wg show wg0 listen-port)" != 51820 ]
	stop web services
	ipat web link del other
}
test_case "an initiating link takes another port if its port is in use" port_taken
finish
