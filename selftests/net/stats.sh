#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every drop reason is provoked and counted, as the tool's `stats --json` prints it, and
# so is the last reason of a peer.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "$KIND links count no reasons"
need_python cryptography yaml
python_test "$NET_DIR/stats.py"
