#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GSO packets with an error in them, and the packets joined from them, from a peer in
# Python.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
[ -x "$selftests/out/batch/counters" ] ||
	bail "no helpers in $selftests/out/batch, make -C selftests all builds them"
python_test "$(dirname "$0")/super.py"
