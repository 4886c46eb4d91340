#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Only what authenticates, and is new, says where a peer is.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/endpoints.py"
