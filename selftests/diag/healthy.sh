#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg diag` finds nothing wrong with tunnels that work, are idle, or were never used.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "only naawg has a diagnosis"
need_tool nft setpriv
delegate /usr/bin/python3 "$(dirname "$0")/healthy.py"
