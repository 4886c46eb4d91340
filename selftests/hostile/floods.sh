#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Floods from one source and from thousands, of messages that cost work and of garbage,
# next to a tunnel that must not lose a packet.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"
python_test "$(dirname "$0")/floods.py"
