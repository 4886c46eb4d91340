#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory nobody points to any more.

. "$(dirname "$0")/bug_lib.sh"
