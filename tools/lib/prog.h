/* SPDX-License-Identifier: GPL-2.0 */
/* The name this program was called by. */

#ifndef NAAWG_PROG_H
#define NAAWG_PROG_H

#include <stdbool.h>

/* argv[0] unchanged: usage texts show it, as those of wg do. */
extern const char *prog_name;

/* The program was called as wg, and offers only what wg has. */
extern bool prog_as_wg;

/* Whether to print usage to standard output: --help is alone. Always false as wg. */
bool prog_help(int argc, char **argv);

#endif
