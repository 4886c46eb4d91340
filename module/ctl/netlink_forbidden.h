/* SPDX-License-Identifier: GPL-2.0 */
/* Forbidden networks of a set-device request. */
#ifndef _NAAWG_NETLINK_FORBIDDEN_H
#define _NAAWG_NETLINK_FORBIDDEN_H

#include <net/genetlink.h>

#include "../state/dev.h"

int naawg_netlink_read_forbidden(struct naawg_dev *dev, struct genl_info *info,
				 struct naawg_forbidden **forbidden);
void naawg_netlink_drop_forbidden(struct naawg_dev *dev,
				  struct naawg_forbidden *forbidden);
void naawg_netlink_set_forbidden(struct naawg_dev *dev,
				 struct naawg_forbidden *forbidden);

#endif
