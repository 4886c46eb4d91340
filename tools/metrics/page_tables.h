/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of one interface on the status page. */

#ifndef NAAWG_METRICS_PAGE_TABLES_H
#define NAAWG_METRICS_PAGE_TABLES_H

#include <stdbool.h>
#include <stdio.h>

#include "metrics/history.h"
#include "metrics/scrape.h"

struct page {
	FILE *out;
	const struct scrape *scrape;
	const struct history *history;
	const char *host;
	size_t peers_max;
	bool still;		/* the browser does not read it again */
};

/* The peers, with state, reason and rates. */
void page_peers(const struct page *page, const struct device *dev);

/* Reasons that occurred: of failed handshakes, or of drops. */
void page_reasons(const struct page *page, const struct device *dev, bool handshake);

void page_forwards(const struct page *page, const struct device *dev);

#endif
