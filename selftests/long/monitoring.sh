#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# The files of tools/monitoring with a real Prometheus, Alertmanager and node exporter:
# monitoring/servers, in User-Mode Linux.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool dpkg-deb
export NAAWG_GUEST=uml NAAWG_OUT=${NAAWG_OUT:-$selftests/out}/monitoring NAAWG_NO_DEPS=1
mkdir -p "$NAAWG_OUT"
"$selftests/deps.sh" monitoring >"$NAAWG_OUT/deps.log" 2>&1
"$selftests/monitoring/programs" >"$NAAWG_OUT/programs.log" 2>&1 ||
	bail "the programs are unpacked, see $NAAWG_OUT/programs.log"
"$selftests/run.sh" vm monitoring/servers >"$NAAWG_OUT/report.txt" 2>&1
import_report "$NAAWG_OUT/report.txt"
finish
