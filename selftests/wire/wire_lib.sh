# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The tests against a peer made of Python: python NAME runs NAME.py, which
# speaks TAP itself, on a host of its own.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"

python()
{
	/usr/bin/python3 -c 'import cryptography, yaml' 2>/dev/null ||
		absent "no python3-cryptography and python3-yaml"
	hosts a
	KIND=$KIND WG=$WG at a /usr/bin/python3 "$1"
	tap_finished=$?
	exit "$tap_finished"
}
