#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GSO packets that hold messages of several sessions, from a peer in Python: every message
# is handled as if it had come alone.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
[ "$KIND" = naawg ] || skip_all "$KIND links take no GSO packets whole"
python_test "$(dirname "$0")/mixed.py"
