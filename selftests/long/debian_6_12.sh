#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 9000
#
# The whole vm tier on Debian's 6.12.

. "$(dirname "$0")/../kernels/on_kernel.sh"

all_on 6.12
finish
