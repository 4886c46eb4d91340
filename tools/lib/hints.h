/* SPDX-License-Identifier: GPL-2.0 */
/* Prints what a user can do about an error. */

#ifndef NAAWG_HINTS_H
#define NAAWG_HINTS_H

/*
 * Prints the message of the kernel and a hint to standard error. @error is the negative
 * errno of a request about device @name; NULL: about no device in particular.
 */
void hint(int error, const char *name);

/* Prints a hint about a file that could not be opened or written; @error is its errno. */
void hint_file(int error);

#endif
