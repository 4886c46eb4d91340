#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 7200
#
# All tests on the instrumented kernel.

NAAWG_SANITIZED=all NAAWG_FUZZ_REQUESTS=100000 NAAWG_VM_LIMIT=7000 \
	exec "$(dirname "$0")/../uml/sanitized.sh"
