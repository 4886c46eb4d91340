#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The handshake, message by message, with a peer in Python.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/wire_lib.sh"
python_test "$(dirname "$0")/handshake.py"
