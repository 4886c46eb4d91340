/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translates the model to netlink attributes and back. There are no sockets here, so tests
 * and fuzzers can feed it bytes.
 */

#ifndef NAAWG_CODEC_H
#define NAAWG_CODEC_H

#include <libmnl/libmnl.h>

#include "lib/model.h"

/*
 * Splits a change of @dev into messages of limited size. All other members start as zero.
 */
struct codec_cursor {
	const struct device *dev;
	size_t peer;		/* next peer to write */
	size_t ip;		/* its next allowed IP, if the peer was started */
	bool begun;		/* the first message was written */
	bool peer_begun;
	uint32_t without;	/* device_bits of attributes to leave out */
};

/*
 * Appends attributes to @nlh, which has its headers, until @room bytes of the message are
 * used. True: send this message; the next call writes the next one. False: there is
 * nothing left to write.
 */
bool codec_put(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room);

/*
 * Adds one message of a get-device or get-stats dump to @dev. A peer with the same public
 * key as the last peer continues it. Returns 0 or a negative errno.
 */
int codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
