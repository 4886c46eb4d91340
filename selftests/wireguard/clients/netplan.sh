#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# netplan writes the files of systemd-networkd, which makes the link of kind wireguard. Then a
# peer is added. `netplan apply' needs systemd as the first process, so the test calls
# `netplan generate' and networkctl, as apply does.

# shellcheck source=selftests/wireguard/clients/clients_lib.sh
. "$(dirname "$0")/clients_lib.sh"
version netplan.io
version systemd

two_hosts
far_end
keys c

# write_plan [LINE...]: the file, with more lines of the tunnel, and what netplan makes of it
write_plan()
{
	file 600 root /etc/netplan/t0.yaml <<-PLAN
	network:
	  version: 2
	  renderer: networkd
	  tunnels:
	    t0:
	      mode: wireguard
	      key: $(cat "$TMP/a.key")
	      port: 5001
	      mark: 7
	      addresses: [10.9.0.1/24, "fd09::1/64"]
	      routes:
	        - {to: 10.50.0.0/16, scope: link}
	      peers:
	        - keys: {public: "${PUB[b]}"}
	          endpoint: 192.0.2.2:5002
	          keepalive: 20
	          allowed-ips: [10.9.0.2/32, "fd09::2/128"]
	$(printf '        %s\n' "$@")
	PLAN
	echo "== netplan generate"
	inside netplan generate 2>&1 | private
	echo "status ${PIPESTATUS[0]}"
	inside cat /run/systemd/network/10-netplan-t0.netdev | private
}

is_configured()
{
	inside networkctl status t0 | grep -q 'State: routable (configured)'
}

managed()
{
	begin
	write_plan
	bus
	daemon networkd.log env SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-networkd
	expects networkd.log is_configured
	state "made"
	reached "made"
	inside netplan get tunnels.t0.port
	write_plan "- keys: {public: \"${PUB[c]}\"}" "  allowed-ips: [10.60.0.0/16]"
	inside networkctl reload
	state "after a reload"
	inside networkctl delete t0
	inside networkctl reload
	expects networkd.log is_configured
	state "made again"
	reached "made again"
	space_end
	ipat a link del t0
	state "deleted"
}

both managed
finish
