// SPDX-License-Identifier: GPL-2.0
/* The fields of an event, for the environment of a program and for the journal. */

#include <inttypes.h>
#include <string.h>

#include "cmds/event.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/keys.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* Room for all allowed IPs that an event has, and for all changes. */
#define LIST_LEN	1024

/* Where the fields of an event go. */
struct sink {
	void (*put)(const char *name, const char *value, void *arg);
	void *arg;
};

static void put(const struct sink *sink, const char *name, const char *value)
{
	sink->put(name, value, sink->arg);
}

static void put_number(const struct sink *sink, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	put(sink, name, text);
}

static void put_key(const struct sink *sink, const char *name,
		    const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	put(sink, name, text);
}

static void put_forward(const struct sink *sink, const char *name,
			const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN];

	if (forward)
		put(sink, name, forward_text(text, forward));
}

static void append(char list[static LIST_LEN], const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, LIST_LEN - len, "%s%s", len ? "," : "", word);
}

static void put_settings(const struct sink *sink, const struct peer *peer)
{
	char list[LIST_LEN] = "", net[EVENT_NET_LEN];
	size_t i;

	if (!(peer->bits & PEER_HAS_KEEPALIVE))
		return;
	put_number(sink, "NAAWG_PERSISTENT_KEEPALIVE", peer->keepalive);
	put_number(sink, "NAAWG_ALLOWED_IPS_TOTAL", peer->n_all_ips);
	for (i = 0; i < peer->n_ips; i++)
		append(list, event_net(net, &peer->ips[i]));
	put(sink, "NAAWG_ALLOWED_IPS", list);
	if (!peer->changes)
		return;
	list[0] = '\0';
	for (i = 0; i < EVENT_CHANGES; i++)
		if (peer->changes & event_changes[i].bit)
			append(list, event_changes[i].name);
	put(sink, "NAAWG_CHANGES", list);
}

static void put_peer(const struct sink *sink, const struct peer *peer)
{
	char endpoint[ENDPOINT_TEXT_LEN];

	put_key(sink, "NAAWG_PEER", peer->public_key);
	if (peer->name[0])
		put(sink, "NAAWG_PEER_NAME", peer->name);
	if (peer->bits & PEER_HAS_ENDPOINT)
		put(sink, "NAAWG_ENDPOINT", endpoint_text(endpoint, &peer->endpoint));
	if (peer->last_handshake)
		put_number(sink, "NAAWG_LATEST_HANDSHAKE",
			   peer->last_handshake / NS_PER_SEC);
	put_settings(sink, peer);
}

/* The names differ from those of a peer, as nothing of a caller is proven. */
static void put_caller(const struct sink *sink, const struct caller *caller)
{
	char text[ENDPOINT_TEXT_LEN];

	put(sink, "NAAWG_REASON", caller->has_key ? "unknown-peer" : "bad-mac1");
	if (caller->has_key)
		put_key(sink, "NAAWG_CLAIMED_KEY", caller->public_key);
	put(sink, "NAAWG_CALLER", caller->has_key ? endpoint_text(text, &caller->endpoint) :
						    host_text(text, &caller->endpoint));
	put_number(sink, "NAAWG_COUNT", caller->count);
}

static void put_device(const struct sink *sink, const struct event *event)
{
	const struct device *dev = event->dev;

	put(sink, "NAAWG_INTERFACE", dev->name);
	if (dev->bits & DEVICE_HAS_UID)
		put_number(sink, "NAAWG_UID", dev->uid);
	if (dev->program[0])
		put(sink, "NAAWG_PROGRAM", dev->program);
	if (dev->bits & DEVICE_HAS_PUBLIC_KEY)
		put_key(sink, "NAAWG_PUBLIC_KEY", dev->public_key);
	if (dev->bits & DEVICE_HAS_OLD_PUBLIC_KEY)
		put_key(sink, "NAAWG_OLD_PUBLIC_KEY", dev->old_public_key);
}

void event_fields(const struct event *event,
		  void (*take)(const char *name, const char *value, void *arg), void *arg)
{
	const struct sink sink = { take, arg };

	put(&sink, "NAAWG_EVENT", event->name);
	put_number(&sink, "NAAWG_TIME", event->time);
	if (event->dev)
		put_device(&sink, event);
	if (event->peer)
		put_peer(&sink, event->peer);
	if (event->caller)
		put_caller(&sink, event->caller);
	put_forward(&sink, "NAAWG_FORWARD", event->forward);
	put_forward(&sink, "NAAWG_OLD_FORWARD", event->old_forward);
}
