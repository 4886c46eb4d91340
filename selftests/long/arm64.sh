#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module builds for another architecture, by a cross compiler. It is not
# run there.

. "$(dirname "$0")/../kernels/on_kernel.sh"

need_tool aarch64-linux-gnu-gcc
newest=$(kernel_release 6.1) || skip_all "no kernel 6.1 to be had"
build_for "${newest%-amd64}-arm64" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
finish
