#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Data messages with every possible error, from a peer in Python.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/wire_lib.sh"
python_test "$(dirname "$0")/data.py"
