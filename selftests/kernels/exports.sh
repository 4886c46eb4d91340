#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian exports more than Linux does. What the module calls has to be there in
# kernels that are not built for here, or the module does not load. debian_6_12.sh and
# debian_7.sh look at what they build.

. "$(dirname "$0")/on_kernel.sh"

need_tool readelf modinfo apt-get tar
release=$(kernel_release 6.1) || skip_all "no kernel 6.1 to be had"
module=$repo/module/naawg.ko
[ "$(modinfo -F vermagic "$module" 2>/dev/null | cut -d' ' -f1)" = "$release" ] ||
	skip_all "module/naawg.ko is not built for $release"

exported "6.1" "$module" 6.1
# The search has to find what there is to find.
like "what only Debian exports is found out" \
	"$(/usr/bin/python3 "$exports_dir/exports.py" vanilla "$module" /dev/null --strict)" \
	"does not export task_work_add"
finish
