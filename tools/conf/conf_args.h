/* SPDX-License-Identifier: GPL-2.0 */
/* The arguments of `set' to the model. */

#ifndef NAAWG_CONF_ARGS_H
#define NAAWG_CONF_ARGS_H

#include "conf/value.h"

/*
 * Adds to @dev, which device_init() prepared, and says what is wrong on @err. After a
 * failure @dev is good for device_destroy() only.
 */
bool conf_parse_args(struct device *dev, int argc, char **argv,
		     const struct resolver *resolver, FILE *err);

#endif
