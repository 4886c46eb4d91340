/* SPDX-License-Identifier: GPL-2.0 */
/* Files with keys in them: in memory, for their owner only. */

#ifndef NAAWG_SAVED_FILE_H
#define NAAWG_SAVED_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* All print to standard error why they fail. */
bool saved_file_write(const char *path, const char *all, size_t len, bool again);

/* The content, to be freed, and its length. NULL: it cannot be read. */
char *saved_file_read(const char *path, size_t *len);
bool saved_file_patch(const char *path, size_t at, const void *data, size_t len);

#endif
