/* SPDX-License-Identifier: GPL-2.0 */
/* Prints samples in the text format of Prometheus, version 0.0.4. */

#ifndef NAAWG_METRICS_PROM_H
#define NAAWG_METRICS_PROM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct prom_metric {
	const char *name;
	bool counts;		/* a counter, else a gauge */
	const char *help;
};

/* One metric after the other, and all samples of one together, as the format demands. */
struct prom {
	FILE *out;
	const struct prom_metric *metric;
	bool described;		/* its first lines are printed */
	bool labelled;		/* a sample has begun */
};

void prom_begin(struct prom *prom, const struct prom_metric *metric);

/* The labels of a sample, then its value. A metric without samples is not printed. */
void prom_label(struct prom *prom, const char *name, const char *value);
void prom_value(struct prom *prom, uint64_t value);
void prom_seconds(struct prom *prom, uint32_t microseconds);

#endif
