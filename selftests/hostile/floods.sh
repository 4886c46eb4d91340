#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Floods from one source and from thousands, of what costs work and of what does
# not, next to a tunnel that has to lose nothing by them.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/floods.py"
