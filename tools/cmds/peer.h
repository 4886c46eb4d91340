/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands of peer. */

#ifndef NAAWG_PEER_H
#define NAAWG_PEER_H

#include <stdbool.h>

/* Each has its arguments alone, and returns the exit status. */
int peer_list(const char *given, bool json);
int peer_show(const char *given, const char *word, bool json);
int peer_rename(const char *given, const char *word, const char *name, bool json);
int peer_remove(const char *given, const char *word, bool json);
/* Takes the words behind "reissue". -1: they are wrong, and usage has to be printed. */
int peer_reissue(int argc, char **argv);

#endif
