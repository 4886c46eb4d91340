// SPDX-License-Identifier: GPL-2.0
/* The steps in which the links of one network namespace are saved, removed and made again. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/prog.h"
#include "saved/blockers.h"
#include "saved/link_restore.h"
#include "saved/link_save.h"
#include "saved/routes.h"
#include "saved/rules.h"
#include "saved/steps.h"

#define NS_PER_MS	UINT64_C(1000000)

static bool find_links(struct saved *saved)
{
	int ret = link_find(saved);

	if (ret)
		fprintf(stderr, "%s: cannot list the interfaces: %s\n", prog_name, strerror(-ret));
	return !ret;
}

static bool has_link(const struct saved *saved, const struct saved_link *link)
{
	size_t i;

	for (i = 0; i < saved->n_links; i++)
		if (saved->links[i].index == link->index && !saved->links[i].removed &&
		    !strcmp(saved->links[i].name, link->name))
			return true;
	return false;
}

/* Returns the name of a link of @a that @b lacks, or NULL. */
static const char *lacking(const struct saved *a, const struct saved *b)
{
	size_t i;

	for (i = 0; i < a->n_links; i++)
		if (!has_link(b, &a->links[i]))
			return a->links[i].name;
	return NULL;
}

static bool same_links(const struct saved *before, const struct saved *now, const char *path)
{
	const char *name;

	if (before->n_links && before->cookie != now->cookie) {
		fprintf(stderr, "%s: %s was saved in another network namespace\n", prog_name, path);
		return false;
	}
	name = lacking(now, before);
	if (!name)
		name = lacking(before, now);
	if (name)
		fprintf(stderr, "%s: %s was added or removed after the interfaces were saved\n",
			prog_name, name);
	return !name;
}

bool step_save(const char *path, bool wireguard)
{
	struct saved now;
	bool ok = link_save(&now, wireguard);

	if (ok && now.n_links)
		ok = blockers_none(&now) && saved_write(&now, path, false);
	saved_destroy(&now);
	return ok;
}

bool step_save_again(const char *path, bool wireguard)
{
	struct saved before = { 0 }, now;
	bool ok = link_save(&now, wireguard);

	/* If there is no file, there were no links. */
	if (ok && !access(path, F_OK))
		ok = saved_read(&before, path);
	ok = ok && same_links(&before, &now, path);
	if (ok && now.n_links)
		ok = saved_write(&now, path, true);
	saved_destroy(&before);
	saved_destroy(&now);
	return ok;
}

bool step_is_here(const struct saved *saved)
{
	uint64_t cookie;

	return !saved_cookie(&cookie) && cookie == saved->cookie;
}

bool step_list(struct saved *saved, const char *path, const char *where)
{
	size_t i;

	(void)path;
	for (i = 0; i < saved->n_links; i++)
		printf("%s%s%s\n", saved->links[i].name, where,
		       saved->links[i].removed ? ", removed" : "");
	return true;
}

static void print_extras(const struct device *dev, const char *where)
{
	if (dev->n_forwards)
		printf("%s%s has %zu port forward%s\n", dev->name, where, dev->n_forwards,
		       dev->n_forwards == 1 ? "" : "s");
	if (dev->n_forbidden)
		printf("%s%s has %zu forbidden network%s\n", dev->name, where, dev->n_forbidden,
		       dev->n_forbidden == 1 ? "" : "s");
	if (dev->answer_unreachable)
		printf("%s%s answers packets for unreachable peers\n", dev->name, where);
}

bool step_extras(struct saved *saved, const char *path, const char *where)
{
	struct device dev;
	size_t i;
	int ret;

	for (i = 0; i < saved->n_links; i++) {
		ret = link_device(saved, i, &dev);
		if (ret) {
			fprintf(stderr, "%s: %s cannot be used: %s\n", prog_name, path,
				strerror(-ret));
			return false;
		}
		print_extras(&dev, where);
		device_destroy(&dev);
	}
	return true;
}

bool step_hold(struct saved *saved, const char *path, const char *where)
{
	(void)path;
	(void)where;
	return routes_hold(saved);
}

/*
 * Notes that a link is away before deleting it, so that it is made again in any case. A
 * link that another program has deleted is not noted: it must not come back.
 */
bool step_remove(struct saved *saved, const char *path, const char *where)
{
	uint64_t now = saved_clock();
	bool ok = true;
	size_t i;
	int ret;

	(void)where;
	if (!find_links(saved))
		return false;
	for (i = 0; i < saved->n_links; i++) {
		if (saved->links[i].removed)
			continue;
		if (!saved->links[i].index_now) {
			fprintf(stderr, "%s: another program has deleted %s, so it will not be made again\n",
				prog_name, saved->links[i].name);
			continue;
		}
		saved->links[i].removed = now;
		if (!saved_note(saved, path, i))
			return false;
	}
	for (i = 0; i < saved->n_links; i++) {
		ret = link_delete(&saved->links[i]);
		if (!ret)
			continue;
		fprintf(stderr, "%s: %s cannot be removed: %s\n", prog_name, saved->links[i].name,
			strerror(-ret));
		ok = false;
	}
	return ok;
}

/* Makes the links that are away, and notes which are back. @away is 0 for all others. */
static bool make_links(struct saved *saved, const char *path, uint64_t *away)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < saved->n_links; i++) {
		away[i] = saved->links[i].removed;
		if (!away[i])
			continue;
		if (!link_restore(saved, i)) {
			away[i] = 0;
			ok = false;
			continue;
		}
		saved->links[i].removed = 0;
		ok &= saved_note(saved, path, i);
	}
	return ok;
}

/* Wakes the peers after the routes are back: packets flow from then on. */
bool step_restore(struct saved *saved, const char *path, const char *where)
{
	uint64_t away[saved->n_links + 1];
	bool ok;
	size_t i;

	if (!find_links(saved))
		return false;
	ok = make_links(saved, path, away);
	routes_first(saved);
	for (i = 0; i < saved->n_links; i++) {
		if (!away[i])
			continue;
		link_wake(saved, i);
		away[i] = (saved_clock() - away[i]) / NS_PER_MS;
		printf("%s%s was away for %" PRIu64 ".%03u s\n", saved->links[i].name, where,
		       away[i] / 1000, (unsigned int)(away[i] % 1000));
	}
	return ok;
}

/* Keeps the blackhole routes while a link is missing: its packets must not leave in clear. */
bool step_finish(struct saved *saved, const char *path, const char *where)
{
	bool ok = rules_restore(saved), away = false;
	size_t i;

	(void)path;
	(void)where;
	if (!find_links(saved))
		return false;
	ok &= routes_restore(saved);
	for (i = 0; i < saved->n_links; i++)
		away |= saved->links[i].removed;
	if (!away)
		ok &= routes_release();
	return ok;
}
