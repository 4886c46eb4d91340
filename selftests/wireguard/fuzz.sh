#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Random requests to the netlink family of the stock driver, as root of the machine. The head
# of fuzz.py says how to set the seed and their number.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours

nobody_serves || bail "nobody has the names"
modprobe naawg_wireguard || bail "naawg_wireguard is loaded"
python_test "$(dirname "$0")/fuzz.py"
