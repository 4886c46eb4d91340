#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Using memory after it was freed.

. "$(dirname "$0")/bug_lib.sh"
