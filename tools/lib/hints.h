/* SPDX-License-Identifier: GPL-2.0 */
/* What to do about a failure, beyond the bare words of its errno. */

#ifndef NAAWG_HINTS_H
#define NAAWG_HINTS_H

/*
 * Prints to stderr what the kernel said and what would help, a line each, for
 * the failure @error (negative errno) of a request about device @name (NULL:
 * about none in particular).
 */
void hint(int error, const char *name);

/* Likewise, for a file that could not be opened or written for errno @error. */
void hint_file(int error);

#endif
