// SPDX-License-Identifier: GPL-2.0
/* Prints metrics that have one sample for each peer, from tables. */

#include "lib/keys.h"
#include "metrics/peer_metrics.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* False: there is no sample. */
static bool has_sample(const struct peer *peer, const struct peer_metric *metric)
{
	const char *at = (const char *)peer + metric->where;

	if (metric->value == PEER_VALUE_BIT)
		return true;
	if (metric->bit && !(peer->bits & metric->bit))
		return false;
	switch (metric->value) {
	case PEER_VALUE_TIME:
		return *(const uint64_t *)at;
	case PEER_VALUE_MICROS:
		return *(const uint32_t *)at;
	default:
		return true;
	}
}

static void put_labels(struct prom *prom, const char *interface, const struct peer *peer,
		       const struct peer_labels *labels)
{
	char key[KEY_TEXT_LEN];

	key_to_text(key, peer->public_key);
	prom_label(prom, labels->interface, interface);
	prom_label(prom, "public_key", key);
	if (labels->name)
		prom_label(prom, labels->name, peer->name);
	if (labels->reason)
		prom_label(prom, labels->reason, peer->last_reason);
}

static void put_value(struct prom *prom, const struct peer *peer,
		      const struct peer_metric *metric)
{
	const char *at = (const char *)peer + metric->where;

	switch (metric->value) {
	case PEER_VALUE_ONE:
		prom_value(prom, 1);
		break;
	case PEER_VALUE_BIT:
		prom_value(prom, !!(peer->bits & metric->bit));
		break;
	case PEER_VALUE_COUNT:
		prom_value(prom, *(const uint64_t *)at);
		break;
	case PEER_VALUE_TIME:
	case PEER_VALUE_TIME_OR_0:
		prom_value(prom, *(const uint64_t *)at / NS_PER_SEC);
		break;
	case PEER_VALUE_MICROS:
		prom_seconds(prom, *(const uint32_t *)at);
		break;
	}
}

void peer_metrics_print(struct prom *prom, const struct scrape *scrape, size_t peers_max,
			const struct peer_metric *metric, const struct peer_labels *labels)
{
	const struct device *dev;
	const struct peer *peer;
	size_t i, j;

	prom_begin(prom, &metric->metric);
	for (i = 0; i < scrape->n; i++) {
		dev = &scrape->links[i].dev;
		for (j = 0; j < dev->n_peers && j < peers_max; j++) {
			peer = &dev->peers[j];
			if (!has_sample(peer, metric) ||
			    (labels->reason && !peer->last_reason[0]))
				continue;
			put_labels(prom, dev->name, peer, labels);
			put_value(prom, peer, metric);
		}
	}
}
