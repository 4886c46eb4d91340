// SPDX-License-Identifier: GPL-2.0
/* Prints a sample as the table of top, as wide as the terminal. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/table.h"
#include "view/cells.h"
#include "view/top_view.h"

#define NAME_MIN	8	/* a narrower column of names is of no use */

const char * const top_sort_names[N_SORTS] = {
	"name", "state", "in", "out", "seen", "total", "reason",
};

struct row {
	const struct sample *sample;
	const struct sample_peer *peer;
	bool narrow;
	bool several;		/* interfaces */
};

static void cell_name(char *text, const struct row *row)
{
	if (row->several && row->narrow)
		snprintf(text, CELL_LEN, "%s/%s", row->peer->dev->name, row->peer->label);
	else
		snprintf(text, CELL_LEN, "%s", row->peer->label);
}

static void cell_device(char *text, const struct row *row)
{
	snprintf(text, CELL_LEN, "%.15s", row->peer->dev->name);
}

static void cell_state(char *text, const struct row *row)
{
	static const char * const narrow[PEER_STATES] = { "up", "calls", "idle", "never" };

	snprintf(text, CELL_LEN, "%s", row->narrow ? narrow[row->peer->state] :
		 row->peer->state == PEER_IS_NEVER_SEEN ? "never seen" :
		 peer_state_names[row->peer->state]);
}

static void cell_in(char *text, const struct row *row)
{
	cell_rate(text, row->peer->rx_rate, row->narrow);
}

static void cell_out(char *text, const struct row *row)
{
	cell_rate(text, row->peer->tx_rate, row->narrow);
}

static void cell_seen(char *text, const struct row *row)
{
	uint64_t seen = peer_last_seen(row->peer->peer);
	char age[AGE_TEXT_LEN];

	snprintf(text, CELL_LEN, "%s", seen ? age_short(age, age_since(seen, row->sample->now)) :
		 "-");
}

static void cell_received(char *text, const struct row *row)
{
	cell_bytes(text, row->peer->peer->rx_bytes, row->narrow);
}

static void cell_sent(char *text, const struct row *row)
{
	cell_bytes(text, row->peer->peer->tx_bytes, row->narrow);
}

static void cell_rtt(char *text, const struct row *row)
{
	uint32_t us = row->peer->peer->handshake_rtt_us;

	if (us)
		snprintf(text, CELL_LEN, "%u.%u ms", us / 1000, us % 1000 / 100);
	else
		strcpy(text, "-");
}

static void cell_lost(char *text, const struct row *row)
{
	snprintf(text, CELL_LEN, "%" PRIu64, row->peer->peer->lost_packets);
}

static void cell_reason(char *text, const struct row *row)
{
	snprintf(text, CELL_LEN, "%s", row->peer->peer->last_reason);
}

/* From left to right. A column is there if the terminal has @from columns. */
static const struct column {
	const char *title;
	unsigned int width, narrow;	/* 0: all that is left */
	unsigned int from;
	bool right;
	int sort;			/* -1: not by this column */
	void (*print)(char *text, const struct row *row);
} columns[] = {
	{ "INTERFACE", 9, 0, 60, false, -1, cell_device },
	{ "PEER", 0, 0, 0, false, SORT_NAME, cell_name },
	{ "STATE", 11, 5, 0, false, SORT_STATE, cell_state },
	{ "IN", 12, 7, 0, true, SORT_IN, cell_in },
	{ "OUT", 12, 7, 0, true, SORT_OUT, cell_out },
	{ "SEEN", 4, 4, 36, true, SORT_SEEN, cell_seen },
	{ "RECEIVED", 10, 0, 110, true, SORT_TOTAL, cell_received },
	{ "SENT", 10, 0, 110, true, -1, cell_sent },
	{ "RTT", 9, 0, 130, true, -1, cell_rtt },
	{ "LOST", 6, 0, 130, true, -1, cell_lost },
	{ "REASON", 19, 0, 90, false, SORT_REASON, cell_reason },
};

#define N_COLUMNS	(sizeof(columns) / sizeof(columns[0]))

