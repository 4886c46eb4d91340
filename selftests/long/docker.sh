#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The container image and the compose files under a Docker daemon, in a User-Mode
# Linux that has what the daemon asks for.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc busybox mmdebstrap dpkg-buildpackage iptables
out=${NAAWG_OUT:-$selftests/out}/docker-guest
mkdir -p "$out"
export NAAWG_GUEST=uml:docker NAAWG_NO_DEPS=1 NAAWG_OUT=$out NAAWG_MEMORY=4G

"$selftests/uml/build.sh" docker >"$out/build.log" 2>&1 ||
	bail "the kernel is built, see $out/build.log"
[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
	bail "the tool is built"
make -s --no-print-directory -C "$selftests/docker" >"$out/helpers.log" 2>&1

"$selftests/run.sh" vm docker/{development,servers,users,examples}.sh >"$out/report.txt" 2>&1
# Its checks are the checks of this one.
while read -r word rest; do
	case $word$rest in
	*"# SKIP"*) skip "${rest%% # SKIP*}" "${rest##*# SKIP }" ;;
	ok*) pass "$(sed -E 's/^[0-9]+ //' <<<"$rest")" ;;
	not*) fail "$(sed -E 's/^ok [0-9]+ //' <<<"$rest")" \
		"$(grep -F -A 15 "$rest" "$out/report.txt" | grep -E '^ +#' | head -n 15)" ;;
	esac
done < <(grep -E '^ *(not )?ok ' "$out/report.txt")
diag "$(grep -E '^ *# .* took' "$out/report.txt" | sed 's/^ *# //')"
check "the run came to its end" matches "$(tail -n 1 "$out/report.txt")" '^[0-9]+ passed, 0 failed'
finish
