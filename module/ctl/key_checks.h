/* SPDX-License-Identifier: GPL-2.0 */
/* Checks of requests for keys in the wrong place. */
#ifndef _NAAWG_KEY_CHECKS_H
#define _NAAWG_KEY_CHECKS_H

#include <net/genetlink.h>

#include "../state/dev.h"
#include "set_form.h"

bool naawg_key_is_own_private(const struct naawg_dev *dev,
			      const u8 key[NAAWG_KEY_SIZE]);
int naawg_key_check_request(struct naawg_dev *dev, const struct naawg_set *set);

#endif
