#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The collection against hosts in namespaces, in User-Mode Linux: all that make check runs of
# ansible/, which an emulated guest skips, and the plays that take too long for make check.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool ansible-playbook

guest ansible-fleet
# Beside other work, a test takes several times as long as alone.
NAAWG_LIMIT=900 run_in_guest ansible/{modules,interface,interface_plays,fleet,drift,peers,verify,rotate,revoke}.sh
finish
