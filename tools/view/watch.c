// SPDX-License-Identifier: GPL-2.0
/* Prints the output of a command again and again, on a terminal in place. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "view/screen.h"
#include "view/watch.h"

/* One output, and the place in it. */
struct page {
	char *text;
	size_t len;
	size_t lines;
	size_t first;		/* lines above the screen */
};

static void count_lines(struct page *page)
{
	size_t i;

	page->lines = 0;
	for (i = 0; i < page->len; i++)
		page->lines += page->text[i] == '\n';
}

/* Collects the output. An error of the command is shown as its output would be. */
static bool collect(struct page *page, int (*print)(void *arg), void *arg)
{
	FILE *out = stdout, *err = stderr, *all;

	free(page->text);
	page->text = NULL;
	all = open_memstream(&page->text, &page->len);
	if (!all)
		return false;
	stdout = all;
	stderr = all;
	print(arg);
	stdout = out;
	stderr = err;
	if (fclose(all))
		return false;
	count_lines(page);
	return true;
}

/* The start of line @n, or the end of the text. */
static const char *line_at(const struct page *page, size_t n)
{
	const char *p = page->text, *end = page->text + page->len, *stop;

	for (; n && p < end; n--) {
		stop = memchr(p, '\n', end - p);
		p = stop ? stop + 1 : end;
	}
	return p;
}

static bool paint(struct page *page)
{
	unsigned int columns, rows;
	const char *begin, *end;

	screen_size(&columns, &rows);
	if (page->first + rows > page->lines)
		page->first = page->lines > rows ? page->lines - rows : 0;
	begin = line_at(page, page->first);
	end = line_at(page, page->first + rows);
	return screen_paint(begin, end - begin);
}

static void scroll(struct page *page, int event)
{
	size_t up = event == SCREEN_UP ? 1 : event == SCREEN_PAGE_UP ? 10 : 0;

	if (up)
		page->first -= page->first > up ? up : page->first;
	else if (event == SCREEN_HOME)
		page->first = 0;
	else if (event == SCREEN_DOWN || event == SCREEN_PAGE_DOWN)
		page->first += event == SCREEN_DOWN ? 1 : 10;
	else if (event == SCREEN_END)
		page->first = page->lines;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Waits for the time of the next output. False: the user wants to end. */
static bool wait_for(struct page *page, double delay)
{
	double end = now() + delay, left;
	int event;

	while (paint(page)) {
		left = end - now();
		event = left > 0 ? screen_wait(left * 1000 + 1) : ' ';
		if (event == ' ')
			return true;
		if (event == 'q' || event == 'Q' || event == SCREEN_QUIT)
			return false;
		scroll(page, event);
	}
	return false;
}

static int watch_pipe(double delay, int (*print)(void *arg), void *arg)
{
	struct timespec ts = { .tv_sec = delay };
	int ret;

	ts.tv_nsec = (delay - ts.tv_sec) * 1e9;
	for (;;) {
		ret = print(arg);
		putchar('\n');
		if (fflush(stdout) || ferror(stdout))
			return ret;
		nanosleep(&ts, NULL);
	}
}

int watch(double delay, int (*print)(void *arg), void *arg)
{
	struct page page = { NULL };
	bool ok;

	if (!isatty(STDOUT_FILENO))
		return watch_pipe(delay, print, arg);
	ok = screen_open("");
	while (ok && collect(&page, print, arg) && wait_for(&page, delay))
		;
	screen_close();
	free(page.text);
	return ok ? 0 : 1;
}
