/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal of a command that repaints it: keys, size, signals, and its restoration. */

#ifndef NAAWG_SCREEN_H
#define NAAWG_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Beyond the range of characters. */
enum screen_event {
	SCREEN_TIMEOUT = 0x100,
	SCREEN_RESIZE,
	SCREEN_QUIT,		/* a signal, or the terminal is gone */
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
};

/*
 * Takes the terminal of standard input and output. False: they are none, which was
 * printed with @advice. Call screen_close() in any case.
 */
bool screen_open(const char *advice);

/* Restores the terminal. If a signal ended screen_wait(), the process dies by it. */
void screen_close(void);

/* The size in characters; 80 and 24 if the terminal does not know it. */
void screen_size(unsigned int *columns, unsigned int *rows);

/* Waits up to @ms for a key, which it returns, or another event. */
int screen_wait(int ms);

/* Replaces the content. Lines end with '\n', and fit. False: it cannot be written. */
bool screen_paint(const char *text, size_t len);

#endif
