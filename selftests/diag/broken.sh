#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg diag` names what is wrong with tunnels that are really broken, in many ways, and
# what is wrong comes first.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "only naawg has a diagnosis"
need_tool nft
delegate /usr/bin/python3 "$(dirname "$0")/broken.py"
