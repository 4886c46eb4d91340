#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A recording is sent again, in any order: no packet is delivered twice.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/replays.py"
