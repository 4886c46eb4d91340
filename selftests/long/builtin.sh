#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# A kernel that has the stock driver built in, which is built here: naawg cannot have its
# names, says so, and serves its own links.

if [ -z "${NAAWG_VM:-}" ]; then
	# shellcheck source=selftests/long/guest_lib.sh
	. "$(dirname "$0")/guest_lib.sh"
	guest builtin builtin
	tree=$("$selftests/uml/build.sh" builtin 2>>"$out/kernel.log")
	module=$("$selftests/uml/module.sh" builtin 2>"$out/module.log") ||
		bail "made: module, see $out/module.log"
	delegate "$selftests/uml/boot.sh" -T "$tree" -t 300 -o "$out" -M "$module" \
		-M "${module%.ko}_wireguard.ko" -- "$selftests/long/builtin.sh"
fi

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"
need_tool wg

built_in()
{
	[ -d /sys/module/wireguard ]
	[ ! -e /sys/module/wireguard/initstate ]
}
test_case "this kernel has the stock driver built in" built_in

check "make install-as-wireguard says that it has no effect" matches \
	"$(make -s -C "$repo" install-as-wireguard)" "the stock driver is built into this kernel"

stock_serves()
{
	ip link add wg0 type wireguard
	wg show wg0 listen-port
	modprobe wireguard
	! grep naawg /proc/modules
}
test_case "links of kind wireguard are the stock driver's, and load nothing" stock_serves

refuses_names()
{
	refuses modprobe naawg_wireguard
	dmesg | tail -n 20 | grep "naawg_wireguard: the stock driver has the names"
	! grep naawg_wireguard /proc/modules
	wg show wg0 listen-port
}
test_case "naawg_wireguard refuses to load, and says why" refuses_names

told()
{
	matches "$("$WG" version)" "served by the stock driver, which is built into this kernel"
	contains "$("$WG" version --json | tr -d " ")" '"wireguard":"built-in"'
}
test_case "the tool says who serves them" told

ours()
{
	ip link add n0 type naawg
	"$WG" show n0 listen-port
	ip link del n0
	ip link del wg0
}
test_case "links of kind naawg work beside them" ours
finish
