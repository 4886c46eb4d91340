/* SPDX-License-Identifier: GPL-2.0 */
/* Finding, guarding and reading a configuration file. */

#ifndef NAAWG_CONF_FILE_H
#define NAAWG_CONF_FILE_H

#include "conf/quick_conf.h"

#define CONF_PATH_LEN 512

/*
 * Reads the whole of a file into @dev and @quick, which need no preparation.
 * No name server is asked: peers whose endpoint is a name have endpoint_text
 * and no endpoint. What is wrong is said on standard error, with its place.
 * After a failure there is nothing to destroy.
 */
bool conf_file_read(struct device *dev, struct quick *quick, const char *path);
/* Likewise, of what is open already; @shown is what messages call it. */
bool conf_file_parse(struct device *dev, struct quick *quick, FILE *in, const char *shown);
void conf_file_destroy(struct device *dev, struct quick *quick);

/*
 * A name means CONF_DIR/NAME.conf, anything with a slash is a path. @name is
 * the interface. False: it was said why not.
 */
bool conf_file_find(char path[static CONF_PATH_LEN], char name[static IFNAMSIZ],
		    const char *given);

/* The file and its directory are nobody else's to read. Complains otherwise. */
bool conf_file_is_private(const char *path);

/* Likewise, but whether others may read them is left to whoever asks. */
bool conf_file_is_owned(const char *path);

#endif
