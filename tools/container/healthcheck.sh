#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Healthy once hands were shaken, and for as long as they are.

exec naawg check "${WG_INTERFACE:-wg0}"
