/* SPDX-License-Identifier: GPL-2.0 */
/* Networks that other tunnels block while they are down. */

#ifndef NAAWG_BLOCKS_H
#define NAAWG_BLOCKS_H

#include "diag/facts.h"

struct blocks {
	struct rt_list list;
};

/* Reads the blocks of all tunnels but @own. */
void blocks_read(struct blocks *blocks, const char *own);
/* Reports the block around @to, which @peer needs. False: there is none. */
bool blocks_report(const struct blocks *blocks, struct facts *facts, const struct peer *peer,
		   const struct allowed_ip *to);
void blocks_destroy(struct blocks *blocks);

#endif
