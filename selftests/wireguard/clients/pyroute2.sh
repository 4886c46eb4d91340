#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# pyroute2: a Python program makes a link of kind wireguard, configures it, reads it and deletes
# it. It prints the same with the stock driver and with naawg under its names.

# shellcheck source=selftests/wireguard/clients/clients_lib.sh
. "$(dirname "$0")/clients_lib.sh"
version python3-pyroute2

two_hosts
far_end
keys c

managed()
{
	begin
	inside /usr/bin/python3 - "${PUB[b]}" "${PUB[c]}" <"$(dirname "$0")/pyroute2.py" 2>&1
	state "made"
	reached "made"
	space_end
	ipat a link del t0
}

both managed
finish
