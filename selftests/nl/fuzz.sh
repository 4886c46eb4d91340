#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Random requests made from the specification, as root of the machine. The head of fuzz.py
# says how to set the seed and their number.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
python_test "$(dirname "$0")/fuzz.py"
