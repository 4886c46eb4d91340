/* SPDX-License-Identifier: GPL-2.0 */
/* Draws the traffic of an interface in the last minutes as SVG. */

#ifndef NAAWG_METRICS_CHART_H
#define NAAWG_METRICS_CHART_H

#include <stdio.h>

#include "metrics/history.h"

/* Prints a figure with a legend. @name is that of the interface. */
void chart_print(FILE *out, const char *name, const struct history *history,
		 const struct link_history *link);

#endif
