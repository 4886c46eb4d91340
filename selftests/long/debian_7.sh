#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The whole vm tier on the newest kernel Debian has.

. "$(dirname "$0")/../kernels/on_kernel.sh"

build_for 7
mapfile -t tests < <("$selftests/run.sh" -l)
NAAWG_VM_LIMIT=3500 run_on 7 "${tests[@]}"
finish
