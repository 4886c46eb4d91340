#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hosts that call and are no peers are remembered, in bounded memory, for administrators.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
[ "$KIND" = naawg ] || skip_all "the stock driver remembers no callers"
python_test "$(dirname "$0")/callers.py"
