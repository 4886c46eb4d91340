/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the statistics of interfaces again and again, and computes rates. */

#ifndef NAAWG_SAMPLE_H
#define NAAWG_SAMPLE_H

#include "lib/age.h"
#include "lib/format.h"

/* Bytes per second; RATE_UNKNOWN without an earlier sample. */
#define RATE_UNKNOWN	UINT64_MAX

struct sample_peer {
	const struct device *dev;
	const struct peer *peer;
	char label[PEER_LABEL_LEN];
	enum peer_state state;
	uint64_t rx_rate, tx_rate;
};

/* A reason that was counted since the sample before. */
struct sample_reason {
	const char *name;
	uint64_t more;
};

struct sample_device {
	struct device dev;
	int error;		/* negative errno: the interface cannot be read */
	uint64_t at;		/* ns of the monotonic clock */
	uint64_t rx_rate, tx_rate;
	struct sample_reason *reasons;
	size_t n_reasons;
};

struct sample {
	uint64_t now;		/* seconds since 1970 */
	struct sample_device *devices;
	size_t n_devices;
	struct sample_peer *peers;	/* of all devices */
	size_t n_peers;
	size_t states[PEER_STATES];	/* how many peers are in each state */
};

/*
 * Reads @only, or all interfaces if it is NULL. @before (may be NULL) gives the rates.
 * Returns 0 or a negative errno; an interface that went away is no error. Call
 * sample_destroy() in any case.
 */
int sample_take(struct sample *sample, const char *only, const struct sample *before);
void sample_destroy(struct sample *sample);

#endif
