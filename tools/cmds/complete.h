/* SPDX-License-Identifier: GPL-2.0 */
/* The words that may follow on a command line, for the completion of shells. */

#ifndef NAAWG_COMPLETE_H
#define NAAWG_COMPLETE_H

#include <stdbool.h>

/*
 * Prints the words that may be the last of @words, whose beginning is there already, each in
 * a line; ":files" stands for the names of files. @words begins with naawg or naawg-quick.
 */
void complete(int n, char **words);

/* Whether the line begins with naawg-quick. */
bool complete_is_quick(const char *program);

#endif
