#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The role docker of the Ansible collection: ansible/docker.sh, in a User-Mode Linux that
# has what a Docker daemon asks for.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool ansible-playbook mmdebstrap dpkg-buildpackage iptables

guest ansible-docker docker
make -s --no-print-directory -C "$selftests/docker" >"$out/helpers.log" 2>&1
NAAWG_MEMORY=4G run_in_guest ansible/docker.sh
finish
