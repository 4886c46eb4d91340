#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Outer packets in fragments, whole, cut off and overlapping, and with lengths that
# lie.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/fragments.py"
