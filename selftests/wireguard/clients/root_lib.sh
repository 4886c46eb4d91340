# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The Debian 12 with clients of the stock driver. It needs the network, so long/clients.sh
# makes it before the tests run in a guest.

# shellcheck source=selftests/kernels/kernel.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../kernels/kernel.sh"

CLIENTS_ROOT=bookworm-clients

# clients_root: make it, and print its directory
clients_root()
{
	debian_root $CLIENTS_ROOT bookworm dbus systemd network-manager netplan.io ifupdown2 \
		python3-pyroute2 wireguard-tools iproute2 iputils-ping procps kmod
}
