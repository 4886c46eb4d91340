/* SPDX-License-Identifier: GPL-2.0 */
/* Runs other programs. */

#ifndef NAAWG_SPAWN_H
#define NAAWG_SPAWN_H

#include <stdbool.h>

#define SPAWN_PATH_LEN	128

/* Looks for a program in the usual directories; @path gets its place. */
bool spawn_find(const char *program, char path[static SPAWN_PATH_LEN]);
bool spawn_finds(const char *program);

/* Runs a program with @input (may be NULL). Returns its exit status, 128 + signal or 127. */
int spawn(char *const argv[], const char *input);

/*
 * Runs a line of shell with %i replaced by @interface. @first becomes the first directory
 * of PATH; it may be NULL.
 */
int spawn_shell(const char *line, const char *interface, const char *first);

#endif
