// SPDX-License-Identifier: GPL-2.0
/* The fwmarks of all links. Several links may have the same one. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nl.h"
#include "lib/nl_links.h"
#include "netcfg/fwmarks.h"
#include "netcfg/rt.h"

#define FIRST_FWMARK 51820

unsigned int family_bit(uint16_t family)
{
	return family == AF_INET ? 1 : 2;
}

unsigned int default_families(const struct device *dev)
{
	unsigned int found = 0;
	size_t i, k;

	for (i = 0; i < dev->n_peers; i++)
		for (k = 0; k < dev->peers[i].n_ips; k++)
			if (!dev->peers[i].ips[k].prefix_len)
				found |= family_bit(dev->peers[i].ips[k].family);
	return found;
}

int fwmarks_read(struct fwmarks *fwmarks, int but)
{
	struct link_list links;
	struct device dev;
	size_t i;
	int ret = nl_list_links(&links, true);

	memset(fwmarks, 0, sizeof(*fwmarks));
	if (ret)
		return ret;
	fwmarks->list = calloc(links.n + 1, sizeof(*fwmarks->list));
	if (!fwmarks->list)
		ret = -ENOMEM;
	for (i = 0; !ret && i < links.n; i++) {
		if (links.links[i].index == but)
			continue;
		ret = nl_get_device(links.links[i].name, &dev);
		if (ret == -ENODEV) {
			/* the link was deleted meanwhile */
			ret = 0;
			continue;
		}
		if (ret)
			break;
		fwmarks->list[fwmarks->n].mark = dev.fwmark;
		fwmarks->list[fwmarks->n++].families = default_families(&dev);
		device_destroy(&dev);
	}
	link_list_destroy(&links);
	if (ret)
		fwmarks_destroy(fwmarks);
	return ret;
}

void fwmarks_destroy(struct fwmarks *fwmarks)
{
	free(fwmarks->list);
	memset(fwmarks, 0, sizeof(*fwmarks));
}

bool fwmarks_has(const struct fwmarks *fwmarks, uint32_t mark)
{
	size_t i;

	for (i = 0; i < fwmarks->n; i++)
		if (fwmarks->list[i].mark == mark)
			return true;
	return false;
}

bool fwmarks_routes(const struct fwmarks *fwmarks, uint32_t mark, uint16_t family)
{
	size_t i;

	for (i = 0; i < fwmarks->n; i++)
		if (fwmarks->list[i].mark == mark &&
		    fwmarks->list[i].families & family_bit(family))
			return true;
	return false;
}

static bool is_free(uint32_t mark, const struct rt_list *used, const struct fwmarks *others)
{
	size_t i;

	for (i = 0; i < used->n; i++)
		if (used->items[i].table == mark || used->items[i].mark == mark)
			return false;
	return !fwmarks_has(others, mark);
}

uint32_t fwmarks_find_free(int index)
{
	struct rt_list used = { 0 };
	struct fwmarks others;
	uint32_t mark, found = 0;

	if (fwmarks_read(&others, index))
		return 0;
	if (!rt_dump(&used, RT_ROUTE) && !rt_dump(&used, RT_RULE))
		for (mark = FIRST_FWMARK; !found && mark < FIRST_FWMARK + 10000; mark++)
			if (is_free(mark, &used, &others))
				found = mark;
	rt_list_destroy(&used);
	fwmarks_destroy(&others);
	return found;
}
