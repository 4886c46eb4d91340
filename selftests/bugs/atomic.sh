#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sleeping with a spinlock held.

. "$(dirname "$0")/bug_lib.sh"
