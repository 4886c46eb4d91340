/* SPDX-License-Identifier: GPL-2.0 */
/* Reasons for which packets and handshakes are dropped. */
#ifndef _NAAWG_REASON_H
#define _NAAWG_REASON_H

#include <linux/types.h>

/**
 * enum naawg_reason - reason for which a packet or a handshake was dropped
 *
 * %NAAWG_OK stands for success. Every other value has a counter per device.
 */
enum naawg_reason {
	NAAWG_OK = 0,
#define NAAWG_REASON(symbol, ...) NAAWG_R_##symbol,
#include "reason_list.h"
#undef NAAWG_REASON
	NAAWG_REASON_COUNT
};

const char *naawg_reason_name(enum naawg_reason reason);
bool naawg_reason_is_handshake(enum naawg_reason reason);

#endif
