/* SPDX-License-Identifier: GPL-2.0 */
/* Port forwards: their text, and their netlink attributes. */

#ifndef NAAWG_FORWARD_H
#define NAAWG_FORWARD_H

#include <libmnl/libmnl.h>
#include <stdio.h>

#include "lib/model.h"

/*
 * PORT[-LAST]:PROTO[:ADDRESS[:PORT]] [dev NAME] [from KEY|PREFIX] [no-masquerade]
 *
 * Any number of these, with white space between the words, may stand in a text;
 * what begins with # runs to the end of its line. Adds them to @dev. False:
 * what is wrong was said on @err.
 */
bool forward_parse(struct device *dev, const char *text, FILE *err);

/* Whether a link that listens on this UDP port would lose it to the forward. */
bool forward_takes(const struct forward *forward, uint16_t port);

#define FORWARD_TEXT_LEN	256

/* The same grammar. */
const char *forward_text(char text[static FORWARD_TEXT_LEN], const struct forward *forward);

/*
 * If nl_set_forwards() failed, says on standard error which forward was refused and
 * why. False: it failed.
 */
bool forwards_result(int error, const struct device *dev, size_t refused);

/*
 * The forwards of @dev are in force. For each one that cannot work at the moment, says
 * on standard error why. Returns the number of such forwards.
 */
size_t forward_warnings(const struct device *dev);

/* Room the attributes of one forward may take in a request. */
#define FORWARD_ROOM		160

void forward_put(struct nlmsghdr *nlh, const struct forward *forward, bool remove);

/* Adds what one message of a get-forwards dump says. 0 or a negative errno. */
int forward_get(struct device *dev, const struct nlmsghdr *nlh, size_t header_len);

#endif
