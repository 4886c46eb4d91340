#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Losing the last pointer to memory.

. "$(dirname "$0")/bug_lib.sh"
