/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the arguments of `set'. */

#ifndef NAAWG_CONF_ARGS_H
#define NAAWG_CONF_ARGS_H

#include "conf/value.h"

/*
 * Adds to @dev, which device_init() prepared, and prints errors to @err. After a failure
 * @dev can only be destroyed.
 */
bool conf_parse_args(struct device *dev, int argc, char **argv,
		     const struct resolver *resolver, FILE *err);

#endif
