#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The wall clock of the guest jumps forward and back.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
[ -n "${NAAWG_VM:-}" ] || skip_all "it sets the clock, which is for guests only"
[ "$KIND" = naawg ] || skip_all "$KIND sends the wall clock, whatever it says"
python_test "$(dirname "$0")/clocks.py"
