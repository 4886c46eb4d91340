/* SPDX-License-Identifier: GPL-2.0 */
/* Whether this kernel takes chains of datagrams apart without a mistake. */
#ifndef _NAAWG_CHAINS_H
#define _NAAWG_CHAINS_H

#include <linux/jump_label.h>

/* on if it does */
DECLARE_STATIC_KEY_FALSE(naawg_chains_key);

void naawg_chains_setup(void);
u32 naawg_chains_verdict(void);

#endif
