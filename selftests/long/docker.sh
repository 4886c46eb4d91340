#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The container image and the compose files under a Docker daemon, in a User-Mode
# Linux that has what the daemon asks for.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
need_tool mmdebstrap dpkg-buildpackage iptables

guest docker-guest docker
make -s --no-print-directory -C "$selftests/docker" >"$out/helpers.log" 2>&1
NAAWG_MEMORY=4G run_in_guest docker/{development,diagnosis,servers,users,examples}.sh
finish
