#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory that is written to beyond its end.

. "$(dirname "$0")/bug_lib.sh"
