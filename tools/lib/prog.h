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

/*
 * Every subcommand gets its own name in argv[0] and returns the exit code.
 */
int cmd_show(int argc, char **argv);
int cmd_showconf(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_setconf(int argc, char **argv);
int cmd_addconf(int argc, char **argv);
int cmd_syncconf(int argc, char **argv);
int cmd_genkey(int argc, char **argv);
int cmd_genpsk(int argc, char **argv);
int cmd_pubkey(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_forward(int argc, char **argv);
int cmd_strip(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_client_config(int argc, char **argv);
int cmd_endpoints(int argc, char **argv);

/* What runs under the name of naawg-quick. */
int quick_main(int argc, char **argv);

#endif
