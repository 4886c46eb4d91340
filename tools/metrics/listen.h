/* SPDX-License-Identifier: GPL-2.0 */
/* Accepts connections and serves each in a process of its own, a bounded number at once. */

#ifndef NAAWG_METRICS_LISTEN_H
#define NAAWG_METRICS_LISTEN_H

#include "metrics/serve.h"

#define LISTEN_CHILDREN		16	/* connections at once */
#define LISTEN_CHILDREN_EACH	4	/* of one address */

/*
 * Opens a socket that listens at @where: ADDRESS:PORT, [ADDRESS]:PORT, or :PORT for all
 * addresses. -1: the error was printed.
 */
int listen_open(const char *where);

/* Serves until SIGTERM or SIGINT, and reads the state for the history time and again. */
int listen_loop(int fd, const struct service *service);

#endif
