/* SPDX-License-Identifier: GPL-2.0 */
/* Configuration files: sections and lines to the model. */

#ifndef NAAWG_CONF_H
#define NAAWG_CONF_H

#include <stdio.h>

#include "conf/value.h"
#include "lib/model.h"

enum conf_mode {
	CONF_REPLACE,		/* setconf, syncconf: what is not named is reset */
	CONF_APPEND,		/* addconf: what is not named stays */
};

enum conf_result {
	CONF_OK,
	CONF_SYNTAX,		/* a line is wrong; where, in struct conf_place */
	CONF_INCOMPLETE,	/* a peer has no public key; likewise */
	CONF_READ,		/* the file could not be read */
};

/* Counted from 1, columns in bytes. */
struct conf_place {
	unsigned int line;
	unsigned int column;
	const char *quick_key;		/* in this line, if it is one of naawg-quick */
};

/*
 * Adds to @dev, which device_init() prepared, and says what is wrong on @err. After a failure @dev is good for device_destroy() only.
 */
enum conf_result conf_parse_file(struct device *dev, FILE *in, enum conf_mode mode,
				 const struct resolver *resolver, FILE *err,
				 struct conf_place *place);

#endif
