#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Two of the example inventories, from generated keys to tunnels: the servers web
# and services, whose forwards lead to a database, and the server of road warriors, called
# wireguard. Plays that change nothing, and plays that mend what was changed by hand.
#
#	web 10.100.0.10 <=== tunnel ===> 10.100.0.11 services --> 10.101.0.2:3306
#	alice 10.8.0.2 <=== tunnel ===> 10.8.0.1 wireguard

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "$0")/ansible_lib.sh"
need_tool ncat

EXAMPLES=$repo/tools/ansible/inventories
DEPLOY=$PLAYBOOKS/deploy-wireguard.yml
GENERATE=$PLAYBOOKS/generate-keys.yml
WARRIORS=$INV/host_vars/wireguard.yml

# --- the fleet -------------------------------------------------------------

# Alice makes her key herself, so the one of the example is replaced.
copy_inventories()
{
	cp -r "$EXAMPLES"/two-servers/{host_vars,group_vars} "$INV"
	cp "$EXAMPLES/lxc-server/host_vars/wireguard.yml" "$WARRIORS"
	sed -i "s|KYeBqGHRkHLYGYpwwGYyuVXRIdfC9v9ZbiGbLBm5k3M=|${PUB[alice]}|" "$WARRIORS"
	inventory
	all_vars <<-EOT
	naawg_docker_enabled: false
	naawg_audit_actor: carol
	EOT
}

# The network of the services is on the bridge, with the database at the controller.
services_network()
{
	address ctl br0 10.101.0.2/24
	address services eth0 10.101.0.3/24
	at ctl ncat -l -k 10.101.0.2 3306 -c 'echo database' &
	BACKGROUND+=($!)
}

# A host that Ansible does not know
outsider()
{
	hosts "$1"
	wire ctl "br$1" "$1" eth0
	ipat ctl link set "br$1" master br0
	address "$1" eth0 "$2"
}

# A road warrior configures its own link, with the preshared key that the server has.
warrior()
{
	link_new alice t0
	w wireguard show wg0 preshared-keys | awk -v key="${PUB[alice]}" '
		$1 == key { print $2 }' >"$TMP/alice.psk"
	w alice set t0 private-key "$TMP/alice.key" peer "$(w wireguard show wg0 public-key)" \
		preshared-key "$TMP/alice.psk" allowed-ips 10.8.0.0/24 \
		endpoint "${ADDRESS[wireguard]}:51820" persistent-keepalive 25
	address alice t0 10.8.0.2/24
	ipat alice link set t0 up
	at alice ping -q -c 1 -W 10 10.8.0.1
}

# state: everything of each host that a play could change
state()
{
	local host

	for host in web services wireguard; do
		w "$host" show wg0 dump | cut -f1-4,8
		at "$host" sha256sum /etc/naawg/wg0.conf /etc/naawg/policy.conf
		at "$host" cat /proc/sys/net/ipv4/ip_forward
	done
}

# --- before there are keys -------------------------------------------------

lacks_keys()
{
	refuses play "$DEPLOY"
	matches "$(cat "$LOG")" "lacks .*vault_wg_web_private_key"
	matches "$(cat "$LOG")" "playbooks/generate-keys.yml"
	[ ! -e "$TMP/web/root/etc/naawg/policy.conf" ]
}

# --- deployment ------------------------------------------------------------

keys_are_made()
{
	play "$GENERATE"
	matches "$(cat "$LOG")" "vault_wg_alice_laptop_wireguard_preshared_key"
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

# A tool that finds no module, in a container
kernel_belongs_to_the_host()
{
	mkdir -p /run/systemd
	echo lxc >/run/systemd/container
	printf '#!/bin/sh\necho "naawg v1"\necho "kernel module: not loaded"\n' >"$TMP/bin/bare"
	chmod +x "$TMP/bin/bare"
	refuses play "$DEPLOY" --limit web -e '{"naawg_packages": ["naawg", "naawg-dkms"]}'
	matches "$(cat "$LOG")" "naawg_packages has naawg-dkms, but this is a container .lxc."
	refuses play "$DEPLOY" --limit web -e naawg_tool=bare
	matches "$(cat "$LOG")" "on its host, install the package naawg-dkms"
	rm /run/systemd/container
	[ ! -e "$TMP/web/root/etc/naawg/policy.conf" ]
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

only_those_forward()
{
	same "$(at services cat /proc/sys/net/ipv4/ip_forward)" 1
	matches "$(at services cat /etc/sysctl.d/60-naawg.conf)" "net/ipv4/ip_forward = 1"
	same "$(at wireguard cat /proc/sys/net/ipv4/ip_forward)" 1
	same "$(at web cat /proc/sys/net/ipv4/ip_forward)" 0
	[ ! -e "$TMP/web/root/etc/sysctl.d/60-naawg.conf" ]
}

changes_nothing()
{
	state >"$TMP/before"
	play "$DEPLOY" "$@"
	recap_is changed 0
	recap_is failed 0
	state | diff "$TMP/before" -
}

# --- drift -----------------------------------------------------------------

drift()
{
	w web set wg0 peer "$(w services show wg0 public-key)" persistent-keepalive 7
	at services sed -i '/^Forward = 6379/d' /etc/naawg/wg0.conf
	at wireguard sed -i '/ForbidRoutes/d' /etc/naawg/policy.conf
}

check_shows_drift()
{
	state >"$TMP/sound"
	drift
	state >"$TMP/before"
	play "$DEPLOY" --check --diff
	same "$(recap web changed) $(recap services changed) $(recap wireguard changed)" "1 1 1"
	matches "$(cat "$LOG")" "keepalive"
	matches "$(cat "$LOG")" "6379:tcp:10.101.0.4"
	matches "$(cat "$LOG")" "ForbidRoutes = 172.16.10.0/24"
	state | diff "$TMP/before" -
}

drift_is_mended()
{
	play "$DEPLOY"
	same "$(recap web changed) $(recap services changed) $(recap wireguard changed)" "1 1 1"
	state | diff "$TMP/sound" -
}

# A file that the new policy refuses: file, policy and link stay.
refused_as_a_whole()
{
	state >"$TMP/before"
	refuses play "$DEPLOY" --limit web -e '{"naawg_policy_tunnel_subnets": ["10.99.0.0/24"]}'
	matches "$(cat "$LOG")" "wg0.conf.*10.100.0.1"
	state | diff "$TMP/before" -
}

keys alice
# The guest has the root file system of the machine it runs on, which may be a container.
rm -f /.dockerenv /run/.containerenv
fleet web services wireguard
copy_inventories
services_network
outsider alice 192.0.2.100/24

test_case "a vault without keys is refused, with the command that makes them" lacks_keys
test_case "keys are made once" keys_are_made
test_case "a wrong type is refused by the name of the option" wrong_type
test_case "in a container, packages of a kernel and a missing module are refused" \
	kernel_belongs_to_the_host
test_case "both inventories are deployed, and show no secret at -vvvv" is_deployed
test_case "the tunnel carries pings and the forward reaches the database" tunnel_carries
test_case "only the hosts that have to forward do" only_those_forward
test_case "a second deployment changes nothing" changes_nothing
test_case "a check of a sound fleet shows nothing" changes_nothing --check --diff --limit services
test_case "a check shows what was changed by hand, and changes nothing" check_shows_drift
test_case "a deployment mends what was changed by hand" drift_is_mended
test_case "if a file is refused, the host keeps its policy" refused_as_a_whole
test_case "a road warrior reaches its server" warrior
finish
