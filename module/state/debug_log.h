/* SPDX-License-Identifier: GPL-2.0 */
/* Lines in the kernel's log that dynamic debug switches on. */
#ifndef _NAAWG_DEBUG_LOG_H
#define _NAAWG_DEBUG_LOG_H

#include "../core/reason.h"
#include "../core/wire.h"

struct net_device;

void naawg_debug_reason(const struct net_device *netdev,
			enum naawg_reason reason, unsigned int n);
void naawg_debug_peer(const struct net_device *netdev,
		      const u8 public[NAAWG_KEY_SIZE], const char *what);

#endif
