/* SPDX-License-Identifier: GPL-2.0 */
/* The name this program was called by, and what follows from it. */

#ifndef NAAWG_PROG_H
#define NAAWG_PROG_H

#include <stdbool.h>

/* argv[0] as given: usage texts repeat it, as wg does. */
extern const char *prog_name;

/* Called as "wg": only what wg knows is offered. */
extern bool prog_as_wg;

/* "--help" alone: usage is wanted on standard output. As wg it never is. */
bool prog_help(int argc, char **argv);

#endif