static bool shown(const struct column *column, const struct top_view *view,
		  const struct sample *sample)
{
	/* One interface needs no column for its name. */
	return view->width >= column->from &&
	       (column->print != cell_device || sample->n_devices > 1);
}

static bool is_narrow(const struct top_view *view)
{
	return view->width < 60;
}

static unsigned int width_of(const struct column *column, const struct top_view *view)
{
	return is_narrow(view) && column->narrow ? column->narrow : column->width;
}

/* The width of the names: all that the other columns leave. */
static unsigned int name_width(const struct top_view *view, const struct sample *sample)
{
	unsigned int used = 0;
	size_t i;

	for (i = 0; i < N_COLUMNS; i++)
		if (columns[i].width && shown(&columns[i], view, sample))
			used += width_of(&columns[i], view) + 1;
	return view->width > used + NAME_MIN ? view->width - used : NAME_MIN;
}

static void put_row(FILE *out, const struct top_view *view, const struct sample *sample,
		    const struct row *row)
{
	unsigned int left = view->width, width;
	char text[CELL_LEN];
	bool first = true;
	size_t i;

	for (i = 0; i < N_COLUMNS; i++) {
		if (!shown(&columns[i], view, sample))
			continue;
		width = columns[i].width ? width_of(&columns[i], view) : name_width(view, sample);
		if (!first && left) {
			putc(' ', out);
			left--;
		}
		first = false;
		width = width < left ? width : left;
		if (row)
			columns[i].print(text, row);
		else
			snprintf(text, sizeof(text), "%s%s", columns[i].title,
				 columns[i].sort != (int)view->sort ? "" :
				 view->reverse ? "^" : "*");
		/* The last column needs no blanks behind it. */
		if (i + 1 == N_COLUMNS)
			cell_cut(out, text, width);
		else
			cell_put(out, text, width, columns[i].right);
		left -= width;
	}
}

static int by_number(uint64_t a, uint64_t b)
{
	/* An unknown rate is the least. */
	a = a == RATE_UNKNOWN ? 0 : a + 1;
	b = b == RATE_UNKNOWN ? 0 : b + 1;
	return a < b ? 1 : a > b ? -1 : 0;
}

/* qsort() passes no context. */
static const struct top_view *sorting;

static int compare(const struct sample_peer *a, const struct sample_peer *b)
{
	switch (sorting->sort) {
	case SORT_STATE:
		return (int)a->state - (int)b->state;
	case SORT_IN:
		return by_number(a->rx_rate, b->rx_rate);
	case SORT_OUT:
		return by_number(a->tx_rate, b->tx_rate);
	case SORT_SEEN:
		return by_number(peer_last_seen(a->peer), peer_last_seen(b->peer));
	case SORT_TOTAL:
		return by_number(a->peer->rx_bytes + a->peer->tx_bytes,
				 b->peer->rx_bytes + b->peer->tx_bytes);
	case SORT_REASON:
		/* Peers without a reason come last. */
		if (!a->peer->last_reason[0] != !b->peer->last_reason[0])
			return a->peer->last_reason[0] ? -1 : 1;
		return strcmp(a->peer->last_reason, b->peer->last_reason);
	default:
		return 0;
	}
}

static int order(const void *x, const void *y)
{
	const struct sample_peer *a = x, *b = y;
	int ret = compare(a, b);

	if (!ret)
		ret = strcmp(a->dev->name, b->dev->name);
	if (!ret)
		ret = strcmp(a->label, b->label);
	return sorting->reverse ? -ret : ret;
}

/* The lines of an output that is @height high. */
struct page {
	FILE *out;
	unsigned int left;	/* lines */
	bool endless;
	unsigned int width;
};

static bool page_line(struct page *page)
{
	if (page->endless)
		return true;
	if (!page->left)
		return false;
	page->left--;
	return true;
}

static void put_line(struct page *page, const char *text)
{
	if (!page_line(page))
		return;
	cell_cut(page->out, text, page->width);
	putc('\n', page->out);
}

