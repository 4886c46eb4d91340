# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Programs that speak the netlink family themselves (genl.py), in one network namespace:
#
#	+- namespace a ---------------------------------+
#	|  the program --netlink-- links of naawg: t0.. |
#	+-----------------------------------------------+
#
# The links carry no traffic. python_test runs a program.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
[ "$KIND" = naawg ] || skip_all "$KIND links speak another family"
need_python yaml
