// SPDX-License-Identifier: GPL-2.0
/* Draws the traffic of an interface in the last minutes as SVG. */

#include <inttypes.h>

#include "metrics/chart.h"
#include "metrics/escape.h"
#include "metrics/words.h"

#define NS_PER_SEC	UINT64_C(1000000000)
#define SPAN		((HISTORY_READINGS - 1) * HISTORY_INTERVAL)	/* seconds */
/* Nobody knows what happened in a longer time without a reading. */
#define GAP		(150 * NS_PER_SEC)
#define HEIGHT		100

struct chart {
	FILE *out;
	uint64_t now;
	const struct link_history *link;
	uint64_t max;		/* the highest rate */
	struct rate rate;	/* the newest one */
	bool drawn;		/* there is a rate at all */
};

static bool rate_of(const struct chart *chart, uint32_t i, struct rate *rate)
{
	const struct reading *r = &chart->link->readings[i];

	return chart->now - r->at <= (SPAN + HISTORY_INTERVAL) * NS_PER_SEC &&
	       r->at - r[-1].at <= GAP && history_rate(&r[-1], r, rate);
}

static void measure(struct chart *chart)
{
	struct rate rate;
	uint32_t i;

	for (i = 1; i < chart->link->n; i++) {
		if (!rate_of(chart, i, &rate))
			continue;
		if (rate.rx > chart->max)
			chart->max = rate.rx;
		if (rate.tx > chart->max)
			chart->max = rate.tx;
		chart->rate = rate;
		chart->drawn = true;
	}
}

/* Seconds since the left side. */
static double place(const struct chart *chart, uint32_t i)
{
	double x = SPAN - (double)(chart->now - chart->link->readings[i].at) / NS_PER_SEC;

	return x < 0 ? 0 : x;
}

static void line(const struct chart *chart, bool rx)
{
	struct rate rate;
	bool down = false;
	uint32_t i;
	double y;

	fprintf(chart->out, "<path class=\"%s\" d=\"", rx ? "rx" : "tx");
	for (i = 1; i < chart->link->n; i++) {
		if (!rate_of(chart, i, &rate)) {
			down = false;
			continue;
		}
		y = HEIGHT - (double)(rx ? rate.rx : rate.tx) * (HEIGHT - 4) /
			     (chart->max ? chart->max : 1);
		if (!down)
			fprintf(chart->out, "M%.1f %.1f", place(chart, i - 1), y);
		fprintf(chart->out, "L%.1f %.1f", place(chart, i), y);
		down = true;
	}
	fputs("\"/>", chart->out);
}

static void put_rate(FILE *out, const char *before, uint64_t rate)
{
	fputs(before, out);
	words_bytes(out, rate);
	fputs("/s", out);
}

static void legend(const struct chart *chart)
{
	FILE *out = chart->out;

	fputs("<figcaption><span class=\"rx key\">", out);
	put_rate(out, "Received: ", chart->rate.rx);
	fputs("</span> <span class=\"tx key\">", out);
	put_rate(out, "Sent: ", chart->rate.tx);
	put_rate(out, "</span> <span>The last 10 minutes; the top line is ", chart->max);
	fputs(".</span></figcaption>", out);
}

void chart_print(FILE *out, const char *name, const struct history *history,
		 const struct link_history *link)
{
	struct chart chart = { .out = out, .now = history->now, .link = link };

	if (link)
		measure(&chart);
	if (!chart.drawn) {
		fputs("<p class=\"quiet\">The chart of the traffic begins with the second reading.</p>\n",
		      out);
		return;
	}
	fprintf(out, "<figure><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Traffic of ",
		SPAN, HEIGHT);
	escape_html(out, name);
	put_rate(out, " in the last 10 minutes, at most ", chart.max);
	fprintf(out, "\"><path class=\"grid\" d=\"M0 4H%dM0 52H%dM0 %dH%d\"/>", SPAN, SPAN,
		HEIGHT, SPAN);
	line(&chart, true);
	line(&chart, false);
	fputs("</svg>", out);
	legend(&chart);
	fputs("</figure>\n", out);
}
