/* SPDX-License-Identifier: GPL-2.0 */
/* Finds a configuration file, checks its owner and mode, and reads it. */

#ifndef NAAWG_CONF_FILE_H
#define NAAWG_CONF_FILE_H

#include "conf/quick_conf.h"

#define CONF_PATH_LEN 512

/*
 * Reads a file into @dev and @quick, which need no preparation. It asks no name server:
 * if an endpoint is a name, the peer has endpoint_given and no endpoint. Errors are
 * printed to standard error with their position. After a failure there is nothing to
 * destroy.
 */
bool conf_file_read(struct device *dev, struct quick *quick, const char *path);
/* Reads an open file; @shown is its name in messages. */
bool conf_file_parse(struct device *dev, struct quick *quick, FILE *in, const char *shown);
void conf_file_destroy(struct device *dev, struct quick *quick);

/*
 * Finds path and interface for a word of the user: a name means CONF_DIR/NAME.conf, and a
 * word with a slash is a path. False: that failed, and why was printed.
 */
bool conf_file_find(char path[static CONF_PATH_LEN], char name[static IFNAMSIZ],
		    const char *given);

/* Whether no other user can read or write the file. False: why was printed. */
bool conf_file_is_private(const char *path);

/* Whether no other user owns the file; others may be able to read it. */
bool conf_file_is_owned(const char *path);

#endif
