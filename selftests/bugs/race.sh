#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two processors at one variable.

. "$(dirname "$0")/bug_lib.sh"
