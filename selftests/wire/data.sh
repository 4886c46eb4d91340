#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Data messages, and all that can be wrong with them, against a peer of our own.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/wire_lib.sh"
python_test "$(dirname "$0")/data.py"
