/* SPDX-License-Identifier: GPL-2.0 */
/* Reads and writes a connection before a deadline, and counts bytes without writing them. */

#ifndef NAAWG_METRICS_STREAM_H
#define NAAWG_METRICS_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Milliseconds since some time in the past. */
uint64_t stream_now(void);

/* Reads up to @len bytes; 0: the end; -1 with ETIMEDOUT: it is @deadline. */
ssize_t stream_read(int fd, char *bytes, size_t len, uint64_t deadline);

/*
 * A FILE that writes to @fd until @deadline; later writes fail. The caller keeps *@stream
 * until fclose(), which does not close @fd. NULL: there is no memory.
 */
struct stream {
	int fd;
	uint64_t deadline;
};

FILE *stream_open(struct stream *stream);

/* A FILE that only adds the number of bytes to *@count. */
FILE *stream_count(uint64_t *count);

#endif
