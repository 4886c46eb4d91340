/* SPDX-License-Identifier: GPL-2.0 */
/* Gives up all privileges. */

#ifndef NAAWG_METRICS_UNPRIVILEGED_H
#define NAAWG_METRICS_UNPRIVILEGED_H

#include <stdbool.h>

/* Metrics need no privilege, so a server that unknown sources reach has none. False: errno. */
bool unprivileged(void);

/* Bounds the memory of this process. */
void unprivileged_memory(void);

#endif
