#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Cookies and rate limits: the behaviour of a link under load.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/wire_lib.sh"
python_test "$(dirname "$0")/cookies.py"
