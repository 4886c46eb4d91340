# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A link under test and peers written in Python (peer.py), in one network namespace:
#
#	+- namespace a ------------------------------------------------------+
#	|                                                                    |
#	|  t0 (KIND, port 5001) 10.9.0.1/16 fd09::1/16                       |
#	|   |                                                                |
#	|   | outer packets over lo: 127.0.0.0/8 and ::1                     |
#	|   |                                                                |
#	|  sockets of the test, one for each peer N: 10.9.N.2 fd09:N::2      |
#	|                                                                    |
#	+--------------------------------------------------------------------+
#
# No host has the peers' inner addresses. A packet to one of them leaves t0 sealed and
# arrives at the peer's socket. bench.py builds all this; python_test runs a program that
# uses it.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
need_python cryptography yaml
