# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The gateway of nat_lib.sh with three services behind it, as in a small deployment; c is
# the host that asks them through the tunnel:
#
#	c 10.100.0.10 ==tunnel== 10.100.0.11 g 10.101.0.1 --+-- 10.101.0.2 db     MariaDB
#	                                                    +-- 10.101.0.4 cache  Redis
#	                                                    +-- 10.101.0.5 api    HTTP

# A PATH for the hosts without iptables and nft.
narrow_path()
{
	local tool

	mkdir -p "$TMP/bin"
	for tool in ip conntrack redis-cli redis-server mariadbd python3 timeout env sh; do
		ln -sfn "$(PATH=/usr/bin:/usr/sbin:/bin:/sbin command -v $tool)" "$TMP/bin/$tool"
	done
	ln -sfn "$WG" "$TMP/bin/naawg"
}

# narrow HOST COMMAND...
narrow()
{
	at "$1" /usr/bin/env PATH="$TMP/bin" "${@:2}"
}

services()
{
	mkdir -p "$TMP/db" "$TMP/cache" "$TMP/www"
	head -c 50000 /dev/zero >"$TMP/www/page"
	# Without system tables, as no password is needed and setting them up takes
	# minutes in an emulated guest.
	background db /usr/sbin/mariadbd --no-defaults --user=root \
		--datadir="$TMP/db" --socket="$TMP/db/sock" --pid-file="$TMP/db/pid" \
		--bind-address=10.101.0.2 --skip-grant-tables --skip-networking=0 \
		--skip-name-resolve --innodb-log-file-size=4M \
		--innodb-buffer-pool-size=8M --key-buffer-size=1M \
		--innodb-use-native-aio=0 --performance-schema=0 \
		</dev/null >"$TMP/db.log" 2>&1
	background cache /usr/bin/redis-server --bind 10.101.0.4 --port 6379 \
		--save '' --protected-mode no --dir "$TMP/cache" \
		</dev/null >"$TMP/cache.log" 2>&1
	background api /usr/bin/python3 -m http.server --bind 10.101.0.5 \
		--directory "$TMP/www" 8001 </dev/null >"$TMP/api.log" 2>&1
	wait_for 180 listening db 3306 && wait_for 60 listening cache 6379 &&
		wait_for 60 listening api 8001
}

listening()
{
	at "$1" ss -Htln "sport = :$2" | grep -q LISTEN
}

deployment()
{
	gateway
	hosts db cache api
	server db 2
	server cache 4
	server api 5
}
