#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Using one variable on two processors without synchronization.

. "$(dirname "$0")/bug_lib.sh"
