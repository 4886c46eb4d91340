/* SPDX-License-Identifier: GPL-2.0 */
/* Port forwards: their text, and their netlink attributes. */

#ifndef NAAWG_FORWARD_H
#define NAAWG_FORWARD_H

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

#endif
