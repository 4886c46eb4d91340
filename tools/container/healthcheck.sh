#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Healthy while the kernel says that the peer is connected. A handshake under way gets
# three seconds to end.

exec naawg check "${WG_INTERFACE:-wg0}" --wait 3
