/* SPDX-License-Identifier: GPL-2.0 */
/* Sealing a batch of packets of one session. */
#ifndef _NAAWG_SEAL_BATCH_H
#define _NAAWG_SEAL_BATCH_H

#include "../outer/batch.h"

bool naawg_batch_seal(struct naawg_batch *batch);

#endif
