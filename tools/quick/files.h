/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are there whole or not at all. */

#ifndef NAAWG_FILES_H
#define NAAWG_FILES_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Opens a file beside @path, whose name is left in @temp, with @mode and not a
 * moment with another one. NULL with errno.
 */
FILE *file_begin(const char *path, char *temp, size_t room, mode_t mode);

/*
 * With @ok it takes the place of @path, on the disk and not just in a cache;
 * else, or when that fails, the old one stays. False with errno.
 */
bool file_commit(FILE *out, const char *temp, const char *path, bool ok);

#endif
