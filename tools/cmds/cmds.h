/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands, and naawg-quick. */

#ifndef NAAWG_CMDS_H
#define NAAWG_CMDS_H

/* Each subcommand has its name in argv[0] and returns the exit status. */
int cmd_show(int argc, char **argv);
int cmd_showconf(int argc, char **argv);
int cmd_set(int argc, char **argv);
int cmd_setconf(int argc, char **argv);
int cmd_addconf(int argc, char **argv);
int cmd_syncconf(int argc, char **argv);
int cmd_genkey(int argc, char **argv);
int cmd_genpsk(int argc, char **argv);
int cmd_pubkey(int argc, char **argv);
int cmd_rekey(int argc, char **argv);
int cmd_callers(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_metrics(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_forward(int argc, char **argv);
int cmd_strip(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_client_config(int argc, char **argv);
int cmd_endpoints(int argc, char **argv);
int cmd_link(int argc, char **argv);
int cmd_diag(int argc, char **argv);
int cmd_peer(int argc, char **argv);
int cmd_top(int argc, char **argv);

/* main() of naawg-quick. */
int quick_main(int argc, char **argv);

#endif
