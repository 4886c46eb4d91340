#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Valid requests of set-device, and dumps of any size.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
python_test "$(dirname "$0")/set_get.py"
