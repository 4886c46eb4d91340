/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps how much traffic there was in the last minutes, for rates and for the chart.
 *
 * Each request is served by a process of its own, so the history is a file of fixed size.
 * A request adds a reading if the newest one is some seconds old.
 */

#ifndef NAAWG_METRICS_HISTORY_H
#define NAAWG_METRICS_HISTORY_H

#include "metrics/scrape.h"

#define HISTORY_INTERVAL	5	/* seconds between two readings, at least */
#define HISTORY_READINGS	121	/* ten minutes of them */
#define HISTORY_LINKS		8	/* only the first ones have a chart */
#define HISTORY_PEERS		512	/* only the first ones have rates */

struct reading {
	uint64_t at;		/* ns since the boot */
	uint64_t rx, tx;	/* bytes of all peers so far */
};

struct link_history {
	char name[IFNAMSIZ];
	uint32_t ifindex;
	uint32_t n;
	struct reading readings[HISTORY_READINGS];	/* the oldest first */
};

struct peer_reading {
	uint32_t ifindex;
	uint8_t public_key[KEY_LEN];
	uint64_t rx, tx;
};

/* The newest reading of peers, and the one before. */
struct peer_readings {
	uint64_t at;
	uint32_t n;
	struct peer_reading peers[HISTORY_PEERS];
};

struct history {
	uint64_t magic;
	uint64_t now;		/* of the present request */
	uint32_t n_links;
	struct link_history links[HISTORY_LINKS];
	struct peer_readings newest, before;
};

struct rate {
	uint64_t rx, tx;	/* bytes per second */
};

/*
 * Opens the file of the history in @directory, or in memory that forked processes share if
 * that is NULL. -1: errno says why.
 */
int history_open(const char *directory);

/*
 * Reads the history into @history, adds the present state if that is due, and writes it.
 * Without a file (@fd is -1), or if another process has locked it for long, the history
 * has no readings.
 */
void history_update(struct history *history, int fd, const struct scrape *scrape);

/* False: there is no earlier reading of this peer. */
bool history_peer_rate(const struct history *history, const struct device *dev,
		       const struct peer *peer, struct rate *rate);

/* NULL: there are no readings of this link. */
const struct link_history *history_link(const struct history *history,
					const struct device *dev);

/* The rate between two readings; false: the counters began anew. */
bool history_rate(const struct reading *from, const struct reading *to, struct rate *rate);

#endif
