// SPDX-License-Identifier: GPL-2.0
/* Names of events, and the events of one notification. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "cmds/event.h"
#include "lib/format.h"

struct kind {
	int kind;
	const char *name;
	const char *text;
	bool serious;
};

static const struct kind kinds[] = {
	{ EVENT_LISTENING, "listening", "listening" },
	{ EVENT_MISSED, "missed", "events were missed", true },
	{ NAAWG_CMD_PEER_ADDED_NTF, "peer-added", "peer added" },
	{ NAAWG_CMD_PEER_CHANGED_NTF, "peer-changed", "peer changed" },
	{ NAAWG_CMD_PEER_REMOVED_NTF, "peer-removed", "peer removed" },
	{ NAAWG_CMD_PEER_SESSION_NTF, "peer-session", "new session" },
	{ NAAWG_CMD_PEER_ENDPOINT_NTF, "peer-endpoint", "new endpoint" },
	{ NAAWG_CMD_PEER_GIVEN_UP_NTF, "peer-given-up", "peer does not answer", true },
	{ NAAWG_CMD_UNKNOWN_CALLER_NTF, "unknown-caller", "unknown caller" },
	{ NAAWG_CMD_FORWARD_ADDED_NTF, "forward-added", "forward added" },
	{ NAAWG_CMD_FORWARD_CHANGED_NTF, "forward-changed", "forward changed" },
	{ NAAWG_CMD_FORWARD_REMOVED_NTF, "forward-removed", "forward removed" },
	{ NAAWG_CMD_IDENTITY_CHANGED_NTF, "identity-changed", "private key changed" },
	{ NAAWG_CMD_LINK_UP_NTF, "link-up", "link up" },
	{ NAAWG_CMD_LINK_DOWN_NTF, "link-down", "link down", true },
};

const struct event_change event_changes[EVENT_CHANGES] = {
	{ NAAWG_PEER_CHANGE_PRESHARED_KEY, "preshared-key", "preshared key" },
	{ NAAWG_PEER_CHANGE_ENDPOINT, "endpoint", "endpoint" },
	{ NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE, "persistent-keepalive", "persistent keepalive" },
	{ NAAWG_PEER_CHANGE_ALLOWED_IPS, "allowed-ips", "allowed IPs" },
};

const char *event_net(char text[static EVENT_NET_LEN], const struct allowed_ip *ip)
{
	char address[ADDRESS_TEXT_LEN];

	snprintf(text, EVENT_NET_LEN, "%s/%u", address_text(address, ip), ip->prefix_len);
	return text;
}

static const struct kind *find(int kind)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

bool event_each(int kind, const struct device *dev, event_cb take, void *arg)
{
	const struct kind *found = find(kind);
	struct event event = { .kind = kind, .dev = dev };
	bool more = true;
	size_t i;

	/* A newer kernel module may send events that are unknown here. */
	if (!found)
		return true;
	event.name = found->name;
	event.text = found->text;
	event.serious = found->serious;
	event.time = time(NULL);
	if (!dev || (!dev->n_peers && !dev->n_forwards && !dev->n_callers))
		return take(&event, arg);
	for (i = 0; more && i < dev->n_peers; i++) {
		event.peer = &dev->peers[i];
		more = take(&event, arg);
	}
	event.peer = NULL;
	for (i = 0; more && i < dev->n_forwards; i++) {
		event.forward = &dev->forwards[i];
		event.old_forward = i < dev->n_old_forwards ? &dev->old_forwards[i] : NULL;
		more = take(&event, arg);
	}
	event.forward = event.old_forward = NULL;
	for (i = 0; more && i < dev->n_callers; i++) {
		event.caller = &dev->callers[i];
		more = take(&event, arg);
	}
	return more;
}
