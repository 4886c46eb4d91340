/* SPDX-License-Identifier: GPL-2.0 */
/* Parses configuration files: sections and lines to the model. */

#ifndef NAAWG_CONF_H
#define NAAWG_CONF_H

#include <stdio.h>

#include "conf/value.h"
#include "lib/model.h"

enum conf_mode {
	CONF_REPLACE,		/* setconf, syncconf: reset values not in the file */
	CONF_APPEND,		/* addconf: keep values not in the file */
};

enum conf_result {
	CONF_OK,
	CONF_SYNTAX,		/* a line is wrong; struct conf_place has its position */
	CONF_INCOMPLETE,	/* a peer has no public key; position likewise */
	CONF_READ,		/* the file could not be read */
};

/* A position in a file. Lines and columns start at 1, columns count bytes. */
struct conf_place {
	unsigned int line;
	unsigned int column;
	const char *quick_key;		/* the key in error, if it is naawg-quick's */
};

/*
 * Adds to @dev, which device_init() prepared, and prints errors to @err. After a failure
 * @dev can only be destroyed.
 */
enum conf_result conf_parse_file(struct device *dev, FILE *in, enum conf_mode mode,
				 const struct resolver *resolver, FILE *err,
				 struct conf_place *place);

#endif
