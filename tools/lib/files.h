/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are there whole or not at all. */

#ifndef NAAWG_FILES_H
#define NAAWG_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define FILE_TEMP_LEN	(PATH_MAX + 8)

/*
 * Opens a file beside @path, or beside what that links to, with @mode and not a
 * moment with another one; its name is left in @temp. NULL with errno.
 */
FILE *file_begin(const char *path, char temp[static FILE_TEMP_LEN], mode_t mode);

/*
 * With @ok it takes the place of the file it was begun beside, on the disk and
 * not just in a cache; else, or when that fails, the old one stays. False with
 * errno.
 */
bool file_commit(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok);

#endif
