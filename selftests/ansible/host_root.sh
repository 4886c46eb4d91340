# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# The Debian 12 that the role host is tested in, and the packages it installs there. They
# need the network or minutes, so long/ansible_host.sh makes them before host.sh runs in
# a guest.

HOST_DEBS=$selftests/out/ansible-host/debs

# host_root - print the directory of a Debian 12 with what DKMS and Ansible need
host_root()
{
	debian_root bookworm-ansible bookworm dkms gcc make kmod openssl pahole procps \
		linux-headers-amd64 python3 python3-apt libmnl0 libsodium23 iproute2
}
