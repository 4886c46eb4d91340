#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Only a new authenticated message changes the endpoint of a peer.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/endpoints.py"
