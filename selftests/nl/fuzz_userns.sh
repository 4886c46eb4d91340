#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The same random requests from root of a user namespace, as in a container that a user
# without privileges made.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
need_tool unshare setpriv
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1
# Where everybody may read, wherever the checkout is.
mkdir -p "$TMP/selftests" "$TMP/module"
cp -r "$selftests/nl" "$selftests/suite.py" "$TMP/selftests/"
cp -r "$repo/module/uapi" "$TMP/module/"
chmod -R a+rX "$TMP"
delegate setpriv --reuid=65534 --regid=65534 --clear-groups \
	unshare -Urn /usr/bin/python3 "$TMP/selftests/nl/fuzz.py"
