/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of a device that a netlink request asks for. */
#ifndef _NAAWG_SET_H
#define _NAAWG_SET_H

#include "set_form.h"

struct naawg_dev;

int naawg_set_device(struct naawg_dev *dev, const struct naawg_set *set);

#endif
