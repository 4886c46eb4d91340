/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model to netlink attributes and back. No sockets here: tests and
 * fuzzers feed it bytes.
 */

#ifndef NAAWG_CODEC_H
#define NAAWG_CODEC_H

#include <libmnl/libmnl.h>

#include "lib/model.h"

/*
 * Cuts a change of @dev into messages of limited size. Start with everything
 * but @dev zero.
 */
struct codec_cursor {
	const struct device *dev;
	size_t peer;		/* next peer to write */
	size_t ip;		/* and its next allowed IP, if it was begun */
	bool begun;		/* the first message is out */
	bool peer_begun;
};

/*
 * Appends attributes to @nlh, whose headers are in place, until @room bytes
 * (of the whole message) are used. True: this message is to be sent, and the
 * next call writes the next one. False: everything was written before.
 */
bool codec_put(struct codec_cursor *cursor, struct nlmsghdr *nlh, size_t room);

/*
 * Adds what one message of a get-device or get-stats dump says to @dev. A
 * peer with the public key of the last one goes on where that left off.
 * Returns 0 or a negative errno.
 */
int codec_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
