#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# The cases of forward.sh with messages that reach the tunnel as chains.

here=$(cd "$(dirname "$0")" && pwd -P)
CHAINS=1 exec "$here/forward.sh"
