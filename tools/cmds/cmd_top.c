// SPDX-License-Identifier: GPL-2.0
/* top: shows the peers with their rates, states and reasons, and repeats that. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmds/cmds.h"
#include "lib/hints.h"
#include "lib/json.h"
#include "lib/prog.h"
#include "view/screen.h"
#include "view/top_view.h"

#define BATCH_WIDTH	160	/* without a terminal and COLUMNS */

struct top {
	const char *name;	/* name of the only interface; NULL: all */
	struct top_view view;
	struct sample sample;
	uint64_t count;		/* samples to print; 0: no limit */
	int error;		/* why the newest sample is missing */
	bool batch, json;
};

static int usage(const char *cmd, int ret)
{
	size_t i;

	fprintf(ret ? stderr : stdout, "Usage: %s %s [--batch | -b] [--json] [-n <count>] [-d <seconds>] [--sort <column>] [--reverse] [<interface> | all]\n"
		"Columns to sort by:", prog_name, cmd);
	for (i = 0; i < N_SORTS; i++)
		fprintf(ret ? stderr : stdout, " %s", top_sort_names[i]);
	fputs("\nKeys: q quits, space reads now, up and down scroll, left and right choose the column to sort by, r reverses\n",
	      ret ? stderr : stdout);
	return ret;
}

/* Reads a new sample. False: no interface can be read. */
static bool take(struct top *top)
{
	struct sample next;

	top->error = sample_take(&next, top->name, &top->sample);
	sample_destroy(&top->sample);
	top->sample = next;
	return !top->error;
}

/* The table has its own screen, on which nobody would read this. */
static int ended(const struct top *top, bool ok)
{
	if (top->error)
		fprintf(stderr, "%s: cannot read the interfaces: %s\n", prog_name,
			strerror(-top->error));
	return ok ? 0 : 1;
}

/* The first sample tells whether the interface is there; it may go and come back later. */
static bool begin(struct top *top)
{
	int error = sample_take(&top->sample, top->name, NULL);

	if (!error && top->name && top->sample.devices[0].error)
		error = top->sample.devices[0].error;
	if (!error)
		return true;
	fprintf(stderr, "Unable to access interface%s%s: %s\n", top->name ? " " : "s",
		top->name ? top->name : "", strerror(-error));
	hint(error, top->name);
	return false;
}

static void pause_for(double seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	ts.tv_nsec = (seconds - ts.tv_sec) * 1e9;
	nanosleep(&ts, NULL);
}

static unsigned int batch_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned int width = columns ? strtoul(columns, NULL, 10) : 0, rows;

	if (!width && isatty(STDOUT_FILENO))
		screen_size(&width, &rows);
	return width ? width : BATCH_WIDTH;
}

/* Rates need two samples, so the first one is not printed. */
static int batch(struct top *top)
{
	uint64_t n;

	top->view.width = batch_width();
	if (top->json)
		json_lines();
	for (n = 0; !top->count || n < top->count; n++) {
		pause_for(n || top->view.delay < 1 ? top->view.delay : 1);
		if (!take(top))
			return ended(top, false);
		if (n && !top->json)
			putchar('\n');
		if (top->json)
			top_json(&top->sample);
		else
			top_print(stdout, &top->view, &top->sample);
		if (fflush(stdout) || ferror(stdout))
			return 1;
	}
	return 0;
}

static bool paint(struct top *top)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool ok;

	if (!out)
		return false;
	screen_size(&top->view.width, &top->view.height);
	top_print(out, &top->view, &top->sample);
	ok = !fclose(out) && screen_paint(text, len);
	free(text);
	return ok;
}

static void move(struct top_view *view, int event)
{
	size_t page = view->height > 6 ? view->height - 5 : 1;
	size_t up = event == SCREEN_PAGE_UP ? page : event == SCREEN_UP ? 1 : 0;

	if (event == SCREEN_HOME)
		view->first = 0;
	else if (up)
		view->first -= view->first > up ? up : view->first;
	else if (event == SCREEN_END)
		view->first = SIZE_MAX / 2;
	else
		view->first += event == SCREEN_PAGE_DOWN ? page : 1;
}

