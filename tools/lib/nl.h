/* SPDX-License-Identifier: GPL-2.0 */
/* Sends requests to the module. */

#ifndef NAAWG_NL_H
#define NAAWG_NL_H

#include "lib/model.h"

/*
 * All of these return 0 or a negative errno. After an error, nlsock_extack_msg has the
 * message of the kernel.
 *
 * -EPROTONOSUPPORT: the module is not loaded, and the kernel could not load it.
 */
int nl_get_device(const char *name, struct device *dev);
int nl_get_stats(const char *name, struct device *dev);

/* Fills in the callers alone. */
int nl_get_callers(const char *name, struct device *dev);

/* *@parts gets the number of messages that the kernel accepted. */
int nl_set_device(const struct device *dev, unsigned int *parts);

/* Asks for a new session with the peer that has the key @public_key. */
int nl_rekey(const char *name, const uint8_t public_key[static KEY_LEN]);

/* Adds the forwards to @dev, which device_init() or nl_get_device() prepared. */
int nl_get_forwards(struct device *dev);

/*
 * Sends one request to add the forwards of @dev, to remove them, or with FORWARDS_REPLACE
 * to replace all present forwards by them. *@refused gets the index of the forward that
 * the kernel refused, or the number of forwards. After success nlsock_extack_msg may have
 * a warning.
 */
enum forwards_flags {
	FORWARDS_REMOVE		= 1 << 0,
	FORWARDS_REPLACE	= 1 << 1,
	FORWARDS_KILL		= 1 << 2,
};

int nl_set_forwards(const struct device *dev, unsigned int flags, size_t *refused);

#endif
