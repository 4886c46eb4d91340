// SPDX-License-Identifier: GPL-2.0
/* Prints the tables of one interface on the status page. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys.h"
#include "metrics/escape.h"
#include "metrics/forward_metrics.h"
#include "metrics/page_tables.h"
#include "metrics/words.h"

#define NS_PER_SEC	UINT64_C(1000000000)

/* A narrow screen shows each cell in a line of its own, behind its label. */
static void cell(FILE *out, const char *label, bool number)
{
	fprintf(out, "<td role=\"cell\" data-label=\"%s\"%s><span>", label,
		number ? " class=\"n\"" : "");
}

static void end_cell(FILE *out)
{
	fputs("</span></td>", out);
}

static void begin_table(FILE *out, const char *title, const char * const *heads)
{
	fprintf(out, "<h3>%s</h3>\n<table role=\"table\"><thead><tr role=\"row\">", title);
	for (; *heads; heads++)
		fprintf(out, "<th role=\"columnheader\" scope=\"col\"%s>%s</th>",
			(*heads)[0] == '#' ? " class=\"n\"" : "", *heads + ((*heads)[0] == '#'));
	fputs("</tr></thead>\n<tbody>\n", out);
}

static void end_table(FILE *out)
{
	fputs("</tbody></table>\n", out);
}

static void ago(FILE *out, uint64_t now, uint64_t then)
{
	if (!then) {
		fputs("never", out);
	} else if (then / NS_PER_SEC >= now / NS_PER_SEC) {
		fputs("now", out);
	} else {
		words_age(out, now / NS_PER_SEC - then / NS_PER_SEC);
		fputs(" ago", out);
	}
}

static void traffic(FILE *out, const char *label, uint64_t bytes, bool has_rate, uint64_t rate)
{
	cell(out, label, true);
	words_bytes(out, bytes);
	if (has_rate) {
		fputs("<small>", out);
		words_bytes(out, rate);
		fputs("/s</small>", out);
	}
	end_cell(out);
}

static void peer_name(FILE *out, const struct peer *peer)
{
	char key[KEY_TEXT_LEN];

	key_to_text(key, peer->public_key);
	fputs("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">", out);
	if (peer->name[0]) {
		escape_html(out, peer->name);
		fputs("<br>", out);
	}
	fprintf(out, "<small><code>%s</code></small></th>", key);
}

static void peer_row(const struct page *page, const struct device *dev, const struct peer *peer)
{
	const struct peer_state *state = words_state(peer);
	struct rate rate;
	bool has_rate = history_peer_rate(page->history, dev, peer, &rate);
	FILE *out = page->out;

	peer_name(out, peer);
	cell(out, "State", false);
	fprintf(out, "<span class=\"%s\">%s</span>", state->name, state->text);
	if (state->hint)
		fprintf(out, "<small>%s</small>", state->hint);
	end_cell(out);
	cell(out, "Last handshake", false);
	ago(out, page->scrape->now, peer->last_handshake);
	end_cell(out);
	traffic(out, "Received", peer->rx_bytes, has_rate, rate.rx);
	traffic(out, "Sent", peer->tx_bytes, has_rate, rate.tx);
	cell(out, "Newest reason", false);
	if (peer->last_reason[0]) {
		fputs("<code>", out);
		escape_html(out, peer->last_reason);
		fputs("</code><small>", out);
		words_reason(out, peer->last_reason);
		fputs("</small>", out);
	} else {
		fputs("none", out);
	}
	end_cell(out);
	fputs("</tr>\n", out);
}

static int by_name(const void *a, const void *b)
{
	const struct peer *x = *(const struct peer * const *)a;
	const struct peer *y = *(const struct peer * const *)b;
	int ret = !x->name[0] - !y->name[0];

	if (!ret)
		ret = strcmp(x->name, y->name);
	return ret ? ret : memcmp(x->public_key, y->public_key, KEY_LEN);
}

/* Their order shall not change when the page is read again. */
static const struct peer **sorted(const struct device *dev)
{
	const struct peer **list = calloc(dev->n_peers + 1, sizeof(*list));
	size_t i;

	for (i = 0; list && i < dev->n_peers; i++)
		list[i] = &dev->peers[i];
	if (list)
		qsort(list, dev->n_peers, sizeof(*list), by_name);
	return list;
}

void page_peers(const struct page *page, const struct device *dev)
{
	static const char * const heads[] = {
		"Peer", "State", "Last handshake", "#Received", "#Sent", "Newest reason", NULL
	};
	const struct peer **list = sorted(dev);
	size_t i;

	if (!dev->n_peers || !list) {
		fputs("<p class=\"quiet\">It has no peers.</p>\n", page->out);
		free(list);
		return;
	}
	begin_table(page->out, "Peers", heads);
	for (i = 0; i < dev->n_peers && i < page->peers_max; i++)
		peer_row(page, dev, list[i]);
	end_table(page->out);
	if (i < dev->n_peers)
		fprintf(page->out, "<p class=\"quiet\">%zu more peers are not shown here.</p>\n",
			dev->n_peers - i);
	free(list);
}

void page_reasons(const struct page *page, const struct device *dev, bool handshake)
{
	static const char * const heads[] = { "Reason", "#Count", "Meaning", NULL };
	const struct reason *reason;
	FILE *out = page->out;
	bool any = false;
	size_t i;

	for (i = 0; i < dev->n_reasons; i++) {
		reason = &dev->reasons[i];
		if (reason->handshake != handshake || !reason->count)
			continue;
		if (!any)
			begin_table(out, handshake ? "Failed handshakes" : "Dropped packets",
				    heads);
		any = true;
		fputs("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>", out);
		escape_html(out, reason->name);
		fputs("</code></th>", out);
		cell(out, "Count", true);
		fprintf(out, "%" PRIu64, reason->count);
		end_cell(out);
		cell(out, "Meaning", false);
		words_advice(out, reason->name);
		end_cell(out);
		fputs("</tr>\n", out);
	}
	if (any)
		end_table(out);
	else
		fprintf(out, "<p class=\"quiet\">No %s.</p>\n",
			handshake ? "handshake failed" : "packet was dropped");
}

void page_forwards(const struct page *page, const struct device *dev)
{
	static const char * const heads[] = {
		"Port", "Leads to", "#Connections", "#Received", "#Sent", "Last use", NULL
	};
	char ports[FORWARD_PORTS_LEN], to[FORWARD_TO_LEN];
	const struct forward *forward;
	FILE *out = page->out;
	size_t i;

	if (!dev->n_forwards)
		return;
	begin_table(out, "Port forwards", heads);
	for (i = 0; i < dev->n_forwards; i++) {
		forward = &dev->forwards[i];
		forward_ports(ports, forward);
		forward_to(to, forward);
		fprintf(out, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">%s/%s</th>",
			ports, forward->proto == IPPROTO_UDP ? "udp" : "tcp");
		cell(out, "Leads to", false);
		fputs(forward->address.family ? to : "this host", out);
		end_cell(out);
		cell(out, "Connections", true);
		fprintf(out, "%" PRIu64, forward->connections);
		end_cell(out);
		traffic(out, "Received", forward->rx_bytes, false, 0);
		traffic(out, "Sent", forward->tx_bytes, false, 0);
		cell(out, "Last use", false);
		ago(out, page->scrape->now, forward->last_use);
		end_cell(out);
		fputs("</tr>\n", out);
	}
	end_table(out);
}
