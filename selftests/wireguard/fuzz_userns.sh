#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The same random requests from root of a user namespace, as in a container that a user
# without privileges made.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_tool unshare setpriv
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1

nobody_serves || bail "nobody has the names"
modprobe naawg_wireguard || bail "naawg_wireguard is loaded"
# Where everybody may read, wherever the checkout is.
mkdir -p "$TMP/selftests"
cp -r "$selftests/wireguard" "$selftests/suite.py" "$TMP/selftests/"
chmod -R a+rX "$TMP"
delegate setpriv --reuid=65534 --regid=65534 --clear-groups \
	unshare -Urn /usr/bin/python3 "$TMP/selftests/wireguard/fuzz.py"
