/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translates the model to attributes of the netlink family "wireguard" and back. The stock
 * driver has it, and naawg under the names of that. There are no sockets here.
 */

#ifndef NAAWG_STOCK_CODEC_H
#define NAAWG_STOCK_CODEC_H

#include "lib/codec.h"

/* As codec_put() and codec_get(). They leave out attributes that this family lacks. */
bool stock_codec_put(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room);
int stock_codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
