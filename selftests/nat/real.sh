#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# A real deployment: MariaDB, Redis and an HTTP server behind a tunnel, a web program at
# the other end that knows one address, and no firewall program.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"
# shellcheck source=selftests/nat/real_lib.sh
. "$(dirname "$0")/real_lib.sh"
need_tool conntrack mariadbd redis-server
/usr/bin/python3 -c 'import pymysql' 2>/dev/null || skip_all "no python3-pymysql"

NO_SERVER=1
deployment
narrow_path

test_case "MariaDB, Redis and HTTP servers start" services

no_firewall()
{
	local tool

	for tool in iptables iptables-nft iptables-legacy nft; do
		narrow g /usr/bin/env sh -c "! command -v $tool"
		narrow c /usr/bin/env sh -c "! command -v $tool"
	done
	# nor any rule of such a program
	refuses grep -q . <(at g nft list ruleset)
}
test_case "the hosts have no iptables and no nft" no_firewall

one_argument()
{
	narrow g naawg forward t0 add "3306:tcp:10.101.0.2 6379:tcp:10.101.0.4 8001:tcp:10.101.0.5"
	same "$(fw list | wc -l)" 3
}
test_case "one argument sets three forwards" one_argument

works()
{
	narrow c timeout 250 python3 "$NAT_DIR/web.py" 10.100.0.11 >"$TMP/web"
	same "$(cat "$TMP/web")" "MariaDB 4950
Redis 100000 from 10.101.0.1
HTTP 200 50000"
}
test_case "the web program reaches all three at 10.100.0.11" works

translated()
{
	local port to

	narrow g conntrack -L -p tcp >"$TMP/ct"
	for port in 3306:10.101.0.2 6379:10.101.0.4 8001:10.101.0.5; do
		to=${port#*:}
		port=${port%:*}
		grep -q "src=10.100.0.10 dst=10.100.0.11 .*dport=$port src=$to dst=10.101.0.1 sport=$port" "$TMP/ct"
		[ "$(counter "$port" connections)" -ge 1 ]
	done
}
test_case "conntrack shows the translations" translated
finish