static void put_summary(struct page *page, const struct sample *sample)
{
	char text[CELL_LEN], when[16] = "";
	time_t now = sample->now;
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%T", &tm);
	snprintf(text, sizeof(text),
		 "%s  %zu peers: %zu connected, %zu handshaking, %zu idle, %zu never seen", when,
		 sample->n_peers, sample->states[PEER_IS_CONNECTED],
		 sample->states[PEER_IS_HANDSHAKING], sample->states[PEER_IS_IDLE],
		 sample->states[PEER_IS_NEVER_SEEN]);
	if (table_width(text) > page->width)
		snprintf(text, sizeof(text), "%s  %zu up, %zu call, %zu idle, %zu never", when,
			 sample->states[PEER_IS_CONNECTED], sample->states[PEER_IS_HANDSHAKING],
			 sample->states[PEER_IS_IDLE], sample->states[PEER_IS_NEVER_SEEN]);
	put_line(page, text);
}

/* Rates, and the reasons that were counted since the sample before. */
static void put_device(struct page *page, const struct sample_device *dev)
{
	char text[CELL_LEN], in[CELL_LEN], out[CELL_LEN];
	size_t i, len;

	if (dev->error) {
		snprintf(text, sizeof(text), "%.15s: %s", dev->dev.name, strerror(-dev->error));
		put_line(page, text);
		return;
	}
	cell_rate(in, dev->rx_rate, page->width < 60);
	cell_rate(out, dev->tx_rate, page->width < 60);
	snprintf(text, sizeof(text), "%.15s: in %.20s, out %.20s", dev->dev.name, in, out);
	for (i = 0; i < dev->n_reasons; i++) {
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "%s%.31s +%" PRIu64,
			 i ? ", " : "; new: ", dev->reasons[i].name, dev->reasons[i].more);
	}
	put_line(page, text);
}

/* Many interfaces must leave room for the peers. */
static void put_devices(struct page *page, const struct sample *sample)
{
	size_t i, max = page->endless ? sample->n_devices : page->left / 3;

	for (i = 0; i < sample->n_devices && i < max; i++)
		put_device(page, &sample->devices[i]);
}

static void put_peers(struct page *page, struct top_view *view, const struct sample *sample)
{
	struct row row = { .sample = sample, .narrow = is_narrow(view),
			   .several = sample->n_devices > 1 };
	size_t i, fit = page->endless ? sample->n_peers : page->left;

	if (view->first + fit > sample->n_peers)
		view->first = sample->n_peers > fit ? sample->n_peers - fit : 0;
	for (i = view->first; i < sample->n_peers && page_line(page); i++) {
		row.peer = &sample->peers[i];
		fputs(row.peer->state == PEER_IS_CONNECTED ? color_green() :
		      row.peer->state == PEER_IS_HANDSHAKING ? color_yellow() : "", page->out);
		put_row(page->out, view, sample, &row);
		fputs(color_reset(), page->out);
		putc('\n', page->out);
	}
}

static void put_keys(struct page *page, const struct top_view *view)
{
	char text[CELL_LEN];

	snprintf(text, sizeof(text), view->width < 60 ? "q quit  <> sort  r reverse" :
		 "q quit   space now   up/down scroll   left/right sort by   r reverse   every %g s",
		 view->delay);
	cell_cut(page->out, text, page->width);
	putc('\n', page->out);
}

void top_print(FILE *out, struct top_view *view, struct sample *sample)
{
	struct page page = { .out = out, .left = view->height, .endless = !view->height,
			     .width = view->width };

	sorting = view;
	qsort(sample->peers, sample->n_peers, sizeof(*sample->peers), order);
	if (view->keys && page.left)
		page.left--;
	put_summary(&page, sample);
	put_devices(&page, sample);
	if (page_line(&page)) {
		fputs(color_bold(), out);
		put_row(out, view, sample, NULL);
		fputs(color_reset(), out);
		putc('\n', out);
	}
	put_peers(&page, view, sample);
	for (; view->keys && page.left; page.left--)
		putc('\n', out);
	if (view->keys)
		put_keys(&page, view);
}
