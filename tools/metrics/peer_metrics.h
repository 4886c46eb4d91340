/* SPDX-License-Identifier: GPL-2.0 */
/* Prints metrics that have one sample for each peer, from tables. */

#ifndef NAAWG_METRICS_PEER_METRICS_H
#define NAAWG_METRICS_PEER_METRICS_H

#include "metrics/prom.h"
#include "metrics/scrape.h"

enum peer_value {
	PEER_VALUE_ONE,		/* 1, for metrics of which the labels are what counts */
	PEER_VALUE_BIT,		/* whether @bit is set */
	PEER_VALUE_COUNT,	/* uint64_t */
	PEER_VALUE_TIME,	/* uint64_t, ns since 1970; no sample for 0 */
	PEER_VALUE_TIME_OR_0,	/* likewise, but 0 is printed */
	PEER_VALUE_MICROS,	/* uint32_t, microseconds; no sample for 0 */
};

struct peer_metric {
	struct prom_metric metric;
	enum peer_value value;
	size_t where;		/* offset in struct peer */
	uint32_t bit;		/* for other values than PEER_VALUE_BIT: no sample without it */
};

/* The names of labels. NULL: no such label. */
struct peer_labels {
	const char *interface, *name, *reason;
};

/* Prints a sample for each of the first @peers_max peers of each interface. */
void peer_metrics_print(struct prom *prom, const struct scrape *scrape, size_t peers_max,
			const struct peer_metric *metric, const struct peer_labels *labels);

#endif
