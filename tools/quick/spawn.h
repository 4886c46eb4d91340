/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs. */

#ifndef NAAWG_SPAWN_H
#define NAAWG_SPAWN_H

#include <stdbool.h>

bool spawn_finds(const char *program);

/* Runs it with @input (may be NULL) and waits: its exit status, 128 + signal, or 127. */
int spawn(char *const argv[], const char *input);

/* A line of shell with %i made @interface. */
int spawn_shell(const char *line, const char *interface);

#endif
