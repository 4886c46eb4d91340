#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The flavours Debian has of each kernel: for real time, where locks sleep, and
# for clouds, where much is left out.

. "$(dirname "$0")/../kernels/on_kernel.sh"

for spec in 6.1-rt 6.1-cloud 6.12-rt 6.12-cloud 7-rt 7-cloud; do
	build_for "$spec"
	more=()
	[[ $spec != *-rt ]] || more=(net/preempted.sh net/nested.sh)
	run_on "$spec" "${kernel_subset[@]}" "${more[@]}"
done
finish
