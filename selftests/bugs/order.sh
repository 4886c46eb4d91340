#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Taking two locks in either order.

. "$(dirname "$0")/bug_lib.sh"
