// SPDX-License-Identifier: GPL-2.0
/* Prints the status page for people: HTML without scripts, secrets and endpoints. */

#include <inttypes.h>
#include <time.h>

#include "lib/keys.h"
#include "metrics/chart.h"
#include "metrics/escape.h"
#include "metrics/page.h"
#include "metrics/page_tables.h"
#include "metrics/style.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void head(const struct page *page, size_t connected, size_t peers)
{
	FILE *out = page->out;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n", out);
	if (!page->still)
		fprintf(out, "<meta http-equiv=\"refresh\" content=\"%d\">\n", HISTORY_INTERVAL);
	fprintf(out, "<title>%zu of %zu peers connected: naawg on ", connected, peers);
	escape_html(out, page->host);
	fprintf(out, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>%s</style>\n</head>\n",
		style_sheet);
}

static void header(const struct page *page)
{
	time_t now = page->scrape->now / NS_PER_SEC;
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%-d %B %Y, %H:%M:%S UTC", &tm);
	fputs("<body>\n<header><h1>naawg on ", page->out);
	escape_html(page->out, page->host);
	fprintf(page->out, "</h1>\n<p>%s. ", text);
	if (page->still)
		fputs("<a href=\"?\">Refresh this page all the time</a></p></header>\n",
		      page->out);
	else
		fprintf(page->out, "The page refreshes every %d seconds. <a href=\"?still\">Stop this</a></p></header>\n",
			HISTORY_INTERVAL);
}

static void facts(const struct page *page, const struct scraped_link *link)
{
	const struct device *dev = &link->dev;
	char key[KEY_TEXT_LEN];

	fprintf(page->out, "<dl class=\"facts\"><div><dt>Peers connected</dt><dd>%zu of %zu</dd></div>",
		scrape_connected(dev), dev->n_peers);
	if (dev->listen_port)
		fprintf(page->out, "<div><dt>UDP port</dt><dd>%u</dd></div>", dev->listen_port);
	if (!key_is_zero(dev->public_key)) {
		key_to_text(key, dev->public_key);
		fprintf(page->out, "<div><dt>Public key</dt><dd><code>%s</code></dd></div>", key);
	}
	fputs("</dl>\n", page->out);
}

static void interface(const struct page *page, size_t i)
{
	const struct scraped_link *link = &page->scrape->links[i];
	FILE *out = page->out;

	fprintf(out, "<section aria-labelledby=\"interface%zu\">\n<h2 id=\"interface%zu\">", i, i);
	escape_html(out, link->dev.name);
	if (!link->read) {
		fputs("</h2>\n<p>This interface cannot be read.</p>\n</section>\n", out);
		return;
	}
	fprintf(out, " <span class=\"%s\">%s</span></h2>\n", link->up ? "good" : "bad",
		link->up ? "up" : "down");
	facts(page, link);
	chart_print(out, link->dev.name, page->history,
		    history_link(page->history, &link->dev));
	page_peers(page, &link->dev);
	page_reasons(page, &link->dev, true);
	page_reasons(page, &link->dev, false);
	page_forwards(page, &link->dev);
	fputs("</section>\n", out);
}

static void footer(const struct page *page)
{
	fputs("<footer><p>", page->out);
	if (page->scrape->version[0]) {
		fputs("Kernel module naawg ", page->out);
		escape_html(page->out, page->scrape->version);
		fputs(". ", page->out);
	}
	fputs("Counters begin when an interface is made. <a href=\"metrics\">Metrics for Prometheus</a></p></footer>\n"
	      "</body>\n</html>\n", page->out);
}

void page_print(const struct page *page)
{
	size_t i, connected = 0, peers = 0;

	for (i = 0; i < page->scrape->n; i++) {
		connected += scrape_connected(&page->scrape->links[i].dev);
		peers += page->scrape->links[i].dev.n_peers;
	}
	head(page, connected, peers);
	header(page);
	fputs("<main>\n", page->out);
	if (!page->scrape->loaded)
		fputs("<p><span class=\"bad\">down</span> The kernel module naawg is not loaded.</p>\n",
		      page->out);
	else if (!page->scrape->n)
		fputs("<p>There is no naawg interface in this network namespace.</p>\n", page->out);
	for (i = 0; i < page->scrape->n; i++)
		interface(page, i);
	fputs("</main>\n", page->out);
	footer(page);
}
