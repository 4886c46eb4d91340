/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that a diagnosis knows of an interface and its host. */

#ifndef NAAWG_FACTS_H
#define NAAWG_FACTS_H

#include "diag/findings.h"
#include "lib/nl_links.h"
#include "lib/peer_index.h"
#include "netcfg/rt.h"

#define NS_PER_SEC	UINT64_C(1000000000)

enum peer_state {
	STATE_WELL,			/* it has a session and answers */
	STATE_QUIET,			/* there is no session, and none is wanted */
	STATE_TRYING,			/* the first handshake began, and may still succeed */
	STATE_SILENT,			/* handshakes with it fail */
};

struct facts {
	const char *name;		/* of the interface */
	int error;			/* of the request for the state, negative; 0: none */
	bool probe;			/* send pings and connections */
	struct device dev;		/* state, counters and forwards */
	struct device later;		/* the same later */
	bool has_later;
	unsigned int looked_ms;		/* how much later */
	struct device conf;		/* endpoints and allowed IPs, without the private key */
	bool has_conf;			/* the caller may read them */
	struct peer_index index;	/* of @conf */
	struct link_list links;
	const struct link_name *link;	/* the interface; NULL: it is gone */
	struct rt_list addresses;
	uint64_t begin;			/* monotonic, in ms */
	uint64_t now;			/* ns since 1970 */
	struct findings *found;
};

/* The caller calls facts_destroy() unless that sets @facts->error. */
void facts_collect(struct facts *facts, const char *name);
void facts_destroy(struct facts *facts);

/* Reads the counters again, at least @ms after the first time. */
#define LOOK_AGAIN_MS		1100
#define LOOK_AGAIN_HANDSHAKE_MS	6000	/* handshakes are repeated after 5 s */
void facts_look_again(struct facts *facts, unsigned int ms);

uint64_t facts_count(const struct device *dev, const char *reason);
/* Whether a counter grew while the diagnosis looked. */
bool facts_grew(const struct facts *facts, const char *reason);

/* The configuration of a peer of @dev, or NULL if it cannot be read. */
const struct peer *facts_conf(const struct facts *facts, const struct peer *peer);

enum peer_state facts_state(const struct peer *peer);
bool facts_last_reason(const struct peer *peer, const char *reason);

#endif
