/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the state of links without privileges, for a page of metrics or for people. */

#ifndef NAAWG_METRICS_SCRAPE_H
#define NAAWG_METRICS_SCRAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"
#include "lib/served.h"

struct scraped_link {
	struct device dev;	/* with names of peers and with forwards */
	bool up;
	bool read;		/* false: only the name of @dev is set */
};

struct scrape {
	bool loaded;		/* the module is there */
	char version[64];	/* of the module, "" if it does not say */
	enum served served;	/* driver of links of kind wireguard */
	uint64_t now;		/* ns since 1970 */
	unsigned int errors;	/* links that could not be read */
	struct scraped_link *links;
	size_t n, room;
};

/*
 * Reads the link @name, or all links if that is NULL. Errors are in the result, and are
 * printed to standard error. The caller calls scrape_destroy() in any case.
 */
void scrape_take(struct scrape *scrape, const char *name);
void scrape_destroy(struct scrape *scrape);

/* Adds a link without content; NULL: there is no memory. */
struct scraped_link *scrape_add(struct scrape *scrape, const char *name);

size_t scrape_connected(const struct device *dev);

#endif
