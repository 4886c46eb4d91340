/* SPDX-License-Identifier: GPL-2.0 */
/* Finding, guarding and reading a configuration file. */

#ifndef NAAWG_QUICK_FILE_H
#define NAAWG_QUICK_FILE_H

#include "conf/quick_conf.h"

#define QUICK_PATH_LEN	512

/*
 * Reads the whole of a file into @dev and @quick, which need no preparation.
 * No name server is asked: peers whose endpoint is a name have endpoint_text
 * and no endpoint. What is wrong is said on standard error, with its place.
 * After a failure there is nothing to destroy.
 */
bool quick_read(struct device *dev, struct quick *quick, const char *path);
/* Likewise, of what is open already; @shown is what messages call it. */
bool quick_parse(struct device *dev, struct quick *quick, FILE *in, const char *shown);
void quick_forget(struct device *dev, struct quick *quick);

/*
 * A name means QUICK_DIR/NAME.conf, anything with a slash is a path. @name is
 * the interface. False: it was said why not.
 */
bool quick_find(char path[static QUICK_PATH_LEN], char name[static IFNAMSIZ],
		const char *given);

/* The file and its directory are nobody else's to read. Complains otherwise. */
bool quick_private(const char *path);

/* Likewise, but whether others may read them is left to whoever asks. */
bool quick_owned(const char *path);

#endif
