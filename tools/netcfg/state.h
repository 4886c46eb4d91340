/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps what the kernel does not store: names of peers, which every user may read, and
 * endpoints as written, which only root may. There is a file of each for an interface and
 * network namespace in /run, without secrets.
 */

#ifndef NAAWG_STATE_H
#define NAAWG_STATE_H

#include "lib/model.h"

#define STATE_DIR		"/run/naawg"
#define STATE_PATH_LEN		128
#define STATE_BESIDE_LEN	(STATE_PATH_LEN + 8)

/* Makes the directory of these files. */
bool state_dir(void);

/* Writes the file of @dev, whose name is set. False: that failed, and why was printed. */
bool state_save(const struct device *dev);

/* Sets name and endpoint_given of the peers of @dev. Prints no error. */
void state_names(struct device *dev);
void state_remove(const char *name);

/* The index of the link when its file was written; 0: there is no file. */
unsigned int state_index(const char *name);
/* Calls @take for each name with a file in this network namespace. */
void state_each(void (*take)(const char *name));

/* The path of another file of the link. No name of a link begins with the start of @what. */
bool state_beside(char path[static STATE_BESIDE_LEN], const char *name, const char *what);

/* Whether the file of a link said Table = off. */
bool state_says_off(const char *name);

/* With @ours, notes that we set name servers; else returns and removes the note. */
bool state_dns(const char *name, bool ours);

#endif
