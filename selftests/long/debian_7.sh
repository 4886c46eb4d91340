#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 9000
#
# The whole vm tier on the newest kernel Debian has.

. "$(dirname "$0")/../kernels/on_kernel.sh"

all_on 7
finish