/* Returns false to end. *@now: take a sample before the time is up. */
static bool key(struct top_view *view, int event, bool *now)
{
	switch (event) {
	case 'q':
	case 'Q':
	case SCREEN_QUIT:
		return false;
	case ' ':
		*now = true;
		break;
	case 'r':
		view->reverse = !view->reverse;
		break;
	case SCREEN_LEFT:
	case '<':
		view->sort = (view->sort + N_SORTS - 1) % N_SORTS;
		break;
	case SCREEN_RIGHT:
	case '>':
		view->sort = (view->sort + 1) % N_SORTS;
		break;
	case SCREEN_UP:
	case SCREEN_DOWN:
	case SCREEN_PAGE_UP:
	case SCREEN_PAGE_DOWN:
	case SCREEN_HOME:
	case SCREEN_END:
		move(view, event);
	}
	return true;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

/* Paints after each key, and takes samples in between. False: the terminal is gone. */
static bool watch(struct top *top, uint64_t *left)
{
	uint64_t end = now_ms() + top->view.delay * 1000, at;
	bool now = false;

	for (;;) {
		if (!paint(top))
			return false;
		at = now_ms();
		if (now || at >= end)
			break;
		if (!key(&top->view, screen_wait(end - at), &now)) {
			*left = 0;
			return true;
		}
	}
	return true;
}

static int interactive(struct top *top)
{
	uint64_t left = top->count ? top->count : UINT64_MAX;
	bool ok = screen_open("; `--batch' prints text");

	top->view.keys = true;
	while (ok && left) {
		ok = watch(top, &left);
		if (left && --left)
			ok = ok && take(top);
	}
	screen_close();
	return ended(top, ok);
}

static bool take_count(uint64_t *to, const char *text)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *to)
		return true;
	fprintf(stderr, "%s: -n takes a number, 1 or more, not `%s'\n", prog_name, text);
	return false;
}

static bool take_delay(double *to, const char *text)
{
	char *end;

	*to = strtod(text, &end);
	if (*text >= '0' && *text <= '9' && !*end && *to >= 0.1 && *to <= 86400)
		return true;
	fprintf(stderr, "%s: -d takes seconds, from 0.1 to 86400, not `%s'\n", prog_name, text);
	return false;
}

static bool take_sort(enum top_sort *to, const char *text)
{
	size_t i;

	for (i = 0; i < N_SORTS; i++) {
		if (strcmp(top_sort_names[i], text))
			continue;
		*to = i;
		return true;
	}
	fprintf(stderr, "%s: there is no column `%s' to sort by\n", prog_name, text);
	return false;
}

/* Returns how many words the option has, 0 for none, or -1 after printing an error. */
static int option(struct top *top, const char *word, const char *value)
{
	if (!strcmp(word, "-b") || !strcmp(word, "--batch"))
		top->batch = true;
	else if (!strcmp(word, "--json"))
		top->json = true;
	else if (!strcmp(word, "--reverse"))
		top->view.reverse = true;
	else if (value && !strcmp(word, "-n"))
		return take_count(&top->count, value) ? 2 : -1;
	else if (value && !strcmp(word, "-d"))
		return take_delay(&top->view.delay, value) ? 2 : -1;
	else if (value && !strcmp(word, "--sort"))
		return take_sort(&top->view.sort, value) ? 2 : -1;
	else
		return 0;
	return 1;
}

int cmd_top(int argc, char **argv)
{
	struct top top = { .view = { .sort = SORT_IN, .delay = 2 } };
	int i, n, ret;

	for (i = 1; i < argc; i += n) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return usage(argv[0], 0);
		n = option(&top, argv[i], argv[i + 1]);
		if (n < 0)
			return 1;
		if (!n && !top.name && argv[i][0] != '-') {
			top.name = argv[i];
			n = 1;
		}
		if (!n)
			return usage(argv[0], 1);
	}
	if (top.name && !strcmp(top.name, "all"))
		top.name = NULL;
	ret = 1;
	if (begin(&top))
		ret = top.batch || top.json ? batch(&top) : interactive(&top);
	sample_destroy(&top.sample);
	return ret;
}
