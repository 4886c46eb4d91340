#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
#
# apps/upload.sh with 2 GB and the limit of a minute that the users' program has.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"
guest upload
NAAWG_UPLOAD_MB=2048 NAAWG_UPLOAD_TIMEOUT=60 NAAWG_UPLOAD_DIR=/out/files \
	run_in_guest apps/upload.sh
finish
