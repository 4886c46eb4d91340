// SPDX-License-Identifier: GPL-2.0
/* The marks of other links: a number may be that of more than one. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/nl.h"
#include "lib/nl_links.h"
#include "netcfg/marks.h"
#include "netcfg/rt.h"

#define FIRST_MARK		51820

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

int marks_read(struct marks *marks, int but)
{
	struct link_list links;
	struct device dev;
	size_t i;
	int ret = nl_list_links(&links, true);

	memset(marks, 0, sizeof(*marks));
	if (ret)
		return ret;
	marks->list = calloc(links.n + 1, sizeof(*marks->list));
	if (!marks->list)
		ret = -ENOMEM;
	for (i = 0; !ret && i < links.n; i++) {
		if (links.links[i].index == but)
			continue;
		ret = nl_get_device(links.links[i].name, &dev);
		if (ret == -ENODEV) {
			/* gone meanwhile */
			ret = 0;
			continue;
		}
		if (ret)
			break;
		marks->list[marks->n].mark = dev.fwmark;
		marks->list[marks->n++].families = default_families(&dev);
		device_destroy(&dev);
	}
	link_list_destroy(&links);
	if (ret)
		marks_destroy(marks);
	return ret;
}

void marks_destroy(struct marks *marks)
{
	free(marks->list);
	memset(marks, 0, sizeof(*marks));
}

bool marks_has(const struct marks *marks, uint32_t mark)
{
	size_t i;

	for (i = 0; i < marks->n; i++)
		if (marks->list[i].mark == mark)
			return true;
	return false;
}

bool marks_routes(const struct marks *marks, uint32_t mark, uint16_t family)
{
	size_t i;

	for (i = 0; i < marks->n; i++)
		if (marks->list[i].mark == mark && marks->list[i].families & family_bit(family))
			return true;
	return false;
}

static bool is_free(uint32_t mark, const struct rt_list *used, const struct marks *others)
{
	size_t i;

	for (i = 0; i < used->n; i++)
		if (used->items[i].table == mark || used->items[i].mark == mark)
			return false;
	return !marks_has(others, mark);
}

uint32_t host_free_mark(int index)
{
	struct rt_list used = { 0 };
	struct marks others;
	uint32_t mark, found = 0;

	if (marks_read(&others, index))
		return 0;
	if (!rt_dump(&used, RT_ROUTE) && !rt_dump(&used, RT_RULE))
		for (mark = FIRST_MARK; !found && mark < FIRST_MARK + 10000; mark++)
			if (is_free(mark, &used, &others))
				found = mark;
	rt_list_destroy(&used);
	marks_destroy(&others);
	return found;
}
