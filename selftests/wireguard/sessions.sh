#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Clients repeat what a device has: which requests keep the session of a peer, and which end
# it, is the same with the stock driver and with naawg under its names.
#
#	+- namespace a ------------------+      +- namespace b --------------------+
#	|  sessions.py -> t0 10.9.0.1    |======|  t0 10.9.0.2, kind naawg         |
#	+--------------------------------+      +----------------------------------+

WG=/usr/bin/wg
# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock

two_hosts
far_end

sessions()
{
	near_end 10.9.0.1/24
	at a /usr/bin/python3 "$(dirname "$0")/sessions.py" t0 10.9.0.2
}

both sessions
finish
