// SPDX-License-Identifier: GPL-2.0
/* Reads the state of links without privileges, for a page of metrics or for people. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/loaded.h"
#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "metrics/scrape.h"
#include "netcfg/state.h"

#define NS_PER_SEC	UINT64_C(1000000000)

struct scraped_link *scrape_add(struct scrape *scrape, const char *name)
{
	size_t room = scrape->room ? 2 * scrape->room : 8;
	struct scraped_link *links;

	if (scrape->n == scrape->room) {
		links = reallocarray(scrape->links, room, sizeof(*links));
		if (!links)
			return NULL;
		scrape->links = links;
		scrape->room = room;
	}
	links = &scrape->links[scrape->n++];
	memset(links, 0, sizeof(*links));
	device_init(&links->dev, name);
	return links;
}

static void failed(struct scrape *scrape, const char *what, int error)
{
	fprintf(stderr, "%s: cannot read %s: %s\n", prog_name, what, strerror(-error));
	scrape->errors++;
}

/* A link can vanish after it was listed. Then it is missing here as well. */
static void read_link(struct scrape *scrape, const char *name, bool up, bool listed)
{
	struct scraped_link *link;
	struct device dev;
	int error;

	error = nl_get_stats(name, &dev);
	if (error == -ENODEV && listed)
		return;
	link = scrape_add(scrape, name);
	if (!link || error) {
		failed(scrape, name, error ? error : -ENOMEM);
		if (!error)
			device_destroy(&dev);
		return;
	}
	link->dev = dev;
	link->up = up;
	link->read = true;
	state_names(&link->dev);
	error = nl_get_forwards(&link->dev);
	if (error)
		failed(scrape, "the forwards of an interface", error);
}

void scrape_take(struct scrape *scrape, const char *name)
{
	struct link_list links;
	struct timespec now;
	bool found = false;
	size_t i;
	int error;

	memset(scrape, 0, sizeof(*scrape));
	clock_gettime(CLOCK_REALTIME, &now);
	scrape->now = now.tv_sec * NS_PER_SEC + now.tv_nsec;
	scrape->loaded = loaded_version(scrape->version, sizeof(scrape->version));
	scrape->served = served_by();
	error = nl_list_links(&links, true);
	if (error) {
		failed(scrape, "the list of interfaces", error);
		return;
	}
	for (i = 0; i < links.n; i++) {
		if (name && strcmp(links.links[i].name, name))
			continue;
		found = true;
		read_link(scrape, links.links[i].name, links.links[i].flags & IFF_UP, true);
	}
	if (name && !found)
		read_link(scrape, name, false, false);
	link_list_destroy(&links);
	/* A built-in module without parameters has no directory. */
	for (i = 0; i < scrape->n; i++)
		scrape->loaded |= scrape->links[i].read;
}

void scrape_destroy(struct scrape *scrape)
{
	size_t i;

	for (i = 0; i < scrape->n; i++)
		device_destroy(&scrape->links[i].dev);
	free(scrape->links);
}

size_t scrape_connected(const struct device *dev)
{
	size_t i, n = 0;

	for (i = 0; i < dev->n_peers; i++)
		n += !!(dev->peers[i].bits & PEER_CONNECTED);
	return n;
}
