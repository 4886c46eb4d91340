/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel has no place for: the names of peers, and endpoints as they
 * were given. It lives in /run, a file per interface and network namespace, and
 * holds no secret.
 */

#ifndef NAAWG_STATE_H
#define NAAWG_STATE_H

#include "lib/model.h"

#define STATE_DIR		"/run/naawg"
#define STATE_PATH_LEN		128
#define STATE_BESIDE_LEN	(STATE_PATH_LEN + 8)

/* Makes the directory of these files. */
bool state_dir(void);

/* What files said of @dev, whose name is set. False: it was said why not. */
bool state_save(const struct device *dev);

/* Gives the peers of @dev their name and endpoint_text. Says nothing. */
void state_names(struct device *dev);
void state_remove(const char *name);

/* The index the link had when it was written down; 0 if nothing was. */
unsigned int state_index(const char *name);
/* All names in this network namespace something was written down of. */
void state_each(void (*take)(const char *name));

/* The path for another thing of this link. @what begins with no character of a name. */
bool state_beside(char path[static STATE_BESIDE_LEN], const char *name, const char *what);

/* Whether the file of a link said Table = off. */
bool state_says_off(const char *name);

/* Remembers that name servers of the link are from us, or asks and forgets. */
bool state_dns(const char *name, bool ours);

#endif
