#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What was recorded is sent again, in any order: nothing is delivered twice.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/replays.py"
