#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Notifications about changes of peers, forwards, the private key and the link: one per
# change, with who made it.

# shellcheck source=selftests/nl/nl_lib.sh
. "$(dirname "$0")/nl_lib.sh"
need_tool setpriv nsenter unshare
python_test "$(dirname "$0")/events.py"
