/* SPDX-License-Identifier: GPL-2.0 */
/* Receives the events of the module. */

#ifndef NAAWG_NL_LISTEN_H
#define NAAWG_NL_LISTEN_H

#include "lib/model.h"

/*
 * Receives the events of the naawg links of this network namespace, and calls @cb with:
 *	NAAWG_CMD_*_NTF and its content	for each event
 *	0 and NULL			at the start, and when the module is loaded again
 *	-ENOBUFS and NULL		after events were lost
 * Returns 0 after @cb returned false, or a negative errno.
 */
typedef bool (*nl_listen_cb)(int event, struct device *dev, void *arg);

/* Returns when @fd is readable, or earlier. */
typedef void (*nl_listen_wait)(int fd, void *arg);

int nl_listen(nl_listen_cb cb, nl_listen_wait wait, void *arg);

#endif
