#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Messages in the shapes of the clients of the stock driver, and wrong ones: the stock driver
# of this kernel and naawg under its names give the same answers.

. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock

both /usr/bin/python3 "$(dirname "$0")/messages.py"
finish
