#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Random requests, made from the specification, as the administrator of the
# machine. Seed and number can be given, see fuzz.py.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
python_test "$(dirname "$0")/fuzz.py"
