/* SPDX-License-Identifier: GPL-2.0 */
/* Serves one request of one connection: the metrics or the status page. */

#ifndef NAAWG_METRICS_SERVE_H
#define NAAWG_METRICS_SERVE_H

#include "metrics/names.h"
#include "metrics/request.h"

struct service {
	const char *name;	/* of an interface; NULL: all */
	names_print print;
	size_t peers_max;
	int history;		/* file of history_open(), or -1 */
};

/* A process that serves one request ends after so many seconds in any case. */
#define SERVE_SECONDS	18

/*
 * Reads one request from @in and answers it on @out, in bounded time and memory. It sets
 * an alarm, and ignores SIGPIPE.
 */
void serve(int in, int out, const struct service *service);

/* Writes an answer without waiting for the client, and without reading its request. */
void serve_refusal(int fd, enum http_status status);

#endif
