#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The collection against LXC containers, in a User-Mode Linux that has what containers ask for.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool mmdebstrap dpkg-buildpackage lxc-start ansible-playbook

guest ansible-lxc docker
debs=$selftests/out/ansible/debs
made "root file system" "$selftests/ansible/rootfs"
rm -rf "$debs"
made packages "$repo/tools/packaging/build.sh" "$debs"
NAAWG_MEMORY=4G run_in_guest ansible/containers
finish
