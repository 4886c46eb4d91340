#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The whole vm tier on Debian's 6.12.

. "$(dirname "$0")/../kernels/on_kernel.sh"

build_for 6.12
mapfile -t tests < <("$selftests/run.sh" -l)
NAAWG_VM_LIMIT=3500 run_on 6.12 "${tests[@]}"
finish
