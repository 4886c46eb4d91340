#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool against wg without a kernel module; offline.py says how.
exec "$(dirname "$0")/offline.py"
