/* SPDX-License-Identifier: GPL-2.0 */
/* Parses and prints port forwards. */

#ifndef NAAWG_FORWARD_H
#define NAAWG_FORWARD_H

#include <stdio.h>

#include "lib/model.h"

/*
 * PORT[-LAST]:PROTO[:ADDRESS[:PORT]] [dev NAME] [from KEY|PREFIX] [no-masquerade]
 *
 * Adds all forwards of a text to @dev. White space separates words, and a # starts a
 * comment up to the end of its line. False: there is an error, which was printed to @err.
 */
bool forward_parse(struct device *dev, const char *text, FILE *err);

/* Whether a link that listens on this UDP port would lose it to the forward. */
bool forward_takes(const struct forward *forward, uint16_t port);

#define FORWARD_TEXT_LEN	256

/* Prints a forward in this grammar. */
const char *forward_text(char text[static FORWARD_TEXT_LEN], const struct forward *forward);

#endif
