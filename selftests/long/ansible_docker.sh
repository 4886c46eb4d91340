#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# The role docker of the Ansible collection: ansible/docker.sh, in a User-Mode Linux that
# has what a Docker daemon asks for.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool ansible-playbook make gcc flex bison bc busybox mmdebstrap dpkg-buildpackage iptables
out=${NAAWG_OUT:-$selftests/out}/ansible-docker
mkdir -p "$out"
export NAAWG_GUEST=uml:docker NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_MEMORY=4G

"$selftests/uml/build.sh" docker >"$out/build.log" 2>&1 ||
	bail "the kernel is built, see $out/build.log"
[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"
make -s --no-print-directory -C "$selftests/docker" >"$out/helpers.log" 2>&1

"$selftests/run.sh" vm ansible/docker.sh >"$out/run.txt" 2>&1
sed -E 's/^ +//' "$out/run.txt" >"$out/report.txt"
import_report "$out/report.txt"
check "the run came to its end" matches "$(tail -n 1 "$out/run.txt")" '^[0-9]+ passed, 0 failed'
finish
