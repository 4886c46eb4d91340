// SPDX-License-Identifier: GPL-2.0
/* The terminal of a command that repaints it: keys, size, signals, and its restoration. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/files.h"
#include "lib/prog.h"
#include "view/screen.h"

/* The alternate screen, without a cursor, and without a second line for a long one. */
#define ENTER	"\x1b[?1049h\x1b[?25l\x1b[?7l"
#define LEAVE	"\x1b[?7h\x1b[?25h\x1b[?1049l"
/* How long the rest of an escape sequence may take over a slow line, in ms. */
#define REST_MS	300

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static struct termios saved;
static bool taken;
static volatile sig_atomic_t ended, resized, stopped;
static sigset_t unblocked;	/* signals arrive only while screen_wait() waits */
static char keys[32];
static size_t n_keys;

static void on_end(int number)
{
	ended = number;
}

static void on_resize(int number)
{
	(void)number;
	resized = 1;
}

static void on_stop(int number)
{
	(void)number;
	stopped = 1;
}

static void handle(int number, void (*handler)(int number), sigset_t *set)
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(number, &action, NULL);
	sigaddset(set, number);
}

static void catch_signals(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		handle(ends[i], on_end, &set);
	handle(SIGWINCH, on_resize, &set);
	handle(SIGTSTP, on_stop, &set);
	sigprocmask(SIG_BLOCK, &set, &unblocked);
}

static bool take_terminal(void)
{
	struct termios raw = saved;

	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	taken = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	return taken && file_write_all(STDOUT_FILENO, ENTER, strlen(ENTER));
}

static void give_terminal(void)
{
	if (!taken)
		return;
	taken = false;
	file_write_all(STDOUT_FILENO, LEAVE, strlen(LEAVE));
	tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

bool screen_open(const char *advice)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &saved) ||
	    !term || !*term || !strcmp(term, "dumb")) {
		fprintf(stderr, "%s: standard input and output are no terminal that can be repainted%s\n",
			prog_name, advice);
		return false;
	}
	catch_signals();
	if (take_terminal())
		return true;
	fprintf(stderr, "%s: the terminal cannot be used: %s\n", prog_name, strerror(errno));
	return false;
}

void screen_close(void)
{
	give_terminal();
	if (!ended)
		return;
	signal(ended, SIG_DFL);
	raise(ended);
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
}

void screen_size(unsigned int *columns, unsigned int *rows)
{
	struct winsize size;

	*columns = 80;
	*rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return;
	if (size.ws_col)
		*columns = size.ws_col;
	if (size.ws_row)
		*rows = size.ws_row;
}

/* Ctrl-Z: the shell gets its terminal as it was, and fg paints again. */
static void stop(void)
{
	stopped = 0;
	give_terminal();
	raise(SIGSTOP);
	take_terminal();
	resized = 1;
}

static bool more_keys(int ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	if (n_keys == sizeof(keys) || poll(&in, 1, ms) <= 0)
		return false;
	n = read(STDIN_FILENO, keys + n_keys, sizeof(keys) - n_keys);
	if (n > 0)
		n_keys += n;
	return n > 0;
}

static int take_keys(size_t n, int event)
{
	n_keys -= n;
	memmove(keys, keys + n, n_keys);
	return event;
}

static bool is_sequence(const char *sequence)
{
	size_t len = strlen(sequence);

	return n_keys > len && !memcmp(keys + 1, sequence, len);
}

/* Returns the first key, which the buffer has. */
static int first_key(void)
{
	static const struct {
		const char *sequence;	/* behind the escape character */
		int event;
	} known[] = {
		{ "[A", SCREEN_UP }, { "[B", SCREEN_DOWN },
		{ "[C", SCREEN_RIGHT }, { "[D", SCREEN_LEFT },
		{ "OA", SCREEN_UP }, { "OB", SCREEN_DOWN },
		{ "OC", SCREEN_RIGHT }, { "OD", SCREEN_LEFT },
		{ "[5~", SCREEN_PAGE_UP }, { "[6~", SCREEN_PAGE_DOWN },
		{ "[H", SCREEN_HOME }, { "[F", SCREEN_END },
		{ "[1~", SCREEN_HOME }, { "[4~", SCREEN_END },
	};
	size_t i, n = 1;

	if (keys[0] != '\x1b')
		return take_keys(1, (unsigned char)keys[0]);
	while (n_keys < 4 && more_keys(REST_MS))
		;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_sequence(known[i].sequence))
			return take_keys(1 + strlen(known[i].sequence), known[i].event);
	/* Skip a sequence that is not known here: its last byte is a letter or ~. */
	if (n_keys > 1 && (keys[1] == '[' || keys[1] == 'O'))
		for (n = 2; n < n_keys && (unsigned char)keys[n - (n > 2)] < 0x40; n++)
			;
	return take_keys(n, '\x1b');
}

int screen_wait(int ms)
{
	struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready = 0;

	if (!n_keys)
		ready = ppoll(&in, 1, &wait, &unblocked);
	if (ended)
		return SCREEN_QUIT;
	if (stopped)
		stop();
	if (resized) {
		resized = 0;
		return SCREEN_RESIZE;
	}
	if (!n_keys && ready <= 0)
		return ready < 0 && errno != EINTR ? SCREEN_QUIT : SCREEN_TIMEOUT;
	if (!n_keys && !more_keys(0))
		return SCREEN_QUIT;
	return first_key();
}

/* Paints over the old content, which flickers less than an empty screen in between. */
bool screen_paint(const char *text, size_t len)
{
	static const char home[] = "\x1b[H", line[] = "\x1b[K", rest[] = "\x1b[J";
	const char *end = text + len, *stop;
	char *frame = NULL;
	size_t size = 0;
	bool first = true, ok;
	FILE *out = open_memstream(&frame, &size);

	if (!out)
		return false;
	fputs(home, out);
	while (text < end) {
		stop = memchr(text, '\n', end - text);
		if (!stop)
			stop = end;
		/* A line end behind the last line would scroll the screen. */
		if (!first)
			fputs("\r\n", out);
		first = false;
		/* Erasing behind a line that fills the screen would erase its last character. */
		fputs(stop + 1 < end ? line : rest, out);
		fwrite(text, 1, stop - text, out);
		text = stop + 1;
	}
	ok = !fclose(out) && file_write_all(STDOUT_FILENO, frame, size);
	free(frame);
	return ok;
}
