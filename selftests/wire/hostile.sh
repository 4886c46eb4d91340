#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Senders that do not authenticate get no answer and change nothing.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/wire_lib.sh"
python_test "$(dirname "$0")/hostile.py"
