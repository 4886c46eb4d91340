/* SPDX-License-Identifier: GPL-2.0 */
/* Prints the output of a command again and again, on a terminal in place. */

#ifndef NAAWG_WATCH_H
#define NAAWG_WATCH_H

/*
 * Calls @print, which prints to standard output and error, every @delay seconds, until the
 * user or a signal ends it. Without a terminal, an empty line separates the outputs.
 * Returns the exit status.
 */
int watch(double delay, int (*print)(void *arg), void *arg);

#endif
