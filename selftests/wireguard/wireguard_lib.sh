# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of the names of the stock driver: link kind and netlink family "wireguard".
#
#	wg, ip, other clients
#	      |  kind and family "wireguard"
#	      v
#	wireguard.ko   or   naawg_wireguard.ko --> naawg.ko

. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
need_root
need_module
need_tool modprobe wg
[ -n "${NAAWG_VM:-}" ] || skip_all "runs in a guest only"
modinfo naawg_wireguard >/dev/null 2>&1 || skip_all "no naawg_wireguard.ko for $(uname -r)"
modinfo wireguard >/dev/null 2>&1 || skip_all "this kernel has no stock driver as a module"

# serve MODULE: the names belong to that one, wireguard or naawg_wireguard.
serve()
{
	nobody_serves && modprobe "$1"
}

nobody_serves()
{
	local module

	for module in naawg_wireguard wireguard; do
		! grep -q "^$module " /proc/modules || modprobe -r "$module" || return 1
	done
	modprobe naawg
}
defer nobody_serves
