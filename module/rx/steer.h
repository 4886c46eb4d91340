/* SPDX-License-Identifier: GPL-2.0 */
/* A CPU that rests, for one that has no rest. */
#ifndef _NAAWG_STEER_H
#define _NAAWG_STEER_H

#include "queue.h"

struct naawg_rxq *naawg_steer_find_idle(struct naawg_rxq *rxq, int done);

#endif
