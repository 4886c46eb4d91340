/* SPDX-License-Identifier: GPL-2.0 */
/* The status page for people: HTML without scripts, secrets and endpoints. */

#ifndef NAAWG_METRICS_PAGE_H
#define NAAWG_METRICS_PAGE_H

#include "metrics/page_tables.h"

/* Prints the same bytes each time it is called with the same page. */
void page_print(const struct page *page);

#endif
