// SPDX-License-Identifier: GPL-2.0
/* Prints port forwards as JSON, and their counters. */

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cmds/show.h"
#include "lib/age.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/prefix.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void address(const char *name, const struct allowed_ip *ip)
{
	char text[ADDRESS_TEXT_LEN];

	if (ip->family)
		json_string(name, address_text(text, ip));
}

void show_json_forward(const char *name, const struct forward *forward)
{
	char text[FORWARD_TEXT_LEN], prefix[ADDRESS_TEXT_LEN + sizeof("/128")];

	json_open(name, '{');
	json_string("forward", forward_text(text, forward));
	json_string("protocol", forward->proto == IPPROTO_UDP ? "udp" : "tcp");
	json_number("port", forward->first);
	json_number("last_port", forward->last);
	address("address", &forward->address);
	json_number("to_port", forward->to_port);
	if (forward->egress[0])
		json_string("dev", forward->egress);
	if (forward->bits & FORWARD_FROM_PEER) {
		key_to_text(text, forward->from_peer);
		json_string("from_peer", text);
	}
	if (forward->bits & FORWARD_FROM_PREFIX) {
		snprintf(prefix, sizeof(prefix), "%s/%u", address_text(text, &forward->from),
			 forward->from.prefix_len);
		json_string("from", prefix);
	}
	json_bool("masquerade", !(forward->bits & FORWARD_NO_MASQUERADE));
	json_number("connections", forward->connections);
	json_number("rx_packets", forward->rx_packets);
	json_number("rx_bytes", forward->rx_bytes);
	json_number("tx_packets", forward->tx_packets);
	json_number("tx_bytes", forward->tx_bytes);
	/* 0 means never; it must not become a date in 1970. */
	if (forward->last_use)
		json_number("last_use", forward->last_use / NS_PER_SEC);
	json_close('}');
}

void show_json_forwards(const struct device *dev)
{
	size_t i;

	json_open("forwards", '[');
	for (i = 0; i < dev->n_forwards; i++)
		show_json_forward(NULL, &dev->forwards[i]);
	json_close(']');
}

void show_forward_counters(FILE *out, const struct forward *forward)
{
	fprintf(out, "# %" PRIu64 " connections, in %" PRIu64 " packets %" PRIu64
		" bytes, out %" PRIu64 " packets %" PRIu64 " bytes, ",
		forward->connections, forward->rx_packets, forward->rx_bytes,
		forward->tx_packets, forward->tx_bytes);
	show_forward_use(out, forward);
}

void show_forward_use(FILE *out, const struct forward *forward)
{
	char text[AGE_TEXT_LEN];

	if (forward->last_use)
		fprintf(out, "last used %s ago",
			age_text(text, age_since(forward->last_use, time(NULL))));
	else
		fputs("never used", out);
}
