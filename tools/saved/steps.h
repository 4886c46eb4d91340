/* SPDX-License-Identifier: GPL-2.0 */
/* The steps in which the links of one network namespace are saved, removed and made again. */

#ifndef NAAWG_STEPS_H
#define NAAWG_STEPS_H

#include "saved/saved.h"

/*
 * All work on the network namespace of the caller, and return false after saying on
 * standard error what failed. @where is "", or " in ..." for what they print of a link.
 */

/* Writes no file if there are no links. @wireguard: only links of that kind, see link_save.h. */
bool step_save(const char *path, bool wireguard);

/* Saves once more what was configured meanwhile; the links must be the same ones. */
bool step_save_again(const char *path, bool wireguard);

/* Whether @saved was saved here. */
bool step_is_here(const struct saved *saved);

bool step_list(struct saved *saved, const char *path, const char *where);

/* Prints the settings that the stock driver does not have. */
bool step_extras(struct saved *saved, const char *path, const char *where);

bool step_hold(struct saved *saved, const char *path, const char *where);
bool step_remove(struct saved *saved, const char *path, const char *where);
bool step_restore(struct saved *saved, const char *path, const char *where);
bool step_finish(struct saved *saved, const char *path, const char *where);

#endif
