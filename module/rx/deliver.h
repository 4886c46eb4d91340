/* SPDX-License-Identifier: GPL-2.0 */
/* Makes skbs from packets that were opened out of place, and delivers them. */
#ifndef _NAAWG_DELIVER_H
#define _NAAWG_DELIVER_H

#include "opener.h"

void naawg_deliver_run(struct naawg_opener *o);
void naawg_deliver_alone(struct naawg_opener *o, u32 at, u32 len);

#endif
