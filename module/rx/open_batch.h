/* SPDX-License-Identifier: GPL-2.0 */
/* Opens a batch of messages of one session in place. */
#ifndef _NAAWG_OPEN_BATCH_H
#define _NAAWG_OPEN_BATCH_H

#include "../outer/batch.h"

void naawg_batch_open(struct naawg_batch *batch);

#endif
