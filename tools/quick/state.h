/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel has no place for: the names of peers, and endpoints as they
 * were given. It lives in /run, a file per interface and network namespace, and
 * holds no secret.
 */

#ifndef NAAWG_STATE_H
#define NAAWG_STATE_H

#include "model.h"

/* Makes the directory of these files. */
bool state_dir(void);

/* What files said of @dev, whose name is set. False: it was said why not. */
bool state_save(const struct device *dev);

/* Gives the peers of @dev their name and endpoint_text. Says nothing. */
void state_names(struct device *dev);
void state_remove(const char *name);

/* Remembers that name servers of the link are from us, or asks and forgets. */
bool state_dns(const char *name, bool ours);

#endif
