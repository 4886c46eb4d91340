/* SPDX-License-Identifier: GPL-2.0 */
/* Writes files: atomically, or without stdio. */

#ifndef NAAWG_FILES_H
#define NAAWG_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define FILE_TEMP_LEN	(PATH_MAX + 8)

/*
 * Opens a temporary file in the directory of @path, or of its target if @path is a
 * symbolic link. The file never has a wider mode than @mode. @temp gets its name. NULL:
 * errno says why.
 */
FILE *file_begin(const char *path, char temp[static FILE_TEMP_LEN], mode_t mode);

/*
 * Closes the temporary file. With @ok it is synced to the disk and replaces the old file;
 * without @ok, or after an error, the old file stays. False: errno says why.
 */
bool file_commit(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok);

/* The same without a wait for the disk, for a file that is worth nothing after a crash. */
bool file_commit_fast(FILE *out, const char temp[static FILE_TEMP_LEN], bool ok);

/* Writes @len bytes without a copy in stdio. False: errno says why. */
bool file_write_all(int fd, const void *bytes, size_t len);

#endif
