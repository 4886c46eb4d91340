// SPDX-License-Identifier: GPL-2.0
/* Lists the network interfaces, and tells which of them naawg serves. */

#include <errno.h>
#include <string.h>

#include "lib/nl_links.h"
#include "lib/served.h"
#include "uapi/naawg.h"

/* One driver serves all links of a kind, so one question is enough for a list. */
static void find_ours(struct link_list *list)
{
	bool asked = false, served = false;
	struct link_name *link;

	for (link = list->links; link < list->links + list->n; link++) {
		if (!strcmp(link->kind, SERVED_KIND) && !asked) {
			served = served_by() == SERVED_NAAWG;
			asked = true;
		}
		link->ours = !strcmp(link->kind, NAAWG_FAMILY_NAME) ||
			     (served && !strcmp(link->kind, SERVED_KIND));
	}
}

static void drop_others(struct link_list *list)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (list->links[i].ours)
			list->links[kept++] = list->links[i];
	list->n = kept;
}

int nl_list_links(struct link_list *list, bool naawg_only)
{
	int ret = link_dump(list);

	if (ret)
		return ret;
	find_ours(list);
	if (naawg_only)
		drop_others(list);
	return 0;
}

int nl_find_link(struct link_name *link, const char *name)
{
	struct link_list list;
	int ret = nl_list_links(&list, false);
	size_t i;

	if (ret)
		return ret;
	ret = -ENODEV;
	for (i = 0; ret && i < list.n; i++) {
		if (strcmp(list.links[i].name, name))
			continue;
		*link = list.links[i];
		ret = 0;
	}
	link_list_destroy(&list);
	return ret;
}

bool link_is_stock(const struct link_name *link)
{
	return !link->ours && !strcmp(link->kind, SERVED_KIND);
}
