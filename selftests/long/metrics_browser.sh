#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The status page of `naawg metrics` in headless Chromium: metrics/browser.py. The pictures are
# left in the directory of the logs, for a person to look at.

. "$(dirname "$0")/../lib.sh"

need_tool chromium
out=${NAAWG_OUT:-$selftests/out}/metrics-browser
mkdir -p "$out"
make -s -C "$selftests/tool" >"$out/build.log" 2>&1 || bail "the probe is built, see $out/build.log"
delegate /usr/bin/python3 "$selftests/metrics/browser.py" "$out"
