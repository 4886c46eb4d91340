#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian's 6.12, which stands for the kernels between 6.1 and 7.x: the module builds for
# it without a warning, carries packets there and forwards. make check-long runs the other
# tests.

. "$(dirname "$0")/on_kernel.sh"

build_for 6.12
run_on 6.12 net/basic.sh nl/set_get.sh nat/rules.sh wireguard/messages.sh
# From 6.5 on splice() hands pages of its caller to UDP as they are.
NAAWG_CPUS=2 run_on 6.12 hostile/kept.sh
finish
