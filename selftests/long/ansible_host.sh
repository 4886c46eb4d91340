#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# The role host of the Ansible collection: ansible/host.sh in User-Mode Linux, with a
# Debian 12, packages and a second build of the module that are made here.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
# shellcheck source=selftests/kernels/kernel.sh
. "$(dirname "$0")/../kernels/kernel.sh"
# shellcheck source=selftests/ansible/host_root.sh
. "$(dirname "$0")/../ansible/host_root.sh"
need_tool ansible-playbook mmdebstrap dpkg-buildpackage

guest ansible-host
host_root >/dev/null || skip_all "no Debian 12 to be had"
rm -rf "$HOST_DEBS"
# Without them host.sh skips itself where it would take too long.
defer rm -rf "$HOST_DEBS"
made packages env NAAWG_VERSION=0.1.0 "$repo/tools/packaging/build.sh" "$HOST_DEBS"
made "another build of the module" env -u NAAWG_OUT "$selftests/uml/module.sh" test NAAWG_DEBUG=1
NAAWG_MEMORY=4G run_in_guest ansible/host.sh
finish
