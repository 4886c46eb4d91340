#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# The example of two servers, from generated keys to verified tunnels: web and services, whose
# forwards lead to a database. A play that changes nothing, and plays that find and mend what
# was changed by hand. ansible/drift.sh has more of both.
#
#	web 10.100.0.10 <=== tunnel ===> 10.100.0.11 services --> 10.101.0.2:3306

# shellcheck source=selftests/ansible/example_lib.sh
. "$(dirname "$0")/example_lib.sh"
need_tool ncat

VERIFY=$PLAYBOOKS/verify-wireguard-keys.yml

# The network of the services is on the bridge, with the database at the controller.
services_network()
{
	address ctl br0 10.101.0.2/24
	address services eth0 10.101.0.3/24
	at ctl ncat -l -k 10.101.0.2 3306 -c 'echo database' &
	BACKGROUND+=($!)
}

keys_are_made()
{
	play "$GENERATE"
	matches "$(cat "$LOG")" "vault_wg_services_web_preshared_key"
}

# At -vvvv every argument and result of a module is printed; play looks for secrets.
is_deployed()
{
	play "$DEPLOY" -vvvv
	recap_is failed 0
	same "$(at web stat -c %a /etc/naawg/wg0.conf)" 600
	matches "$(at web cat /etc/naawg/policy.conf)" "ForbidRoutes = 172.16.10.0/24"
	matches "$(at web cat /etc/naawg/wg0.conf)" "Kill = yes"
	same "$(at web grep -c '^# Created = 20' /etc/naawg/wg0.conf)" 2
	matches "$(journal web)" "NAAWG_EVENT=policy-changed.*NAAWG_ACTOR=carol"
}

tunnel_carries()
{
	at web ping -q -c 1 -W 10 10.100.0.11
	wait_for 10 [ "$(at web ncat --recv-only 10.100.0.11 3306)" = database ]
}

only_one_forwards()
{
	same "$(at services cat /proc/sys/net/ipv4/ip_forward)" 1
	matches "$(at services cat /etc/sysctl.d/60-naawg.conf)" "net/ipv4/ip_forward = 1"
	same "$(at web cat /proc/sys/net/ipv4/ip_forward)" 0
	[ ! -e "$TMP/web/root/etc/sysctl.d/60-naawg.conf" ]
}

is_verified()
{
	play "$VERIFY"
	recap_is failed 0
}

# Somebody gives the web server another preshared key, and edits a file of the other one.
mistake_is_found()
{
	local peer

	peer=$(w services show wg0 public-key)
	"$WG" genpsk >"$TMP/wrong.psk"
	cat "$TMP/wrong.psk" >>"$SECRETS"
	w web set wg0 peer "$peer" preshared-key "$TMP/wrong.psk"
	at services sed -i '/^Forward = 6379/d' /etc/naawg/wg0.conf
	refuses play "$VERIFY"
	matches "$(cat "$LOG")" "web has another preshared key for services"
}

is_mended()
{
	play "$DEPLOY"
	same "$(recap web changed) $(recap services changed)" "1 1"
	state | diff "$TMP/before" -
	matches "$(at services cat /etc/naawg/wg0.conf)" "Forward = 6379"
}

fleet web services
example two-servers
services_network

test_case "keys are made" keys_are_made
test_case "the inventory is deployed, and shows no secret at -vvvv" is_deployed
test_case "the tunnel carries pings and the forward reaches the database" tunnel_carries
test_case "only the host that has to forward does" only_one_forwards
test_case "a second deployment changes nothing" changes_nothing
test_case "the keys of the fleet are verified" is_verified
test_case "a wrong preshared key on a host is found" mistake_is_found
test_case "a deployment mends what was changed by hand" is_mended
finish
