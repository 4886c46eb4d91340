// SPDX-License-Identifier: GPL-2.0
/* Collects everything that a diagnosis knows of an interface and its host. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diag/facts.h"
#include "lib/nl.h"
#include "netcfg/state.h"

static uint64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

static void find_link(struct facts *facts)
{
	size_t i;

	if (nl_list_links(&facts->links, false))
		return;
	for (i = 0; i < facts->links.n; i++)
		if (!strcmp(facts->links.links[i].name, facts->name))
			facts->link = &facts->links.links[i];
}

static void read_conf(struct facts *facts)
{
	facts->has_conf = !nl_get_device(facts->name, &facts->conf);
	if (!facts->has_conf)
		return;
	/* No check needs it, and nothing may print it. */
	explicit_bzero(facts->conf.private_key, KEY_LEN);
	state_names(&facts->conf);
	if (peer_index_init(&facts->index, &facts->conf))
		return;
	device_destroy(&facts->conf);
	facts->has_conf = false;
}

void facts_collect(struct facts *facts, const char *name)
{
	facts->name = name;
	facts->begin = monotonic_ms();
	facts->now = wall_ns();
	facts->error = nl_get_stats(name, &facts->dev);
	if (facts->error)
		return;
	state_names(&facts->dev);
	nl_get_forwards(&facts->dev);
	read_conf(facts);
	find_link(facts);
	rt_dump(&facts->addresses, RT_ADDRESS);
}

void facts_destroy(struct facts *facts)
{
	device_destroy(&facts->dev);
	if (facts->has_later)
		device_destroy(&facts->later);
	if (facts->has_conf) {
		peer_index_destroy(&facts->index);
		device_destroy(&facts->conf);
	}
	link_list_destroy(&facts->links);
	rt_list_destroy(&facts->addresses);
}

void facts_look_again(struct facts *facts, unsigned int ms)
{
	uint64_t passed = monotonic_ms() - facts->begin;
	struct timespec rest = { 0 };

	if (facts->looked_ms >= ms)
		return;
	facts->looked_ms = ms;
	if (passed < ms) {
		rest.tv_sec = (ms - passed) / 1000;
		rest.tv_nsec = (ms - passed) % 1000 * 1000000;
		nanosleep(&rest, NULL);
	}
	if (facts->has_later)
		device_destroy(&facts->later);
	facts->has_later = !nl_get_stats(facts->name, &facts->later);
}

uint64_t facts_count(const struct device *dev, const char *reason)
{
	size_t i;

	for (i = 0; i < dev->n_reasons; i++)
		if (!strcmp(dev->reasons[i].name, reason))
			return dev->reasons[i].count;
	return 0;
}

bool facts_grew(const struct facts *facts, const char *reason)
{
	return facts->has_later &&
	       facts_count(&facts->later, reason) > facts_count(&facts->dev, reason);
}

const struct peer *facts_conf(const struct facts *facts, const struct peer *peer)
{
	return facts->has_conf ? peer_index_find(&facts->index, peer) : NULL;
}

bool facts_last_reason(const struct peer *peer, const char *reason)
{
	return !strcmp(peer->last_reason, reason);
}

/* Whether the last reason is that of a handshake which failed. */
static bool is_failure(const struct peer *peer)
{
	static const char * const failures[] = {
		"unanswered", "given-up", "bad-response", "old-timestamp", "low-order-key",
		"initiation-flood", "no-private-key", "peer-unreachable",
	};
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (facts_last_reason(peer, failures[i]))
			return true;
	return false;
}

/* The last reason of a peer that had a session may be older than the session. */
enum peer_state facts_state(const struct peer *peer)
{
	if (peer->bits & PEER_UNREACHABLE)
		return STATE_SILENT;
	if (peer->bits & PEER_CONNECTED)
		return STATE_WELL;
	if (peer->last_handshake)
		return STATE_QUIET;
	if (is_failure(peer))
		return STATE_SILENT;
	return peer->tx_bytes || peer->rx_bytes ? STATE_TRYING : STATE_QUIET;
}
