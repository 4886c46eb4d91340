/* SPDX-License-Identifier: GPL-2.0 */
/* Checks whether a forward can work on this host. */
#ifndef _NAAWG_CHECKS_H
#define _NAAWG_CHECKS_H

#include "forwards.h"

int naawg_forward_check(struct naawg_dev *dev,
			struct naawg_forward_change *change,
			struct netlink_ext_ack *extack);
bool naawg_forward_leads_into(const struct naawg_dev *dev,
			      const struct naawg_forbidden *forbidden);
bool naawg_forward_needs_port(const struct naawg_dev *dev, u16 port);

#endif
