#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# docs/ansible.md by a new user, in User-Mode Linux: a fresh Debian 12 as the controller, LXC
# containers as hosts.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool mmdebstrap dpkg-buildpackage lxc-start git

guest ansible-newcomer docker
debs=$selftests/out/ansible/debs
made "root file system" "$selftests/ansible/rootfs"
made "fresh Debian 12" "$selftests/ansible/fresh"
made packages "$repo/tools/packaging/build.sh" "$debs"
NAAWG_MEMORY=6G run_in_guest ansible/newcomer
finish
