#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 6000
#
# Keys of a hub and of spokes are replaced by playbooks that are interrupted at each step, in
# User-Mode Linux. The test prints how long tunnels stood still.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool ansible-playbook

guest ansible-rotation
run_in_guest ansible/rotation_psk
run_in_guest ansible/rotation_identity
finish
