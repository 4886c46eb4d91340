#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's log cannot be sent through a tunnel, because netpoll sends with interrupts
# off.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "others are not asked"
modinfo netconsole >/dev/null 2>&1 || skip_all "this kernel has no netconsole"
keys a b
link_new_here()
{
	ip link add "np$$" type "$KIND"
	defer ip link del "np$$"
	"$WG" set "np$$" private-key "$TMP/a.key" peer "${PUB[b]}" \
		allowed-ips 10.8.0.2/32 endpoint 127.0.0.1:9
	ip addr add 10.8.0.1/24 dev "np$$"
	ip link set "np$$" up
}
link_new_here
defer modprobe -qr netconsole

refused()
{
	refuses modprobe netconsole \
		"netconsole=6665@10.8.0.1/np$$,6666@10.8.0.2/02:00:00:00:00:02"
	dmesg | grep -q "np$$ doesn't support polling"
}
test_case "netpoll is refused on our links" refused
echo "said while the log would be sent" >/dev/kmsg
finish
