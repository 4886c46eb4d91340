// SPDX-License-Identifier: GPL-2.0
/* Keeps how much traffic there was in the last minutes, for rates and for the chart. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "metrics/history.h"

/* Changes with the structures above, as a file may be that of another version. */
#define MAGIC		(UINT64_C(0x6e61617767000001) + sizeof(struct history))
#define FILE_NAME	"history"

#define NS_PER_SEC	UINT64_C(1000000000)
/* A rate over less time says little: packets come in groups. */
#define RATE_MIN	(2 * NS_PER_SEC)
/* Somewhat early, as requests that come every five seconds are never quite on time. */
#define DUE		((HISTORY_INTERVAL * 10 - 5) * NS_PER_SEC / 10)

#define LOCK_TRIES	50
#define LOCK_PAUSE_US	10000

int history_open(const char *directory)
{
	char path[4096];

	if (!directory)
		return memfd_create("naawg-history", MFD_CLOEXEC);
	if (snprintf(path, sizeof(path), "%s/" FILE_NAME, directory) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Forked processes share the open file, so the lock has to belong to the process. */
static bool lock(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	unsigned int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (!fcntl(fd, F_SETLK, &whole))
			return true;
		usleep(LOCK_PAUSE_US);
	}
	return false;
}

static void unlock(int fd)
{
	struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	fcntl(fd, F_SETLK, &whole);
}

static bool is_sane(const struct history *history)
{
	size_t i;

	if (history->magic != MAGIC || history->n_links > HISTORY_LINKS ||
	    history->newest.n > HISTORY_PEERS || history->before.n > HISTORY_PEERS)
		return false;
	for (i = 0; i < history->n_links; i++)
		if (!history->links[i].n || history->links[i].n > HISTORY_READINGS)
			return false;
	return true;
}

static void load(struct history *history, int fd)
{
	ssize_t n = pread(fd, history, sizeof(*history), 0);

	if (n != (ssize_t)sizeof(*history) || !is_sane(history))
		memset(history, 0, sizeof(*history));
	history->magic = MAGIC;
}

const struct link_history *history_link(const struct history *history,
					const struct device *dev)
{
	size_t i;

	for (i = 0; i < history->n_links; i++)
		if (history->links[i].ifindex == dev->ifindex &&
		    !strncmp(history->links[i].name, dev->name, IFNAMSIZ))
			return &history->links[i];
	return NULL;
}

/* A new link takes the place of one that was not read for longest. */
static struct link_history *place_for(struct history *history, const struct device *dev)
{
	struct link_history *link = (struct link_history *)history_link(history, dev);
	size_t i;

	if (link)
		return link;
	if (history->n_links < HISTORY_LINKS) {
		link = &history->links[history->n_links++];
	} else {
		link = &history->links[0];
		for (i = 1; i < HISTORY_LINKS; i++)
			if (history->links[i].readings[history->links[i].n - 1].at <
			    link->readings[link->n - 1].at)
				link = &history->links[i];
	}
	memset(link, 0, sizeof(*link));
	memcpy(link->name, dev->name, strnlen(dev->name, IFNAMSIZ - 1));
	link->ifindex = dev->ifindex;
	return link;
}

static void add_link(struct history *history, const struct device *dev)
{
	struct link_history *link = place_for(history, dev);
	struct reading *reading;
	size_t i;

	if (link->n == HISTORY_READINGS) {
		link->n--;
		memmove(link->readings, link->readings + 1, link->n * sizeof(*reading));
	}
	reading = &link->readings[link->n++];
	memset(reading, 0, sizeof(*reading));
	reading->at = history->now;
	for (i = 0; i < dev->n_peers; i++) {
		reading->rx += dev->peers[i].rx_bytes;
		reading->tx += dev->peers[i].tx_bytes;
	}
}

static void add_peers(struct peer_readings *readings, const struct device *dev)
{
	struct peer_reading *reading;
	size_t i;

	for (i = 0; i < dev->n_peers && readings->n < HISTORY_PEERS; i++) {
		reading = &readings->peers[readings->n++];
		reading->ifindex = dev->ifindex;
		memcpy(reading->public_key, dev->peers[i].public_key, KEY_LEN);
		reading->rx = dev->peers[i].rx_bytes;
		reading->tx = dev->peers[i].tx_bytes;
	}
}

static void add(struct history *history, const struct scrape *scrape)
{
	size_t i;

	history->before = history->newest;
	history->newest.at = history->now;
	history->newest.n = 0;
	for (i = 0; i < scrape->n; i++) {
		if (!scrape->links[i].read)
			continue;
		if (i < HISTORY_LINKS)
			add_link(history, &scrape->links[i].dev);
		add_peers(&history->newest, &scrape->links[i].dev);
	}
}

void history_update(struct history *history, int fd, const struct scrape *scrape)
{
	struct timespec now;

	if (fd < 0 || !lock(fd)) {
		memset(history, 0, sizeof(*history));
		return;
	}
	load(history, fd);
	clock_gettime(CLOCK_BOOTTIME, &now);
	history->now = now.tv_sec * NS_PER_SEC + now.tv_nsec;
	if (history->now - history->newest.at >= DUE) {
		add(history, scrape);
		if (pwrite(fd, history, sizeof(*history), 0) != (ssize_t)sizeof(*history))
			perror("cannot write the history");
	}
	unlock(fd);
}

bool history_rate(const struct reading *from, const struct reading *to, struct rate *rate)
{
	double seconds = (double)(to->at - from->at) / NS_PER_SEC;

	if (to->at <= from->at || to->rx < from->rx || to->tx < from->tx)
		return false;
	rate->rx = (to->rx - from->rx) / seconds;
	rate->tx = (to->tx - from->tx) / seconds;
	return true;
}

bool history_peer_rate(const struct history *history, const struct device *dev,
		       const struct peer *peer, struct rate *rate)
{
	const struct peer_readings *readings = &history->newest;
	struct reading from, to = { history->now, peer->rx_bytes, peer->tx_bytes };
	const struct peer_reading *p;
	size_t i;

	if (history->now - readings->at < RATE_MIN)
		readings = &history->before;
	for (i = 0; i < readings->n; i++) {
		p = &readings->peers[i];
		if (p->ifindex != dev->ifindex || memcmp(p->public_key, peer->public_key, KEY_LEN))
			continue;
		from = (struct reading){ readings->at, p->rx, p->tx };
		return history_rate(&from, &to, rate);
	}
	return false;
}
