#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every request that is wrong in some way is refused and changes nothing.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
python_test "$(dirname "$0")/input.py"
