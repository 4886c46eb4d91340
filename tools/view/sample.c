// SPDX-License-Identifier: GPL-2.0
/* Reads the statistics of interfaces again and again, and computes rates. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/nl.h"
#include "lib/nl_links.h"
#include "lib/peer_index.h"
#include "netcfg/state.h"
#include "view/sample.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

/* A counter that went back is that of a new peer or interface. */
static uint64_t rate(uint64_t before, uint64_t now, uint64_t ns)
{
	if (now < before || !ns)
		return RATE_UNKNOWN;
	return (now - before) * (double)NS_PER_SEC / ns;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	if (a == RATE_UNKNOWN || b == RATE_UNKNOWN)
		return a == RATE_UNKNOWN ? b : a;
	return a + b;
}

static const struct sample_device *earlier(const struct sample *before,
					   const struct sample_device *now)
{
	size_t i;

	for (i = 0; before && i < before->n_devices; i++)
		if (!before->devices[i].error && !now->error &&
		    before->devices[i].dev.ifindex == now->dev.ifindex &&
		    !strcmp(before->devices[i].dev.name, now->dev.name))
			return &before->devices[i];
	return NULL;
}

static void compare_reasons(struct sample_device *now, const struct sample_device *before)
{
	const struct reason *a, *b;
	size_t i;

	now->reasons = calloc(now->dev.n_reasons + 1, sizeof(*now->reasons));
	/* Both are from the same kernel module, which reports the reasons in one order. */
	for (i = 0; now->reasons && i < now->dev.n_reasons && i < before->dev.n_reasons; i++) {
		a = &before->dev.reasons[i];
		b = &now->dev.reasons[i];
		if (strcmp(a->name, b->name) || b->count <= a->count)
			continue;
		now->reasons[now->n_reasons].name = b->name;
		now->reasons[now->n_reasons++].more = b->count - a->count;
	}
}

static void compare(struct sample *sample, struct sample_device *now,
		    const struct sample_device *before)
{
	uint64_t ns = before ? now->at - before->at : 0;
	struct peer_index index = { NULL };
	bool indexed = before && peer_index_init(&index, &before->dev);
	size_t i;

	now->rx_rate = RATE_UNKNOWN;
	now->tx_rate = RATE_UNKNOWN;
	for (i = 0; i < now->dev.n_peers; i++) {
		const struct peer *peer = &now->dev.peers[i];
		const struct peer *old = indexed ? peer_index_find(&index, peer) : NULL;
		struct sample_peer *to = &sample->peers[sample->n_peers++];

		to->dev = &now->dev;
		to->peer = peer;
		peer_label(to->label, peer);
		to->state = peer_state(peer, sample->now);
		sample->states[to->state]++;
		to->rx_rate = old ? rate(old->rx_bytes, peer->rx_bytes, ns) : RATE_UNKNOWN;
		to->tx_rate = old ? rate(old->tx_bytes, peer->tx_bytes, ns) : RATE_UNKNOWN;
		now->rx_rate = sum(now->rx_rate, to->rx_rate);
		now->tx_rate = sum(now->tx_rate, to->tx_rate);
	}
	if (indexed)
		peer_index_destroy(&index);
	if (before)
		compare_reasons(now, before);
}

static void read_device(struct sample_device *to, const char *name)
{
	to->error = nl_get_stats(name, &to->dev);
	to->at = now_ns();
	if (to->error)
		device_init(&to->dev, name);
	else
		state_names(&to->dev);
}

static int read_devices(struct sample *sample, const char *only)
{
	struct link_list links = { NULL };
	int error = only ? 0 : nl_list_links(&links, true);
	size_t i, n = only ? 1 : links.n;

	if (error)
		return error;
	sample->devices = calloc(n + 1, sizeof(*sample->devices));
	for (i = 0; sample->devices && i < n; i++)
		read_device(&sample->devices[sample->n_devices++],
			    only ? only : links.links[i].name);
	if (!only)
		link_list_destroy(&links);
	return sample->devices ? 0 : -ENOMEM;
}

int sample_take(struct sample *sample, const char *only, const struct sample *before)
{
	size_t i, n = 0;
	int error;

	memset(sample, 0, sizeof(*sample));
	error = read_devices(sample, only);
	if (error)
		return error;
	sample->now = time(NULL);
	for (i = 0; i < sample->n_devices; i++)
		n += sample->devices[i].dev.n_peers;
	sample->peers = calloc(n + 1, sizeof(*sample->peers));
	if (!sample->peers)
		return -ENOMEM;
	for (i = 0; i < sample->n_devices; i++)
		compare(sample, &sample->devices[i], earlier(before, &sample->devices[i]));
	return 0;
}

void sample_destroy(struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->n_devices; i++) {
		device_destroy(&sample->devices[i].dev);
		free(sample->devices[i].reasons);
	}
	free(sample->devices);
	free(sample->peers);
	memset(sample, 0, sizeof(*sample));
}
