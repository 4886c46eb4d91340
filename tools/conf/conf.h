/* SPDX-License-Identifier: GPL-2.0 */
/* The two grammars of a configuration: INI files and `set' arguments. */

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
 * Both add to @dev, which device_init() prepared, and say what is wrong on
 * @err. After a failure @dev is good for device_destroy() only.
 */
enum conf_result conf_parse_file(struct device *dev, FILE *in, enum conf_mode mode,
				 const struct resolver *resolver, FILE *err,
				 struct conf_place *place);
bool conf_parse_args(struct device *dev, int argc, char **argv,
		     const struct resolver *resolver, FILE *err);

#endif
