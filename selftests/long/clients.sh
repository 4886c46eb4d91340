#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2400
#
# Clients of the stock driver that are not installed on this machine: NetworkManager, netplan,
# ifupdown2 and pyroute2 from a Debian 12 that is made here, in User-Mode Linux.
# NAAWG_CLIENTS names other tests of wireguard/clients/.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
# shellcheck source=selftests/wireguard/clients/root_lib.sh
. "$(dirname "$0")/../wireguard/clients/root_lib.sh"
need_tool mmdebstrap

guest clients
clients_root >/dev/null || skip_all "no Debian 12 to be had"
read -ra tests <<<"${NAAWG_CLIENTS:-nm netplan ifupdown2 pyroute2}"
tests=("${tests[@]/#/wireguard/clients/}")
NAAWG_MEMORY=4G run_in_guest "${tests[@]/%/.sh}"
finish
