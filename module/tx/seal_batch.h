/* SPDX-License-Identifier: GPL-2.0 */
/* Seals a batch of packets of one session with one reservation of nonces. */
#ifndef _NAAWG_SEAL_BATCH_H
#define _NAAWG_SEAL_BATCH_H

#include "../outer/batch.h"

bool naawg_batch_seal(struct naawg_batch *batch);

#endif
