/* SPDX-License-Identifier: GPL-2.0 */
/* From one configuration to another without touching what is the same. */

#ifndef NAAWG_SYNC_H
#define NAAWG_SYNC_H

#include "lib/model.h"

/*
 * @want replaces everything, as conf_parse_file() made it; afterwards it is
 * the change that leads there from @now and leaves running peers alone.
 * Returns 0 or -ENOMEM.
 */
int sync_reduce(struct device *want, const struct device *now);

#endif
