#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The roles zabbix and prometheus with the real servers: ansible/monitoring, in User-Mode
# Linux.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool mmdebstrap ansible-playbook
export NAAWG_GUEST=uml NAAWG_OUT=${NAAWG_OUT:-$selftests/out}/ansible-monitoring
export NAAWG_NO_DEPS=1 NAAWG_MEMORY=4G
mkdir -p "$NAAWG_OUT"
"$selftests/ansible/monitoring_root" >"$NAAWG_OUT/root.log" 2>&1 ||
	bail "the servers are fetched, see $NAAWG_OUT/root.log"
"$selftests/run.sh" vm ansible/monitoring >"$NAAWG_OUT/report.txt" 2>&1
import_report "$NAAWG_OUT/report.txt"
finish
