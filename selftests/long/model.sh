#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# The model of the protocol with larger bounds: more states of each run, and more random walks.

exec "$(dirname "$0")/../model/check" 400000 1500
