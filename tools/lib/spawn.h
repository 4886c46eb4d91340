/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs. */

#ifndef NAAWG_SPAWN_H
#define NAAWG_SPAWN_H

#include <stdbool.h>

#define SPAWN_PATH_LEN	128

/* Looks in the usual directories; @path receives the place. */
bool spawn_find(const char *program, char path[static SPAWN_PATH_LEN]);
bool spawn_finds(const char *program);

/* Runs it with @input (may be NULL) and waits: its exit status, 128 + signal, or 127. */
int spawn(char *const argv[], const char *input);

/*
 * Runs a line of shell with %i replaced by @interface. Programs are looked for in
 * @first before all other directories; it may be NULL.
 */
int spawn_shell(const char *line, const char *interface, const char *first);

#endif
