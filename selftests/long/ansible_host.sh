#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# The role host of the Ansible collection: ansible/host.sh in User-Mode Linux, with a
# Debian 12, packages and a second build of the module that are made here.

. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/kernels/kernel.sh
. "$(dirname "$0")/../kernels/kernel.sh"
# shellcheck source=selftests/ansible/host_root.sh
. "$(dirname "$0")/../ansible/host_root.sh"

need_root
need_tool ansible-playbook mmdebstrap dpkg-buildpackage
out=${NAAWG_OUT:-$selftests/out}/ansible-host
mkdir -p "$out"
host_root >/dev/null || skip_all "no Debian 12 to be had"
rm -rf "$HOST_DEBS"
# Without them host.sh skips itself where it would take too long.
defer rm -rf "$HOST_DEBS"
check "the packages are built" env NAAWG_VERSION=0.1.0 \
	"$repo/tools/packaging/build.sh" "$HOST_DEBS"
check "another build for User-Mode Linux" env -u NAAWG_OUT \
	"$selftests/uml/module.sh" test NAAWG_DEBUG=1
[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"

export NAAWG_GUEST=uml NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_MEMORY=4G
"$selftests/run.sh" vm ansible/host.sh >"$out/run.txt" 2>&1
sed -E 's/^ +//' "$out/run.txt" >"$out/report.txt"
import_report "$out/report.txt"
check "the run came to its end" matches "$(tail -n 1 "$out/run.txt")" '^[0-9]+ passed, 0 failed'
finish
