#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Outer packets in fragments, complete, incomplete and overlapping, and with wrong
# lengths.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/fragments.py"
