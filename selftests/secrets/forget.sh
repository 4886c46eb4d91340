#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Sessions end when this machine sleeps, or is one of two copies. The kernel only pretends
# to sleep, for five seconds, and notifies everybody as usual.

# shellcheck source=selftests/wire/wire_lib.sh
. "$(dirname "$0")/../wire/wire_lib.sh"

grep -q freezer /sys/power/pm_test 2>/dev/null ||
	skip_all "this kernel cannot pretend to sleep (CONFIG_PM_SLEEP_DEBUG)"
if built_module secrets/naawg_fork.ko; then
	# shellcheck disable=SC2154 # lib.sh sets it
	export NAAWG_FORK=$built
else
	diag "not tested: a copied VM, as no $built was built for $(uname -r)"
fi
python_test "$(dirname "$0")/forget.py"
