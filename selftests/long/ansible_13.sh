#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The collection with Debian 13's Ansible as the controller, in User-Mode Linux.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool mmdebstrap

guest ansible-13
made "Debian 13" "$selftests/ansible/trixie"
NAAWG_LIMIT=3000 run_in_guest ansible/debian_13
finish
