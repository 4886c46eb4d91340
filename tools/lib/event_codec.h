/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the attributes that only events have: who made a change, and what was before. */

#ifndef NAAWG_EVENT_CODEC_H
#define NAAWG_EVENT_CODEC_H

#include <libmnl/libmnl.h>

#include "lib/model.h"

/* Adds them to @dev. Returns 0 or a negative errno. */
int event_codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
