// SPDX-License-Identifier: GPL-2.0
/* Endpoints given by name. */

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/endpoint.h"
#include "conf/quick_conf.h"
#include "lib/format.h"
#include "lib/nl.h"
#include "lib/peer_index.h"
#include "lib/prog.h"

static size_t lookup(const char *text, int flags,
		     union endpoint found[static ENDPOINT_CHOICES])
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_protocol = IPPROTO_UDP,
		.ai_flags = flags,
	};
	char *host = strdup(text), *port = host ? strrchr(host, ':') : NULL, *name = host;
	struct addrinfo *list = NULL, *item;
	size_t n = 0;

	if (!port)
		goto out;
	*port++ = '\0';
	if (*name == '[') {
		name++;
		name[strcspn(name, "]")] = '\0';
	}
	/* The C library reads this before its first request. */
	setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
	if (getaddrinfo(name, port, &hints, &list))
		goto out;
	for (item = list; item && n < ENDPOINT_CHOICES; item = item->ai_next) {
		if (item->ai_addrlen > sizeof(found[n]))
			continue;
		memset(&found[n], 0, sizeof(found[n]));
		memcpy(&found[n], item->ai_addr, item->ai_addrlen);
		n++;
	}
	freeaddrinfo(list);
out:
	free(host);
	return n;
}

size_t endpoint_lookup(const char *text, union endpoint found[static ENDPOINT_CHOICES])
{
	return lookup(text, 0, found);
}

bool endpoint_is_name(const char *text)
{
	union endpoint found[ENDPOINT_CHOICES];

	return !lookup(text, AI_NUMERICHOST, found);
}

static bool is_new_endpoint(const struct peer *want, const struct peer *now)
{
	return now->endpoint_given && strcmp(want->endpoint_given, now->endpoint_given);
}

static void resolve_peer(struct peer *want, const struct peer *now)
{
	bool there = now && now->bits & PEER_HAS_ENDPOINT;
	bool by_name = !(want->bits & PEER_HAS_ENDPOINT);
	union endpoint found[ENDPOINT_CHOICES];
	char label[PEER_LABEL_LEN];
	size_t i, n;

	if (there && now->bits & PEER_CONNECTED && !is_new_endpoint(want, now)) {
		want->bits &= ~PEER_HAS_ENDPOINT;
		return;
	}
	if (!by_name)
		return;
	n = endpoint_lookup(want->endpoint_given, found);
	if (!n) {
		fprintf(stderr, "%s: warning: peer %s: the endpoint %s cannot be resolved yet; `naawg endpoints refresh' tries again\n",
			prog_name, peer_label(label, want), want->endpoint_given);
		return;
	}
	for (i = 0; there && i < n; i++)
		if (endpoint_equal(&found[i], &now->endpoint))
			return;
	want->endpoint = found[0];
	want->bits |= PEER_HAS_ENDPOINT;
}

void endpoint_resolve(struct device *want, const struct device *now)
{
	struct peer_index index;
	size_t i;

	if (!peer_index_init(&index, now))
		return;
	for (i = 0; i < want->n_peers; i++)
		if (want->peers[i].endpoint_given)
			resolve_peer(&want->peers[i], peer_index_find(&index, &want->peers[i]));
	peer_index_destroy(&index);
}

/* The kernel reports sessions with the counters, not with the configuration. */
int endpoint_sessions(struct device *now)
{
	const struct peer *peer;
	struct peer_index index;
	struct device stats;
	size_t i;
	int ret;

	ret = nl_get_stats(now->name, &stats);
	if (ret)
		return ret;
	if (peer_index_init(&index, &stats)) {
		for (i = 0; i < now->n_peers; i++) {
			peer = peer_index_find(&index, &now->peers[i]);
			if (peer)
				now->peers[i].bits |= peer->bits & PEER_CONNECTED;
		}
		peer_index_destroy(&index);
	}
	device_destroy(&stats);
	return 0;
}

bool endpoint_refresh(struct peer *peer)
{
	union endpoint found[ENDPOINT_CHOICES];
	bool there = peer->bits & PEER_HAS_ENDPOINT;
	size_t i = 0, n;

	if (!peer->endpoint_given || peer->bits & PEER_CONNECTED)
		return false;
	/*
	 * Keep the present endpoint if the file has an address: the peer may have
	 * roamed. Without an endpoint, use the address: its zone may exist only now.
	 */
	if (there && !endpoint_is_name(peer->endpoint_given))
		return false;
	n = endpoint_lookup(peer->endpoint_given, found);
	if (!n)
		return false;
	while (there && i < n && !endpoint_equal(&found[i], &peer->endpoint))
		i++;
	if (!there || i == n)
		i = 0;
	else if (!peer->last_handshake && peer->tx_bytes)
		i = (i + 1) % n;	/* the peer did not answer at this address */
	if (there && endpoint_equal(&found[i], &peer->endpoint))
		return false;
	peer->endpoint = found[i];
	peer->bits |= PEER_HAS_ENDPOINT;
	return true;
}
