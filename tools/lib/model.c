// SPDX-License-Identifier: GPL-2.0
/* Grows, compares and wipes the structures of model.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model.h"

/*
 * realloc() would leave the old copy with its keys in freed memory. So this copies the
 * array and wipes the old one.
 */
static void *array_add(void **array, size_t *n, size_t *room, size_t size)
{
	size_t want;
	char *moved;

	if (*n == *room) {
		want = *room ? *room * 2 : 4;
		moved = calloc(want, size);
		if (!moved)
			return NULL;
		if (*n)
			memcpy(moved, *array, *n * size);
		if (*array)
			explicit_bzero(*array, *n * size);
		free(*array);
		*array = moved;
		*room = want;
	}
	return (char *)*array + (*n)++ * size;
}

struct peer *device_add_peer(struct device *dev)
{
	void *array = dev->peers;
	struct peer *peer;

	peer = array_add(&array, &dev->n_peers, &dev->room_peers, sizeof(*peer));
	dev->peers = array;
	return peer;
}

struct allowed_ip *peer_add_ip(struct peer *peer)
{
	void *array = peer->ips;
	struct allowed_ip *ip;

	ip = array_add(&array, &peer->n_ips, &peer->room_ips, sizeof(*ip));
	peer->ips = array;
	return ip;
}

struct reason *device_add_reason(struct device *dev)
{
	void *array = dev->reasons;
	struct reason *reason;

	reason = array_add(&array, &dev->n_reasons, &dev->room_reasons, sizeof(*reason));
	dev->reasons = array;
	return reason;
}

struct counter *device_add_counter(struct device *dev)
{
	void *array = dev->counters;
	struct counter *counter;

	counter = array_add(&array, &dev->n_counters, &dev->room_counters, sizeof(*counter));
	dev->counters = array;
	return counter;
}

struct forward *device_add_forward(struct device *dev)
{
	void *array = dev->forwards;
	struct forward *forward;

	forward = array_add(&array, &dev->n_forwards, &dev->room_forwards, sizeof(*forward));
	dev->forwards = array;
	return forward;
}

struct forward *device_add_old_forward(struct device *dev)
{
	void *array = dev->old_forwards;
	struct forward *forward;

	forward = array_add(&array, &dev->n_old_forwards, &dev->room_old_forwards,
			    sizeof(*forward));
	dev->old_forwards = array;
	return forward;
}

struct allowed_ip *device_add_forbidden(struct device *dev)
{
	void *array = dev->forbidden;
	struct allowed_ip *net;

	net = array_add(&array, &dev->n_forbidden, &dev->room_forbidden, sizeof(*net));
	dev->forbidden = array;
	return net;
}

struct caller *device_add_caller(struct device *dev)
{
	void *array = dev->callers;
	struct caller *caller;

	caller = array_add(&array, &dev->n_callers, &dev->room_callers, sizeof(*caller));
	dev->callers = array;
	return caller;
}

void device_init(struct device *dev, const char *name)
{
	memset(dev, 0, sizeof(*dev));
	snprintf(dev->name, sizeof(dev->name), "%s", name);
}

void device_destroy(struct device *dev)
{
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		free(dev->peers[i].ips);
		free(dev->peers[i].endpoint_given);
	}
	if (dev->peers)
		explicit_bzero(dev->peers, dev->n_peers * sizeof(*dev->peers));
	free(dev->peers);
	free(dev->reasons);
	free(dev->counters);
	free(dev->forwards);
	free(dev->old_forwards);
	free(dev->forbidden);
	free(dev->callers);
	explicit_bzero(dev, sizeof(*dev));
}

bool allowed_ip_equal(const struct allowed_ip *a, const struct allowed_ip *b)
{
	size_t len = a->family == AF_INET ? sizeof(a->ip4) : sizeof(a->ip6);

	return a->family == b->family && a->prefix_len == b->prefix_len &&
	       !memcmp(&a->ip6, &b->ip6, len);
}

bool endpoint_equal(const union endpoint *a, const union endpoint *b)
{
	if (a->addr.sa_family != b->addr.sa_family)
		return false;
	if (a->addr.sa_family == AF_INET)
		return a->addr4.sin_port == b->addr4.sin_port &&
		       a->addr4.sin_addr.s_addr == b->addr4.sin_addr.s_addr;
	return a->addr6.sin6_port == b->addr6.sin6_port &&
	       a->addr6.sin6_scope_id == b->addr6.sin6_scope_id &&
	       !memcmp(&a->addr6.sin6_addr, &b->addr6.sin6_addr, sizeof(a->addr6.sin6_addr));
}
