/* SPDX-License-Identifier: GPL-2.0 */
/* Translates port forwards to netlink attributes and back. */

#ifndef NAAWG_FORWARD_CODEC_H
#define NAAWG_FORWARD_CODEC_H

#include <libmnl/libmnl.h>

#include "lib/model.h"

/* The largest size of the attributes of one forward. */
#define FORWARD_ROOM		160

void forward_put(struct nlmsghdr *nlh, const struct forward *forward, bool remove);

/* Adds one message of a get-forwards dump. Returns 0 or a negative errno. */
int forward_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
