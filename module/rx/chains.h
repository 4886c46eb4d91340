/* SPDX-License-Identifier: GPL-2.0 */
/* Test whether this kernel segments redirected chains correctly. */
#ifndef _NAAWG_CHAINS_H
#define _NAAWG_CHAINS_H

#include <linux/jump_label.h>

/* enabled if it does */
DECLARE_STATIC_KEY_FALSE(naawg_chains_key);

void naawg_chains_setup(void);
u32 naawg_chains_verdict(void);

#endif
