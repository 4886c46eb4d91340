#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The newest kernel of Debian, with the compiler of Debian 13: the module builds for it
# without a warning and makes links of both kinds there. make check-long runs the other tests.

. "$(dirname "$0")/on_kernel.sh"

build_for 7
run_on 7 net/basic.sh nl/set_get.sh wireguard/messages.sh
finish
