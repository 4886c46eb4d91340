// SPDX-License-Identifier: GPL-2.0
/* Prints metrics of port forwards. */

#include <arpa/inet.h>

#include "metrics/forward_metrics.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static const struct {
	struct prom_metric metric;
	size_t where;
} metrics[] = {
#define AT(member)	offsetof(struct forward, member)
	{ { "naawg_forward_connections_total", true, "Connections of a port forward." },
	  AT(connections) },
	{ { "naawg_forward_receive_bytes_total", true,
	    "Bytes a port forward carried from peers to its destination." }, AT(rx_bytes) },
	{ { "naawg_forward_transmit_bytes_total", true,
	    "Bytes a port forward carried from its destination to peers." }, AT(tx_bytes) },
	{ { "naawg_forward_receive_packets_total", true,
	    "Packets a port forward carried from peers to its destination." },
	  AT(rx_packets) },
	{ { "naawg_forward_transmit_packets_total", true,
	    "Packets a port forward carried from its destination to peers." },
	  AT(tx_packets) },
	{ { "naawg_forward_last_use_timestamp_seconds", false,
	    "Time of the last packet of a port forward since 1970; absent if there was none." },
	  AT(last_use) },
};

void forward_ports(char text[static FORWARD_PORTS_LEN], const struct forward *forward)
{
	if (forward->last == forward->first)
		snprintf(text, FORWARD_PORTS_LEN, "%u", forward->first);
	else
		snprintf(text, FORWARD_PORTS_LEN, "%u-%u", forward->first, forward->last);
}

void forward_to(char text[static FORWARD_TO_LEN], const struct forward *forward)
{
	char address[INET6_ADDRSTRLEN];

	if (!forward->address.family ||
	    !inet_ntop(forward->address.family, &forward->address.ip6, address,
		       sizeof(address)))
		snprintf(text, FORWARD_TO_LEN, "this-host:%u", forward->to_port);
	else
		snprintf(text, FORWARD_TO_LEN,
			 forward->address.family == AF_INET6 ? "[%s]:%u" : "%s:%u", address,
			 forward->to_port);
}

static void put(struct prom *prom, const char *interface, const struct forward *forward,
		uint64_t value)
{
	char ports[FORWARD_PORTS_LEN], to[FORWARD_TO_LEN];

	forward_ports(ports, forward);
	forward_to(to, forward);
	prom_label(prom, "interface", interface);
	prom_label(prom, "proto", forward->proto == IPPROTO_UDP ? "udp" : "tcp");
	prom_label(prom, "port", ports);
	prom_label(prom, "to", to);
	prom_value(prom, value);
}

void forward_metrics_print(struct prom *prom, const struct scrape *scrape)
{
	const struct forward *forward;
	uint64_t value;
	size_t m, i, j;

	for (m = 0; m < sizeof(metrics) / sizeof(metrics[0]); m++) {
		prom_begin(prom, &metrics[m].metric);
		for (i = 0; i < scrape->n; i++) {
			for (j = 0; j < scrape->links[i].dev.n_forwards; j++) {
				forward = &scrape->links[i].dev.forwards[j];
				value = *(const uint64_t *)((const char *)forward +
							    metrics[m].where);
				if (metrics[m].where == AT(last_use) && !value)
					continue;
				if (metrics[m].where == AT(last_use))
					value /= NS_PER_SEC;
				put(prom, scrape->links[i].dev.name, forward, value);
			}
		}
	}
}
