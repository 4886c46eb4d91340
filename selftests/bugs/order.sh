#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two locks, taken in either order.

. "$(dirname "$0")/bug_lib.sh"
