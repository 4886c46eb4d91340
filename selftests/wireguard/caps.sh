#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel checks who asks: a user without privileges, root of a user namespace with a link
# of its own and with one that was moved to it, and root after the namespace is gone in which
# the link was made. Both drivers answer the same.

WG=/usr/bin/wg
# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock
need_tool unshare nsenter setpriv
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1
keys c

# says TEXT COMMAND...: one line with the answer
says()
{
	local answer rc=0

	answer=$("${@:2}" 2>&1) || rc=$?
	printf '%s: %s %s\n' "$1" "$rc" "$(tr '\n' ' ' <<<"$answer")"
}

# each_setting PREFIX...: every request that needs a capability of its own
each_setting()
{
	says "$1 shows" "${@:2}" wg show w0 listen-port
	says "$1 sets a peer" "${@:2}" wg set w0 peer "${PUB[c]}" allowed-ips 10.8.0.0/24
	says "$1 sets the port" "${@:2}" wg set w0 listen-port 5010
	says "$1 sets the mark" "${@:2}" wg set w0 fwmark 5
	says "$1 sets the MTU" "${@:2}" ip link set w0 mtu 1300
	says "$1 takes it up" "${@:2}" ip link set w0 up
}

# A process that keeps a user namespace and a network namespace, whose root is nobody.
container()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		unshare -Urn sleep 300 >/dev/null 2>&1 &
	CONTAINER=$!
	BACKGROUND+=("$CONTAINER")
	wait_for 30 has_namespace
}

has_namespace()
{
	[ "$(readlink "/proc/$CONTAINER/ns/net")" != "$(readlink /proc/self/ns/net)" ] &&
		grep -q 65534 "/proc/$CONTAINER/uid_map"
}

# Nobody is root of that user namespace.
inside()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		nsenter -t "$CONTAINER" -U -n --preserve-credentials "$@"
}

rules()
{
	ip link add w0 type wireguard
	each_setting nobody setpriv --reuid=65534 --regid=65534 --clear-groups
	container >/dev/null
	says "root of a container makes it" inside ip link add w0 type wireguard
	each_setting "root of a container" inside
	says "root of a container removes it" inside ip link del w0
	ip link set w0 netns "$CONTAINER"
	each_setting "root of a container that got it" inside
	says "root of a container removes what it got" inside ip link del w0
	end_background "$CONTAINER"
	hosts birth
	ipat birth link add w0 type wireguard
	ipat birth link set w0 netns 1
	host_del birth
	wait_for 30 refuses wg set w0 fwmark 6
	each_setting "root after the first namespace"
	ip link del w0
}

both rules
finish
