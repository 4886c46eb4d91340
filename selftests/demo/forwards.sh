#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of the demonstration about port forwards; runs in the guest. A web
# program reaches a MariaDB, a Redis and an HTTP server through one address of
# its tunnel, and no firewall program is there. Takes about a minute emulated.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/../nat/nat_lib.sh"
# shellcheck source=selftests/nat/real_lib.sh
. "$(dirname "$0")/../nat/real_lib.sh"

# shown WORDS COMMAND...: a command as one would type it, and what it says
shown()
{
	printf '\n%s\n' "$1"
	shift
	"$@" 2>&1 | sed 's/^/    /'
}

echo "web 10.100.0.10 ==tunnel== 10.100.0.11 gateway -- 10.101.0.2 MariaDB"
echo "                                               -- 10.101.0.4 Redis"
echo "                                               -- 10.101.0.5 HTTP"
NO_SERVER=1
deployment
narrow_path
services || bail "the servers do not start"

shown 'gateway# command -v iptables nft || echo no firewall program here' \
	narrow g /usr/bin/env sh -c 'command -v iptables nft || echo no firewall program here'
shown 'gateway# naawg forward t0 add "3306:tcp:10.101.0.2 6379:tcp:10.101.0.4 8001:tcp:10.101.0.5"' \
	narrow g naawg forward t0 add "3306:tcp:10.101.0.2 6379:tcp:10.101.0.4 8001:tcp:10.101.0.5"
narrow c timeout 250 python3 "$NAT_DIR/web.py" 10.100.0.11 >"$TMP/web" 2>&1
shown 'web# python3 web.py 10.100.0.11' cat "$TMP/web"
shown 'gateway# naawg forward t0 list' narrow g naawg forward t0 list
narrow g conntrack -L -p tcp --orig-src 10.100.0.10 >"$TMP/ct" 2>/dev/null
shown 'gateway# conntrack -L -p tcp' sort -u -t ' ' -k 12,12 "$TMP/ct"
echo

check "all three servers answer" same "$(cut -d' ' -f1 "$TMP/web" | xargs)" "MariaDB Redis HTTP"
check "all three forwards have connections" same "$(fw list | grep -vc '# 0 connections')" 3
check "there is no iptables and no nft" same "$(narrow g /usr/bin/env sh -c 'command -v iptables nft')" ""
finish
