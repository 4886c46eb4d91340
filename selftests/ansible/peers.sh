#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# The example of a server for road warriors, called wireguard: what its role refuses, and peers
# that come and go while another one sends.
#
#	alice 10.8.0.2 <=== tunnel ===> 10.8.0.1 wireguard

# shellcheck source=selftests/ansible/example_lib.sh
. "$(dirname "$0")/example_lib.sh"

WARRIORS=$INV/host_vars/wireguard.yml
LISTED=$TMP/listed.yml

# --- the fleet -------------------------------------------------------------

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

# --- deployment ------------------------------------------------------------

keys_are_made()
{
	play "$GENERATE"
	matches "$(cat "$LOG")" "vault_wg_alice_laptop_wireguard_preshared_key"
}

is_deployed()
{
	play "$DEPLOY"
	recap_is failed 0
	same "$(at wireguard cat /proc/sys/net/ipv4/ip_forward)" 1
	matches "$(at wireguard cat /etc/sysctl.d/60-naawg.conf)" "net/ipv4/ip_forward = 1"
}

# A tool that finds no module, in a container
kernel_belongs_to_the_host()
{
	mkdir -p /run/systemd
	echo lxc >/run/systemd/container
	printf '#!/bin/sh\necho "naawg v1"\necho "kernel module: not loaded"\n' >"$TMP/bin/bare"
	chmod +x "$TMP/bin/bare"
	refuses play "$DEPLOY" -e '{"naawg_packages": ["naawg", "naawg-dkms"]}'
	matches "$(cat "$LOG")" "naawg_packages has naawg-dkms, but this is a container .lxc."
	refuses play "$DEPLOY" -e naawg_tool=bare
	matches "$(cat "$LOG")" "on its host, install the package naawg-dkms"
	rm /run/systemd/container
	[ ! -e "$TMP/wireguard/root/etc/naawg/policy.conf" ]
}

# A file that the new policy refuses: file, policy and link stay.
refused_as_a_whole()
{
	state >"$TMP/before"
	refuses play "$DEPLOY" -e '{"naawg_policy_tunnel_subnets": ["10.99.0.0/24"]}'
	matches "$(cat "$LOG")" "wg0.conf.*10.8.0.1"
	state | diff "$TMP/before" -
}

# --- peers -----------------------------------------------------------------

# Alice pings all the time, and looks whether her session is the same one.
stream_starts()
{
	w wireguard show wg0 latest-handshakes | grep -F "${PUB[alice]}" >"$TMP/session"
	stream alice 10.8.0.1
}

stream_is_whole()
{
	stream_end
	matches "$GAP" "^0 of [1-9]"
	w wireguard show wg0 latest-handshakes | grep -F "${PUB[alice]}" | diff "$TMP/session" -
}

unknown_peer()
{
	refuses play "$PLAYBOOKS/add-peer.yml" -e peer=dave-tablet
	matches "$(cat "$LOG")" "No host lists dave-tablet.*wireguard_peer_configs"
}

peer_is_added()
{
	cat >>"$WARRIORS" <<-EOT
	  - peer_name: dave-tablet
	    public_key: ${PUB[dave]}
	    allowed_ips:
	      - 10.8.0.4/32
	EOT
	play "$PLAYBOOKS/add-peer.yml" -e peer=dave-tablet
	contains "$(w wireguard show wg0 allowed-ips)" "${PUB[dave]}	10.8.0.4/32"
	matches "$(at wireguard cat /etc/naawg/wg0.conf)" "dave-tablet"
	matches "$(journal wireguard)" "NAAWG_EVENT=peer-added.*dave-tablet"
}

still_listed()
{
	refuses play "$PLAYBOOKS/remove-peer.yml" -e peer=dave-tablet
	matches "$(cat "$LOG")" "wireguard_peer_configs of wireguard lists dave-tablet"
	contains "$(w wireguard show wg0 peers)" "${PUB[dave]}"
}

mistyped()
{
	cp "$LISTED" "$WARRIORS"
	state >"$TMP/before"
	refuses play "$PLAYBOOKS/remove-peer.yml" -e peer=dave-tabelt
	matches "$(tr -s ' \n' ' ' <"$LOG")" "no host has a peer dave-tabelt. Their files have: alice-laptop, .*dave-tablet"
	state | diff "$TMP/before" -
}

# A setting that was changed by hand is no business of this playbook.
peer_is_removed()
{
	at wireguard sed -i 's/^\(PersistentKeepalive\) = 25/\1 = 77/' /etc/naawg/wg0.conf
	cp "$LISTED" "$WARRIORS"
	play "$PLAYBOOKS/remove-peer.yml" -e peer=dave-tablet
	omits "$(w wireguard show wg0 peers)" "${PUB[dave]}"
	contains "$(w wireguard show wg0 persistent-keepalive)" "${PUB[alice]}	77"
	lacks "$(at wireguard cat /etc/naawg/wg0.conf)" "dave-tablet"
	matches "$(journal wireguard)" "NAAWG_EVENT=peer-removed.*dave-tablet"
}

host_is_named()
{
	sed -i "s/${ADDRESS[wireguard]}\$/192.0.2.99/" "$INV/hosts"
	refuses play "$DEPLOY" --check -T 3
	matches "$(cat "$LOG")" "fatal: \[wireguard\]: UNREACHABLE"
	same "$(recap wireguard unreachable)" 1
}

keys alice dave
fleet wireguard
example lxc-server
# Alice makes her key herself, so the one of the example is replaced.
sed -i "s|KYeBqGHRkHLYGYpwwGYyuVXRIdfC9v9ZbiGbLBm5k3M=|${PUB[alice]}|" "$WARRIORS"
cp "$WARRIORS" "$LISTED"
outsider alice 192.0.2.100/24

test_case "keys are made, a preshared one for each device" keys_are_made
test_case "in a container, packages of a kernel and a missing module are refused" \
	kernel_belongs_to_the_host
test_case "the inventory is deployed, and the server forwards" is_deployed
test_case "a check of a sound server shows nothing" changes_nothing --check --diff
test_case "if a file is refused, the host keeps its policy" refused_as_a_whole
test_case "a road warrior reaches its server" warrior
test_case "a peer that is in no inventory is not added" unknown_peer
stream_starts
test_case "a peer is added" peer_is_added
test_case "a peer that the inventory still has is not removed" still_listed
test_case "a mistyped name is refused with the names that hosts have" mistyped
test_case "a peer is removed, and nothing else changes" peer_is_removed
test_case "another peer lost no packet, and its session stayed" stream_is_whole
test_case "a host that does not answer is named" host_is_named
finish
