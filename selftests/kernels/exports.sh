#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian exports more than Linux does. A kernel that cannot be built for here has to
# export every function the module calls, or the module does not load there.
# debian_6_12.sh and debian_7.sh check the kernels they build for.

. "$(dirname "$0")/on_kernel.sh"

need_tool readelf modinfo apt-get tar
release=$(kernel_release 6.1) || skip_all "no kernel 6.1 to be had"
module=$repo/module/naawg.ko
[ "$(modinfo -F vermagic "$module" 2>/dev/null | cut -d' ' -f1)" = "$release" ] ||
	skip_all "module/naawg.ko is not built for $release"

exported "6.1" "$repo/module" 6.1
# Positive control: the search has to find a known function.
check "a function that only Debian exports is found" matches \
	"$(/usr/bin/python3 "$exports_dir/exports.py" vanilla "$module" /dev/null --strict)" \
	"does not export task_work_add"
finish
