#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# The example of two servers: what a deployment refuses, what a check shows of changes by hand,
# and that the next deployment mends them.

# shellcheck source=selftests/ansible/example_lib.sh
. "$(dirname "$0")/example_lib.sh"

lacks_keys()
{
	refuses play "$DEPLOY"
	matches "$(cat "$LOG")" "lacks .*vault_wg_web_private_key"
	matches "$(cat "$LOG")" "naawg.naawg.generate_keys"
	[ ! -e "$TMP/web/root/etc/naawg/policy.conf" ]
}

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

is_deployed()
{
	play "$DEPLOY"
	recap_is failed 0
}

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

fleet web services
example two-servers

test_case "a vault without keys is refused, with the command that makes them" lacks_keys
test_case "keys are made once" keys_are_made
test_case "a wrong type is refused by the name of the option" wrong_type
test_case "the inventory is deployed" is_deployed
test_case "a check of sound hosts shows nothing" changes_nothing --check --diff
test_case "a check shows what was changed by hand, and changes nothing" check_shows_drift
test_case "a deployment mends what was changed by hand" drift_is_mended
finish
