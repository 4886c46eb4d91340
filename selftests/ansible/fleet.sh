#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# The example of two servers, from generated keys to verified tunnels: web and services, whose
# forwards lead to a database. A play that changes nothing, and plays that find and mend what
# was changed by hand.
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

# --- before there are keys -------------------------------------------------

lacks_keys()
{
	refuses play "$DEPLOY"
	matches "$(cat "$LOG")" "lacks .*vault_wg_web_private_key"
	matches "$(cat "$LOG")" "naawg.naawg.generate_keys"
	[ ! -e "$TMP/web/root/etc/naawg/policy.conf" ]
}

# --- deployment ------------------------------------------------------------

keys_are_made()
{
	play "$GENERATE"
	matches "$(cat "$LOG")" "vault_wg_services_web_preshared_key"
	play "$GENERATE"
	recap_is changed 0
}

wrong_type()
{
	sed -i 's/listen_port: 51820/listen_port: many/' "$INV/host_vars/web.yml"
	refuses play "$DEPLOY" --limit web
	sed -i 's/listen_port: many/listen_port: 51820/' "$INV/host_vars/web.yml"
	matches "$(cat "$LOG")" "listen_port"
	[ ! -e "$TMP/web/root/etc/naawg/wg0.conf" ]
}

# At -vvvv every argument and result of a module is printed; play looks for secrets.
is_deployed()
{
	play "$DEPLOY" -vvvv
	recap_is failed 0
	same "$(at web stat -c %a /etc/naawg/wg0.conf)" 600
	matches "$(at web cat /etc/naawg/policy.conf)" "ForbidRoutes = 172.16.10.0/24"
	matches "$(at web cat /etc/naawg/wg0.conf)" "Kill = yes"
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

# --- drift -----------------------------------------------------------------

drift()
{
	w web set wg0 peer "$(w services show wg0 public-key)" persistent-keepalive 7
	at services sed -i '/^Forward = 6379/d' /etc/naawg/wg0.conf
	at web sed -i '/ForbidRoutes/d' /etc/naawg/policy.conf
}

check_shows_drift()
{
	state >"$TMP/sound"
	drift
	state >"$TMP/before"
	play "$DEPLOY" --check --diff
	same "$(recap web changed) $(recap services changed)" "1 1"
	matches "$(cat "$LOG")" "keepalive"
	matches "$(cat "$LOG")" "6379:tcp:10.101.0.4"
	matches "$(cat "$LOG")" "ForbidRoutes = 172.16.10.0/24"
	state | diff "$TMP/before" -
}

drift_is_mended()
{
	play "$DEPLOY"
	same "$(recap web changed) $(recap services changed)" "1 1"
	state | diff "$TMP/sound" -
}

# --- verification ----------------------------------------------------------

is_verified()
{
	play "$VERIFY"
	recap_is failed 0
}

# Somebody gives the web server another preshared key.
mistake_is_found()
{
	local peer

	peer=$(w services show wg0 public-key)
	"$WG" genpsk >"$TMP/wrong.psk"
	cat "$TMP/wrong.psk" >>"$SECRETS"
	w web set wg0 peer "$peer" preshared-key "$TMP/wrong.psk"
	refuses play "$VERIFY"
	matches "$(cat "$LOG")" "web has another preshared key for services"
	play "$DEPLOY" --limit web
	same "$(recap web changed)" 1
}

fleet web services
example two-servers
services_network

test_case "a vault without keys is refused, with the command that makes them" lacks_keys
test_case "keys are made once" keys_are_made
test_case "a wrong type is refused by the name of the option" wrong_type
test_case "the inventory is deployed, and shows no secret at -vvvv" is_deployed
test_case "the tunnel carries pings and the forward reaches the database" tunnel_carries
test_case "only the host that has to forward does" only_one_forwards
test_case "a second deployment changes nothing" changes_nothing
test_case "a check shows what was changed by hand, and changes nothing" check_shows_drift
test_case "a deployment mends what was changed by hand" drift_is_mended
test_case "the keys of the fleet are verified" is_verified
test_case "a wrong preshared key on a host is found and mended" mistake_is_found
finish
