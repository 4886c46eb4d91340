#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Writing beyond the end of memory.

. "$(dirname "$0")/bug_lib.sh"
