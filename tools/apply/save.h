/* SPDX-License-Identifier: GPL-2.0 */
/* Writes the present configuration of a link into its file. */

#ifndef NAAWG_SAVE_H
#define NAAWG_SAVE_H

#include "apply/apply.h"

/* Needs apply_read() and apply_snapshot(). False: it failed, and printed why. */
bool save_conf(const struct apply *apply);

/* Prints the file of @apply without what only naawg-quick reads. */
bool strip_conf(const struct apply *apply);

#endif
