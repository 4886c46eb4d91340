# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The tests that speak netlink by themselves: python NAME runs NAME.py, which
# speaks TAP itself, on a host of its own.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"

python()
{
	[ "$KIND" = naawg ] || skip_all "$KIND links speak another family"
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || absent "no python3-yaml"
	hosts a
	at a /usr/bin/python3 "$1"
	tap_finished=$?
	exit "$tap_finished"
}
